"""Finding customers, merging two accounts of one person, and forgetting all but the figures."""

from dataclasses import asdict
from typing import Any

from clienteling.cli.grammar import Parsers, add_command
from clienteling.cli.output import Args, emit, warn
from clienteling.config import home_path
from clienteling.errors import UsageError


def add_upkeep(customers: Parsers) -> None:
    """Add the commands behind the word `customer`."""
    find = add_command(
        customers,
        "find",
        run_find,
        "Find by name, or exactly by e-mail, phone, card or receipt code (the search is logged)",
        'customer find "van der Berg"',
    )
    find.add_argument("query")
    duplicates = add_command(
        customers,
        "duplicates",
        run_duplicates,
        "List accounts that may be the same person's",
        "customer duplicates",
    )
    duplicates.set_defaults(limit=50)
    merge = add_command(
        customers,
        "merge",
        run_merge,
        "Make one account of two of the same person: first look with --dry-run, then say --yes",
        "customer merge 0b9f… 7c21… --dry-run",
    )
    merge.add_argument("keep", metavar="KEEP")
    merge.add_argument("go", metavar="GO")
    act = merge.add_mutually_exclusive_group(required=True)
    act.add_argument("--dry-run", action="store_true", help="say what moves and what ends")
    act.add_argument("--yes", action="store_true", help="you looked: do it; GO is erased")
    forget = add_command(
        customers,
        "depersonalise",
        run_depersonalise,
        "Keep the counts of what was bought, by product and month, and erase the person",
        "customer depersonalise 0b9f…",
    )
    forget.add_argument("id")


def run_find(args: Args) -> int:
    from clienteling.customers.find import find
    from clienteling.home import open_home

    found = find(open_home(home_path()).office, args.query, reader="command", limit=20)
    lines = (f"{one.subject_id}  {one.name}{_apart(one)}" for one in found)
    emit(args, {"found": [asdict(one) for one in found]}, "\n".join(lines) or "Nobody.")
    return 0


def _apart(found: Any) -> str:
    if found.phone_end is not None:
        return f" (phone ends in {found.phone_end})"
    return f" (since {found.joined})" if found.joined is not None else ""


def run_duplicates(args: Args) -> int:
    from clienteling.customers.directory import Directory
    from clienteling.home import open_home
    from clienteling.upkeep.duplicates import candidates

    pairs = candidates(Directory(open_home(home_path()).office), args.limit)
    lines = (f"{pair.one}  {pair.other}  {pair.why}" for pair in pairs)
    emit(args, {"pairs": [asdict(pair) for pair in pairs]}, "\n".join(lines) or "None.")
    return 0


def run_merge(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.upkeep.merging import merge, preview

    office = open_home(home_path()).office
    if args.dry_run:
        seen = preview(office, args.keep, args.go, reader="command")
        for problem in seen.problems:
            warn(problem)
        emit(args, seen, _seen(seen))
        return 0
    done = merge(office, args.keep, args.go, actor="command")
    emit(
        args,
        {
            "customer": done.customer,
            "moved": done.moved,
            "erased": args.go,
            "flow": done.erased.flow_id,
            "receipt": done.erased.receipt,
        },
        f"Customer {args.go} is merged into {args.keep}, and erased. Tell the customer that the "
        "codes of that account's receipts have ended.",
    )
    return 0


def _seen(seen: Any) -> str:
    lines = []
    for word, side in (("stays", seen.keep), ("goes", seen.go)):
        purposes = ", ".join(side.purposes)
        lines.append(f"{word}: {side.subject_id}  {side.account.name}, {side.joined}: {purposes}")
    moved = ", ".join(f"{number} of {purpose}" for purpose, number in seen.carried.items())
    lost = ", ".join(f"{number} of {purpose}" for purpose, number in seen.lost.items())
    lines.append(f"moves: {moved or 'no records'}; contacts that are missing, tastes, allergies")
    lines.append(f"ends: {lost or 'no records'}; {', '.join(seen.ends) or 'no purpose'}; its face")
    return "\n".join(lines)


def run_depersonalise(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.upkeep.depersonalising import depersonalise

    done = depersonalise(open_home(home_path()).office, args.id, actor="command")
    if done.flow_id is None:
        raise UsageError("There was nothing to erase.")
    emit(
        args,
        {"customer": args.id, "flow": done.flow_id, "receipt": done.receipt},
        f"Customer {args.id} is erased; counts of what was bought are kept.",
    )
    return 0
