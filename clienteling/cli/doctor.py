"""`clienteling doctor`: how the installation is, line by line."""

from clienteling.cli.grammar import Parsers, add_command
from clienteling.cli.output import Args, emit
from clienteling.config import home_path

_MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


def add_commands(commands: Parsers) -> None:
    add_command(
        commands,
        "doctor",
        run_doctor,
        "Say what is wrong with this installation, and what to do (ends with 1 if something fails)",
        "doctor",
    )


def run_doctor(args: Args) -> int:
    from dataclasses import asdict

    from clienteling.config import load_config
    from clienteling.doctor import examine
    from clienteling.doctor.check import State
    from clienteling.egress import Place, only_to
    from clienteling.errors import ClientelingError

    folder = home_path()
    try:
        config = load_config(folder)
        places = (*config.places(), Place(config.hub.host, config.hub.port, "hub.host"))
    except ClientelingError:
        places = ()  # `examine` says why
    with only_to(places):
        found = examine(folder)
    lines = []
    for check in found:
        lines.append(f"{_MARKS[check.state]}  {check.name:<13} {check.says}")
        if check.todo:
            lines.append(f"{'':<20}-> {check.todo}")
    failed = sum(check.state is State.FAIL for check in found)
    warned = sum(check.state is State.WARN for check in found)
    lines.append(f"{len(found)} checks, {failed} failed, {warned} to act on.")
    emit(args, {"ok": not failed, "checks": [asdict(check) for check in found]}, "\n".join(lines))
    return 1 if failed else 0
