"""Restoring a backup so that nobody who left comes back.

    1 the backup is whole, of this shop, its keys at most seven days old, and no hub runs here
    2 a whole shop is put together aside, in `.restoring` below the data folder
    3 there the log goes on under a new key and name, with the entry `log.restored`
      (`consent.log.epochs`)
    4 every ending that is known outside the backup is replayed, and the whole log verified
    5 only then it takes the place of the shop's databases; a cut in the middle is carried on

Until step 5 nothing changes, so a restore that fails or dies is simply run again.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clienteling.backups.going_on import Gap, go_on, keep_published
from clienteling.backups.manifest import Manifest, locate, read_manifest
from clienteling.catalogue.images import IMAGES
from clienteling.config import FILE_NAME, load_config
from clienteling.customers.renewal import without_turn
from clienteling.errors import RefusedError, StartError, UsageError
from clienteling.home import Clock, Home, open_home
from clienteling.keystore.rootkeys import ROOT_KEY
from clienteling.rollback import DATABASES, RESTORED
from consent import clock
from consent.endings import ENDINGS, TIP, Memory, as_file, merged, read_endings
from consent.files import cannot_write, flush_folder, write_whole
from consent.log.epochs import signers
from consent.log.notes import (
    Checkpoint,
    is_signed,
    parse_checkpoint,
    parse_verifier_key,
)
from consent.replay import Replayed
from consent.setting import Ended

_ASIDE = ".restoring"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be restored.

    Attributes:
        data: Backup of the data, or the folder in which they are collected.
        keys: Backup of the keys, or the folder in which they are collected.
        home: The data folder to restore into; its root key must lie there.
        replace: A shop in that folder may be replaced.
        endings: Further copies of `endings.log`, where the folder's own is lost.
        outside: Checkpoints that were kept elsewhere: by a camera, a witness, on a receipt.
        accept: Why the shop goes on though what ended last may be unknown; None: it does not.
    """

    data: Path
    keys: Path
    home: Path
    replace: bool = False
    endings: tuple[Path, ...] = ()
    outside: tuple[Checkpoint, ...] = ()
    accept: str | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    Attributes:
        made_at: When the backup of the data was made.
        kept: Entries of the log that came back.
        known: How many there were, as far as is known here.
        replayed: What had ended since, and was ended again.
        complete: Whether all that ended since is known; if not, recognition is stopped.
        unrecognised: Customers whose template was turned by a key that this copy of the keys does
            not hold: from before or after a renewal. They need new pictures.
    """

    home: Path
    made_at: str
    kept: int
    known: int
    replayed: Replayed
    complete: bool
    unrecognised: tuple[str, ...] = ()


def finish(home: Path) -> bool:
    """Carry on a restore that was cut off while its files were moved; False: there is none."""
    if not (home / RESTORED).is_dir():
        return False
    _refuse_running(home)
    _move_in(home)
    return True


def restore(wanted: Wanted, *, now: Clock = clock.now) -> Restored:
    """Restore a backup, and replay what ended since, before anything can be read.

    Raises:
        UsageError: no such backup, another shop's, or a shop is in the way.
        RefusedError: damaged, the keys are too old, or what ended last is not known.
        StartError: a hub runs here, the root key is missing, or the backup does not open.
        StorageError: the disk is full. Nothing was changed in any of these cases.
    """
    data, keys = read_manifest(wanted.data, "data"), read_manifest(wanted.keys, "keys")
    _refuse_unfit(wanted, data, keys, now)
    memory = Memory(wanted.home)
    complete = _all_is_known(memory, wanted)
    if not complete and wanted.accept is None:
        raise RefusedError(
            "What was withdrawn and erased since this backup is not known for certain: the shop's "
            f"{ENDINGS} is not in {wanted.home}, or is older than a checkpoint from outside. Give "
            "the newest copy with --endings, put the original back, or have the privacy officer "
            "decide and say why with --accept-unknown; recognition then stays stopped."
        )
    sources = [memory.endings(), *(read_endings(path) for path in wanted.endings)]
    for folder, manifest in ((wanted.data, data), (wanted.keys, keys)):
        sources.append(read_endings(locate(folder, manifest) / ENDINGS))
    try:
        aside = _lay_out(wanted, data, keys, merged(*sources))
        restored = _bring_up(aside, wanted, data, complete=complete, now=now)
        aside.rename(wanted.home / RESTORED)
        flush_folder(wanted.home)
        _move_in(wanted.home)
    except OSError as error:
        raise cannot_write(wanted.home, error) from error
    finally:
        shutil.rmtree(wanted.home / _ASIDE, ignore_errors=True)
    return restored


def _refuse_unfit(wanted: Wanted, data: Manifest, keys: Manifest, now: Clock) -> None:
    """Step 1."""
    if data.store != keys.store:
        raise UsageError("The data and the keys are of two shops. Name two backups of one shop.")
    if now() >= keys.keys_until:
        raise RefusedError(
            f"The keys in this backup are of {keys.made_at[:10]}: older than 7 days. They are not "
            "used any more, because they open what customers had erased. Take a newer backup."
        )
    if (wanted.home / FILE_NAME).is_file():
        if not wanted.replace:
            raise UsageError(
                f"{wanted.home} holds a shop. Say --replace to put the backup in its place; make a "
                "backup of it first if it still opens."
            )
        standing = load_config(wanted.home)
        if standing.databases is not None:
            raise UsageError(
                "This shop's databases lie on PostgreSQL: put them back with pg_restore, then run "
                "`clienteling restore --replay-only` (docs/operators/postgresql.md)."
            )
        if standing.store.id != data.store:
            raise UsageError(f"{wanted.home} holds another shop than the backup. Choose its own.")
    _refuse_running(wanted.home)


def _refuse_running(home: Path) -> None:
    """Refuse while another process has a database open: it would go on writing into the old file.

    Leaving write-ahead mode needs every other connection to be closed.
    """
    for name in DATABASES:
        if not (home / name).is_file():
            continue
        with suppress(sqlite3.DatabaseError):
            connection = sqlite3.connect(home / name, isolation_level=None, timeout=0)
            try:
                connection.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError as error:
                if "locked" in str(error):
                    raise StartError(
                        f"Something still works with {home / name}. End the hub and every command "
                        "on this folder, then restore."
                    ) from error
            finally:
                connection.close()


def _all_is_known(memory: Memory, wanted: Wanted) -> bool:
    """Whether the folder's own file of endings is here, no older than what is known outside."""
    tip = memory.tip()
    return memory.living and all(
        tip is not None and (seen.origin != tip.origin or seen.size <= tip.size)
        for seen in wanted.outside
    )


def _lay_out(wanted: Wanted, data: Manifest, keys: Manifest, endings: Sequence[Ended]) -> Path:
    """Step 2."""
    aside = wanted.home / _ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    for folder, manifest in ((wanted.data, data), (wanted.keys, keys)):
        for name in manifest.files:
            if name != ENDINGS:
                (aside / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_whole(aside / name, (locate(folder, manifest) / name).read_bytes())
    write_whole(aside / ENDINGS, as_file(endings))
    (aside / ROOT_KEY).parent.symlink_to((wanted.home / ROOT_KEY).parent.absolute())
    return aside


def _bring_up(
    aside: Path, wanted: Wanted, data: Manifest, *, complete: bool, now: Clock
) -> Restored:
    """Steps 3 and 4, in the shop that lies aside."""
    before = open_home(aside, now=now)
    former = before.office.ring.log_public
    _refuse_strange(wanted, before)
    before.databases.close()
    keep_published(aside)
    tip = Memory(wanted.home).tip()
    seen = [parse_checkpoint(data.checkpoint), *wanted.outside, *([tip] if tip else [])]
    home = open_home(aside, now=now, new_log=True)
    try:
        gap = Gap(data.made_at, seen, former, complete, wanted.accept)
        kept, known, replayed = go_on(home, gap)
        lost = without_turn(home.office)
    finally:
        home.databases.close()
    return Restored(wanted.home, data.made_at, kept, known, replayed, complete, lost)


def _refuse_strange(wanted: Wanted, before: Home) -> None:
    """Refuse a checkpoint from outside that is of no log of this shop."""
    with before.databases.identity.read() as identity:
        known = signers(identity, before.office.ring.log_public)
    newer = [key for _, key in published(wanted.home)]
    for seen in wanted.outside:
        if not any(is_signed(seen, key) for key in (*known.keys, *newer)):
            raise RefusedError(
                f"The checkpoint over {seen.size} entries is not signed by this shop's log. "
                "Nothing was changed."
            )


def published(home: Path) -> list[tuple[str, bytes]]:
    """Return the log's keys that lie in the folder: an earlier restore may have renewed it."""
    return [parse_verifier_key(path.read_text(encoding="utf-8")) for path in home.glob("log*.vkey")]


def _move_in(home: Path) -> None:
    """Step 5: each file takes its place; the folder goes last, and with it the refusal to open."""
    restored = home / RESTORED
    (restored / ROOT_KEY).parent.unlink(missing_ok=True)
    names = (*DATABASES, ENDINGS, TIP)
    _move_images(restored, home)
    for path in sorted(restored.iterdir(), key=lambda path: path.name in names):
        if path.name.startswith(".") or path.name.endswith(("-wal", "-shm")):
            path.unlink()
            continue
        for side in ("-wal", "-shm"):
            (home / f"{path.name}{side}").unlink(missing_ok=True)
        path.replace(home / path.name)
    restored.rmdir()
    flush_folder(home)


def _move_images(restored: Path, home: Path) -> None:
    """Put the pictures of products beside those that are here: a name says what a picture shows."""
    folder = restored / IMAGES
    if folder.is_dir():
        (home / IMAGES).mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in folder.iterdir():
            path.replace(home / IMAGES / path.name)
        flush_folder(home / IMAGES)
    for emptied in (folder, folder.parent):
        if emptied.is_dir():
            emptied.rmdir()
