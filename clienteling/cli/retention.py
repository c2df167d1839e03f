"""Retention, from the command line: run the job now, or see what it would do."""

from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit
from clienteling.config import home_path


def add_commands(commands: Parsers) -> None:
    retention = add_group(commands, "retention", "What goes when its time is over")
    run = add_command(
        retention,
        "run",
        run_now,
        "Remove what is over, as the hub does every hour",
        "retention run --dry-run",
    )
    run.add_argument("--dry-run", action="store_true", help="say what is due, and remove nothing")


def run_now(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.retention import job
    from clienteling.retention.rules import RULES
    from consent.office import resume

    office = open_home(home_path()).office
    if args.dry_run:
        found = {rule.name: rule.ahead(office).due for rule in RULES}
    else:
        resume(office)  # what a dead process began, where no hub runs
        found = job.run(office)
    verb = "due" if args.dry_run else "removed"
    lines = [f"{rule.name:<10} {found[rule.name]:>6} {verb}" for rule in RULES]
    emit(args, {verb: found}, "\n".join(lines))
    return 0
