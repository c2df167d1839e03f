"""Making a backup while the hub runs: the data in one folder, the keys in another.

    1 what is too old of the keys' backups goes, and what an earlier run left half
    2 log `backup.made`, so that the copy says so too
    3 identity, templates, configuration, pictures of products; then the keys; last the endings: a
      key that is destroyed meanwhile is not in the copy, and consent that ended meanwhile is in its
      endings
    4 manifests, everything flushed, then each folder gets its name in one step

The root key is in neither: what is stolen with both folders opens nothing.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from clienteling.backups.manifest import (
    KEYS_LIVE,
    Kind,
    Manifest,
    backup_name,
    backups_in,
    made_at,
    sha256_of,
    write_manifest,
)
from clienteling.catalogue.images import IMAGES, images_of
from clienteling.config import FILE_NAME
from clienteling.errors import ClientelingError, UsageError
from clienteling.home import Home
from clienteling.retention.clock import clock_doubt
from consent.clock import stamp
from consent.endings import ENDINGS, as_file
from consent.files import cannot_write, flush_folder, write_whole
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.notes import parse_checkpoint
from consent.notice_index import OWN

_PARTIAL = ".partial-"


@dataclass(frozen=True, slots=True)
class Backup:
    """What was made.

    Attributes:
        data: Folder with identity, templates, configuration.
        keys: Folder with the keys: to another disk, and gone after `keys_until`.
        pruned: Names of backups of keys that were too old and are deleted.
        doubt: Why none was deleted by this clock; None: it is believed.
        entries: Entries in the log of this backup.
    """

    data: Path
    keys: Path
    keys_until: datetime
    pruned: tuple[str, ...]
    doubt: str | None
    entries: int


def make_backup(home: Home, data: Path, keys: Path) -> Backup:
    """Copy the shop into a new folder below `data`, and its keys into one below `keys`.

    Raises:
        UsageError: the two folders lie in each other or in the shop's, or the databases lie on a
            server, whose own tools copy them.
        StorageError, ClientelingError: the disk is full or cannot be written; nothing half stays.
    """
    if home.config.databases is not None:
        raise UsageError(
            "The databases lie on PostgreSQL: copy each with pg_dump, the keys last and apart, and "
            f"{FILE_NAME}, {ENDINGS}, {OWN} and {IMAGES} (if there are any) from {home.path} after "
            "them (docs/operators/postgresql.md)."
        )
    _refuse_same(home, data, keys)
    now = home.office.now()
    name = backup_name(now)
    doubted = clock_doubt(home.office)
    try:
        for folder in (data, keys):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _clear_partial(folder)
        # By a clock that may have jumped the last copies would go.
        pruned = () if doubted else prune_keys(keys, now, _keys_live(home))
    except OSError as error:
        raise cannot_write(data, error) from error
    if (data / name).exists() or (keys / name).exists():
        raise UsageError("A backup of this very second exists. Try again.")
    _log(home, name, now)
    checkpoint = _copy(home, data, keys, name, now)
    return Backup(
        data=data / name,
        keys=keys / name,
        keys_until=now + _keys_live(home),
        pruned=pruned,
        doubt=None if doubted is None else str(doubted),
        entries=parse_checkpoint(checkpoint).size,
    )


def _keys_live(home: Home) -> timedelta:
    """Return how long a copy of the keys may live here: the profile's days, or less."""
    return min(KEYS_LIVE, timedelta(days=home.office.profile.retention.key_backup))


def prune_keys(folder: Path, now: datetime, live: timedelta) -> tuple[str, ...]:
    """Delete backups of keys that have lived as long as they may; returns their names."""
    old = [backup for backup in backups_in(folder) if now - made_at(backup) >= live]
    for backup in old:
        shutil.rmtree(backup)
    return tuple(backup.name for backup in old)


def _refuse_same(home: Home, data: Path, keys: Path) -> None:
    places = {"the shop's folder": home.path, "the data": data, "the keys": keys}
    resolved = {what: place.expanduser().resolve() for what, place in places.items()}
    for what, place in resolved.items():
        for other, above in resolved.items():
            if what != other and place.is_relative_to(above):
                raise UsageError(
                    f"{place} (for {what}) lies in {above} ({other}). Keep the copies of the keys "
                    "apart from those of the data, on another disk, and both outside the shop's "
                    "folder."
                )


def _clear_partial(folder: Path) -> None:
    for left in folder.glob(f"{_PARTIAL}*"):
        shutil.rmtree(left)


def _log(home: Home, name: str, now: datetime) -> None:
    with home.databases.identity.write() as identity:
        ledger.append(
            identity,
            home.office.ring,
            EventKind.BACKUP_MADE,
            actor="command",
            about=None,
            detail={"name": name, "keys_until": stamp(now + _keys_live(home))},
            now=now,
        )
    home.memory.remember(home.databases.identity)


def _copy(home: Home, data: Path, keys: Path, name: str, now: datetime) -> str:
    """Steps 3 and 4; returns the checkpoint of the copied log."""
    half = [folder / f"{_PARTIAL}{name}" for folder in (data, keys)]
    half_data, half_keys = half
    try:
        for folder in half:
            folder.mkdir(mode=0o700)
        checkpoint = copy_database(home.path / "identity.db", half_data / "identity.db", _end_of)
        copy_database(home.path / "templates.db", half_data / "templates.db")
        for file in _small_files(home):
            write_whole(half_data / file.name, file.read_bytes())
        _copy_images(home.path, half_data)
        copy_database(home.path / "keys.db", half_keys / "keys.db")
        _refuse_apart(half_data / "templates.db", half_keys / "keys.db")
        endings = as_file(home.memory.endings())
        kinds: tuple[tuple[Path, Kind], ...] = ((half_keys, "keys"), (half_data, "data"))
        for folder, kind in kinds:
            write_whole(folder / ENDINGS, endings)
            files = {
                path.relative_to(folder).as_posix(): sha256_of(path)
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
            manifest = Manifest(kind, name, stamp(now), home.config.store.id, checkpoint, files)
            write_manifest(folder, manifest)
        # The keys first: data without its keys would look like a backup and be none.
        for folder, target in ((half_keys, keys), (half_data, data)):
            folder.rename(target / name)
            flush_folder(target)
    except BaseException as error:
        for folder in half:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise cannot_write(data, error) from error
        raise
    return checkpoint


def _refuse_apart(templates: Path, keys: Path) -> None:
    """Refuse copies between which a renewal of the templates ended: the one would not open."""
    with closing(sqlite3.connect(templates)) as copy:
        turned = copy.execute("SELECT DISTINCT transform FROM template").fetchall()
    with closing(sqlite3.connect(keys)) as copy:
        held = copy.execute("SELECT name FROM service_key").fetchall()
    if {name for (name,) in turned if name is not None} - {name for (name,) in held}:
        raise ClientelingError(
            "The templates were renewed meanwhile. Run the backup again; none was made."
        )


def _small_files(home: Home) -> list[Path]:
    """Return the configuration, what counsel signed, the shop's texts, the published keys."""
    signed = home.config.region.profile
    named = [home.path / FILE_NAME, *([home.path / signed] if signed is not None else [])]
    own = [home.path / OWN] if (home.path / OWN).is_file() else []
    return [*named, *own, *home.path.glob("*.vkey"), *home.path.glob("*.vkeys")]


def _copy_images(shop: Path, target: Path) -> None:
    """Copy the pictures of products: a catalogue that comes back shows them again."""
    names = images_of(shop)
    if names:
        for folder in (target / IMAGES.parent, target / IMAGES):
            folder.mkdir(mode=0o700)
    for name in names:
        with suppress(FileNotFoundError):  # replaced this very moment: no product shows it any more
            write_whole(target / IMAGES / name, (shop / IMAGES / name).read_bytes())


def copy_database(source: Path, target: Path, last: Callable[[Path], str] | None = None) -> str:
    """Copy one database as it is at this moment, without what was deleted in it.

    Returns what `last` says of the copy.

    Raises:
        ClientelingError: the disk is full, or the database is damaged.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(f"file:{source}?mode=rw", uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA busy_timeout=10000")
        connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise ClientelingError(_why(source, target, error)) from error
    finally:
        connection.close()
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return "" if last is None else last(target)


def _why(source: Path, target: Path, error: sqlite3.Error) -> str:
    reason = str(error).lower()
    if "full" in reason:
        return f"The disk of {target.parent} is full. Make room on it; no backup was made."
    if "malformed" in reason or "not a database" in reason:
        return f"{source} is damaged and cannot be copied. Restore an earlier backup."
    return f"{source.name} could not be copied ({error}). Try again; no backup was made."


def _end_of(identity: Path) -> str:
    """Return the newest checkpoint in a copy."""
    connection = sqlite3.connect(f"file:{identity}?mode=ro&immutable=1", uri=True)
    try:
        query = "SELECT note FROM log_checkpoint ORDER BY tree_size DESC LIMIT 1"
        return str(connection.execute(query).fetchone()[0])
    finally:
        connection.close()
