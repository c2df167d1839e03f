"""`clienteling doctor`: how the installation is, line by line."""

from typing import TYPE_CHECKING

from clienteling.cli.grammar import Parsers, add_command
from clienteling.cli.output import Args, emit, warn
from clienteling.config import home_path

if TYPE_CHECKING:
    from clienteling.doctor.check import Check

_MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


def add_commands(commands: Parsers) -> None:
    doctor = add_command(
        commands,
        "doctor",
        run_doctor,
        "Say what is wrong with this installation, and what to do (ends with 1 if something fails)",
        "doctor",
    )
    doctor.add_argument(
        "--data",
        action="store_true",
        help="instead: what is known too little of products and customers to serve well",
    )


def run_doctor(args: Args) -> int:
    from clienteling.config import load_config
    from clienteling.doctor import examine
    from clienteling.egress import Place, only_to
    from clienteling.errors import ClientelingError

    if args.data:
        return _look_at_data(args)
    folder = home_path()
    try:
        config = load_config(folder)
        places = (*config.places(), Place(config.hub.host, config.hub.port, "hub.host"))
    except ClientelingError:
        places = ()  # `examine` says why
    with only_to(places):
        found = examine(folder)
    return _said(args, found)


def _look_at_data(args: Args) -> int:
    from dataclasses import asdict

    from clienteling.catalogue.shelf import shelf_of
    from clienteling.doctor.data import look_at_data
    from clienteling.home import open_home
    from clienteling.service.readiness import readiness

    home = open_home(home_path(), inspecting=True)
    try:
        found = readiness(
            home.office, shelf_of(home.office), lambda what: warn(f"counting: {what}")
        )
    finally:
        home.databases.close()
    return _said(args, tuple(look_at_data(found)), counts=asdict(found))


def _said(args: Args, found: "tuple[Check, ...]", **more: object) -> int:
    from dataclasses import asdict

    from clienteling.doctor.check import State

    lines = []
    for check in found:
        lines.append(f"{_MARKS[check.state]}  {check.name:<13} {check.says}")
        if check.todo:
            lines.append(f"{'':<20}-> {check.todo}")
    failed = sum(check.state is State.FAIL for check in found)
    warned = sum(check.state is State.WARN for check in found)
    lines.append(f"{len(found)} checks, {failed} failed, {warned} to act on.")
    result = {"ok": not failed, "checks": [asdict(check) for check in found], **more}
    emit(args, result, "\n".join(lines))
    return 1 if failed else 0
