"""A breach, from the command line: who is affected, and until when the authority must know."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from clienteling.cli.grammar import Parsers, add_command
from clienteling.cli.output import Args, emit
from clienteling.config import home_path


def a_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time like 2026-11-22T14:30") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def add_commands(commands: Parsers) -> None:
    breach = add_command(
        commands,
        "breach",
        run_breach,
        "Say who is affected when something is lost or misused (times are UTC)",
        "breach --asset edge:door --since 2026-11-20T09:00 --aware 2026-11-22T14:30",
    )
    breach.add_argument(
        "--asset",
        nargs="+",
        action="extend",
        required=True,
        metavar="ASSET",
        help="edge:NAME, tablet:NAME, staff:USER, backup:PATH, database:identity|templates|keys; "
        "name together what was lost together",
    )
    breach.add_argument(
        "--since", type=a_moment, metavar="TIME", help="default: from the beginning"
    )
    breach.add_argument("--until", type=a_moment, metavar="TIME", help="default: until now")
    breach.add_argument(
        "--aware", type=a_moment, metavar="TIME", help="when you noticed; the 72 hours run from it"
    )
    breach.add_argument(
        "--names",
        type=Path,
        metavar="FILE",
        help="also write names and e-mail addresses; a second person approves it first",
    )


def run_breach(args: Args) -> int:
    from dataclasses import asdict

    from clienteling.home import open_home
    from clienteling.oversight.breach import Breach, names, parse_asset, query
    from clienteling.rights.files import write_private

    office = open_home(home_path()).office
    asked = Breach(tuple(parse_asset(asset) for asset in args.asset), args.since, args.until)
    report = query(office, asked, actor="command", aware_at=args.aware)
    lines = [
        f"Affected customers: {len(report.subjects)}, and {report.erased} erased since.",
        *(
            f"  {one.data}: {'readable' if one.readable else 'not readable'} ({one.why})"
            for one in report.exposures
        ),
        f"The authority by {report.notify_by:%Y-%m-%d %H:%M} UTC, unless no risk is likely.",
        *report.subjects,
    ]
    if args.names:
        write_private(
            args.names, lambda: [asdict(one) for one in names(office, asked, actor="command")]
        )
        lines.append(f"Names and addresses are in {args.names}.")
    emit(args, {**asdict(report), "readable": report.readable}, "\n".join(lines))
    return 0
