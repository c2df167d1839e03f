"""The log that cannot be rewritten unseen."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit, warn
from clienteling.cli.receipts import add_receipt_options, run_receipt_check
from clienteling.config import home_path
from clienteling.errors import UsageError

if TYPE_CHECKING:
    from clienteling.home import Home
    from consent.log.witnesses import Cosigned


def add_commands(commands: Parsers) -> None:
    log = add_group(commands, "log", "The log that cannot be rewritten unseen")
    verify = add_command(
        log,
        "verify",
        run_log_verify,
        "Recompute the whole log and compare",
        "log verify --against checkpoint.txt",
    )
    verify.add_argument(
        "--against",
        type=Path,
        metavar="CHECKPOINT",
        help="a checkpoint kept elsewhere (a camera's, a receipt's, a witness's), or a folder of "
        "them: proves the end of the log",
    )
    add_receipt_options(verify)

    witness = add_group(log, "witness", "Who watches the log from another machine")
    add = add_command(
        witness,
        "add",
        run_witness_add,
        "Take cosignatures of a witness from now on",
        "log witness add dpo.example/witness dpo.example/witness+1a2b3c4d+BJ0f…",
    )
    add.add_argument("name", metavar="NAME", help="as `witness init` was told")
    add.add_argument("key", metavar="VKEY", help="the line that `witness init` shows")
    remove = add_command(
        witness,
        "remove",
        run_witness_remove,
        "Take none of it any more; those that it gave stay",
        "log witness remove dpo.example/witness",
    )
    remove.add_argument("name", metavar="NAME")
    add_command(
        witness,
        "list",
        run_witness_list,
        "Witnesses and their last cosignatures",
        "log witness list",
    )


def run_log_verify(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.rollback import how_it_went_back, went_back
    from clienteling.service.verify import verify_log

    if args.receipt is not None or args.key is not None:
        return run_receipt_check(args)
    home = open_home(home_path(), inspecting=True)
    older = went_back(home.memory, home.databases.identity)
    # Nothing is added to a log that went back: it would become a second history.
    report = verify_log(home.office, against=args.against, quietly=older)
    emit(args, report, report.summary)
    if older:
        warn(how_it_went_back(home.path))
    return 0 if report.ok and not older else 1


def run_witness_add(args: Args) -> int:
    from clienteling.home import open_home
    from consent.log.witnesses import add_witness

    home = open_home(home_path())
    office = home.office
    if args.key.split("+")[0] != args.name:
        raise UsageError(
            "The key is of another name. Give the name that stands before its first +."
        )
    with office.databases.identity.write() as identity:
        name = add_witness(identity, office.ring, args.key, actor="command", now=office.now())
    emit(args, {"witness": name}, f"{name} may cosign this shop's log from now on.")
    _warn_of_the_record(home)
    return 0


def run_witness_remove(args: Args) -> int:
    from clienteling.home import open_home
    from consent.log.witnesses import remove_witness

    home = open_home(home_path())
    office = home.office
    with office.databases.identity.write() as identity:
        remove_witness(identity, office.ring, args.name, actor="command", now=office.now())
    emit(args, {"witness": args.name}, f"{args.name} is no longer a witness of this shop's log.")
    _warn_of_the_record(home)
    return 0


def _warn_of_the_record(home: "Home") -> None:
    from clienteling.papers.export import export_due

    due = export_due(home)
    if due is not None:
        warn(due)


def run_witness_list(args: Args) -> int:
    from clienteling.home import open_home
    from consent.log.witnesses import witnesses

    with open_home(home_path()).databases.identity.read() as identity:
        found = witnesses(identity)
    lines = [
        f"{one.name}: {'has not cosigned yet' if one.last is None else _seen(one.last)}"
        for one in found
    ]
    empty = "No witness is registered. See docs/privacy/verify.md."
    emit(args, {"witnesses": [asdict(one) for one in found]}, "\n".join(lines) or empty)
    return 0


def _seen(last: "Cosigned") -> str:
    return f"saw {last.size} entries at {last.at:%Y-%m-%d %H:%M} UTC"
