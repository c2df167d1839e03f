"""Backups, and putting one back so that nobody who left comes back with it."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from clienteling.cli.grammar import Parsers, add_command
from clienteling.cli.output import Args, emit, warn
from clienteling.config import home_path
from clienteling.errors import PartlyDoneError, UsageError

if TYPE_CHECKING:
    from clienteling.backups.restoring import Restored


def add_commands(commands: Parsers) -> None:
    backup = add_command(
        commands,
        "backup",
        run_backup,
        "Copy the shop while it runs; the keys go to a folder of their own, for 7 days at most",
        "backup /mnt/backups --keys-to /mnt/usb/keys",
    )
    backup.add_argument("folder", type=Path, help="each backup gets a folder in it, by its time")
    backup.add_argument(
        "--keys-to",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="on another disk; copies older than 7 days in it are deleted",
    )
    restore = add_command(
        commands,
        "restore",
        run_restore,
        "Put a backup back, and end again what customers had ended since",
        "restore /mnt/backups --keys /mnt/usb/keys --replace",
    )
    restore.add_argument("folder", type=Path, nargs="?", help="one backup, or where they are kept")
    restore.add_argument(
        "--replay-only",
        action="store_true",
        help="PostgreSQL: after pg_restore, end again what had ended since",
    )
    restore.add_argument("--keys", type=Path, metavar="FOLDER", help="the same, of the keys")
    restore.add_argument(
        "--to", type=Path, metavar="HOME", help="the data folder; default: CLIENTELING_HOME"
    )
    restore.add_argument("--replace", action="store_true", help="a shop that is there may go")
    restore.add_argument(
        "--endings",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="the newest copy of endings.log, where the shop's own is lost",
    )
    restore.add_argument(
        "--against",
        type=Path,
        nargs="+",
        default=[],
        metavar="CHECKPOINT",
        help="checkpoints kept elsewhere: they tell whether entries are lost",
    )
    restore.add_argument(
        "--accept-unknown",
        metavar="REASON",
        help="the officer's decision to go on though the last withdrawals may be unknown",
    )


def run_backup(args: Args) -> int:
    from clienteling.backups.making import make_backup
    from clienteling.home import open_home

    home = open_home(home_path())
    made = make_backup(home, args.folder.absolute(), args.keys_to.absolute())
    home.databases.close()
    text = (
        f"Backup {made.data}: {made.entries} log entries. Its keys: {made.keys}, to be used until "
        f"{made.keys_until:%Y-%m-%d %H:%M} UTC."
    )
    if made.doubt:
        text += f" No older backup was deleted. {made.doubt}"
    if made.pruned:
        text += f" Deleted: {len(made.pruned)} older backup(s) of keys."
    emit(args, made, text)
    return 0


def run_restore(args: Args) -> int:
    from clienteling.backups.restoring import Wanted, finish, restore
    from clienteling.service.verify import read_outside

    home = (args.to or home_path()).expanduser().absolute()
    if finish(home):
        text = f"The restore that was cut off is finished; the shop is in {home}."
        emit(args, {"home": str(home), "finished": True}, text)
        return 0
    if args.replay_only:
        from clienteling.backups.replaying import replay_only

        return _told(args, replay_only(home, accept=args.accept_unknown))
    if args.folder is None or args.keys is None:
        raise UsageError("Name the backup and, with --keys, the backup of its keys.")
    wanted = Wanted(
        data=args.folder.absolute(),
        keys=args.keys.absolute(),
        home=home,
        replace=args.replace,
        endings=tuple(args.endings),
        outside=tuple(read_outside(_text(path)) for path in args.against),
        accept=args.accept_unknown,
    )
    return _told(args, restore(wanted))


def _told(args: Args, done: "Restored") -> int:
    ended = done.replayed
    text = (
        f"The shop of {done.made_at} is in {done.home}. Ended again: {ended.erasures} erasure(s), "
        f"{ended.withdrawals} withdrawal(s); restricted again: {ended.restrictions}; "
        f"requests put back without their words: {ended.requests}. "
    )
    if done.kept < done.known or not args.replay_only:
        text += (
            f"The log kept {done.kept} of {done.known} entries and goes on under a new name: pair "
            "every camera again, and give the witness the new log.vkey."
        )
    else:
        text += "The log is whole and goes on as it is."
    emit(args, asdict(done), text)
    if ended.without_key:
        warn(
            f"{ended.without_key} consent(s) have no key in this backup: what they sealed cannot "
            "be read. Ask these customers to join again."
        )
    if done.unrecognised:
        warn(
            "the copies of the templates and of the keys are of two sides of a renewal, so these "
            "customers are not recognised until new pictures are taken (`clienteling customer "
            f"renew`), or a copy of the keys from that time is restored: "
            f"{', '.join(done.unrecognised)}."
        )
    if not done.complete:
        warn(
            "recognition is stopped; the privacy officer resumes it after looking at what is lost."
        )
    return 0 if done.complete else PartlyDoneError.exit_code


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as a checkpoint. Check the file.") from error
