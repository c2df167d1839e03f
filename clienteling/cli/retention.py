"""Retention, from the command line: run the job now, or see what it would do."""

from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit
from clienteling.config import home_path
from consent.clock import stamp


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
    confirm = add_command(
        retention,
        "confirm-clock",
        run_confirm_clock,
        "Say that the clock is right, after the shop was closed for long or the clock jumped",
        'retention confirm-clock --by "Anna, manager"',
    )
    confirm.add_argument("--by", required=True, metavar="NAME", help="who looked at the clock")


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


def run_confirm_clock(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.retention.clock import confirm

    office = open_home(home_path()).office
    doubted = confirm(office, by=args.by, actor="command")
    at = f"{office.now():%Y-%m-%d %H:%M}"
    text = (
        f"The clock is believed ({at} UTC). What is over goes with the next run."
        if doubted
        else f"Nobody doubted the clock ({at} UTC); nothing was done."
    )
    emit(args, {"confirmed": doubted is not None, "at": stamp(office.now())}, text)
    return 0
