"""The texts that people consent to: which hold, and publishing the shop's own."""

from pathlib import Path
from typing import TYPE_CHECKING

from clienteling.cli.grammar import Parsers, a_count, add_command, add_group
from clienteling.cli.output import Args, emit, warn
from clienteling.config import home_path
from clienteling.errors import UsageError

if TYPE_CHECKING:
    from consent.drafts import Draft
    from consent.office import Office

_MOST = 1_000_000


def add_commands(commands: Parsers) -> None:
    """Add `notices list`, `check` and `publish`."""
    notices = add_group(commands, "notices", "The texts that people consent to")
    add_command(
        notices, "list", run_list, "Show every version, and what rests on it", "notices list"
    )
    check = add_command(
        notices,
        "check",
        run_check,
        "Check a draft of the shop's own texts; nothing is published",
        "notices check drafts/spring",
    )
    publish = add_command(
        notices,
        "publish",
        run_publish,
        "Publish a draft: the kiosk shows it at once, and it never changes again",
        "notices publish drafts/spring --renewals 12",
    )
    for command in (check, publish):
        command.add_argument("folder", type=Path, metavar="FOLDER", help="notice.toml, nl/, en/")
    publish.add_argument(
        "--renewals",
        type=a_count(_MOST, least=0),
        metavar="N",
        help="how many consents must be given again, as `check` says; without it nothing happens",
    )


def run_list(args: Args) -> int:
    """Show the versions, the newest first."""
    from clienteling.home import open_home
    from clienteling.oversight.notice_versions import notice_versions

    office = open_home(home_path()).office
    with office.databases.identity.read() as identity:
        versions = notice_versions(identity, office)
    rows = [
        {
            "version": one.version,
            "current": one.current,
            "own": one.own,
            "resting": one.resting,
            "renewals": one.renewals,
        }
        for one in versions
    ]
    lines = (
        f"{one.version}{' (shown now)' if one.current else ''}: {one.resting} consents, "
        f"{one.renewals} of them must be given again"
        for one in versions
    )
    emit(args, rows, "\n".join(lines))
    return 0


def run_check(args: Args) -> int:
    """Say what is to be mended, or how many consents must be given again."""
    from clienteling.home import open_home
    from consent.publishing import renewals

    office = open_home(home_path()).office
    draft = _draft(office, args.folder)
    with office.databases.identity.read() as identity:
        number = renewals(identity, office, draft)
    for flaw in draft.flaws:
        warn(flaw.sentence)
    emit(
        args,
        {
            "version": draft.version,
            "flaws": [flaw.sentence for flaw in draft.flaws],
            "renewals": number,
        },
        "" if draft.flaws else f"{draft.version} can be published. {_consents(number)}",
    )
    return UsageError.exit_code if draft.flaws else 0


def run_publish(args: Args) -> int:
    """Publish, once the number of consents that must be given again is said."""
    from clienteling.home import open_home
    from consent.publishing import publish, renewals

    office = open_home(home_path()).office
    draft = _draft(office, args.folder)
    if draft.flaws:
        raise UsageError("\n".join(flaw.sentence for flaw in draft.flaws))
    if args.renewals is None:
        with office.databases.identity.read() as identity:
            number = renewals(identity, office, draft)
        raise UsageError(
            f"{_consents(number)} Nothing was published. If that is right: --renewals {number}."
        )
    made = publish(office, draft, actor="command", agreed=args.renewals)
    emit(args, made, f"{made.version} is published. {_consents(made.renewals)}")
    return 0


def _draft(office: "Office", folder: Path) -> "Draft":
    from consent.drafts import read_draft

    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder. Name the one with notice.toml, nl/ and en/.")
    return read_draft(office, folder)


def _consents(number: int) -> str:
    return f"{number} consents must be given again."
