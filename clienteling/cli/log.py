"""The log that cannot be rewritten unseen."""

from pathlib import Path

from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit
from clienteling.config import home_path


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
        help="a checkpoint kept elsewhere (an edge's, a receipt's): proves the end of the log",
    )


def run_log_verify(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.service.verify import verify_log

    report = verify_log(open_home(home_path()).office, against=args.against)
    emit(args, report, report.summary)
    return 0 if report.ok else 1
