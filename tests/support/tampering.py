"""Somebody who can write the database file: sqlite3 on it, triggers dropped, nothing of ours."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def behind_its_back(folder: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection to the shop's identity database, without its triggers."""
    with closing(sqlite3.connect(folder / "identity.db")) as database, database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            database.execute(f"DROP TRIGGER {name}")
        yield database


def cut_to(database: sqlite3.Connection, size: int) -> None:
    """Leave the first `size` entries, consistently: nothing inside shows it."""
    for statement in (
        "DELETE FROM consent_record WHERE leaf_index >= ?",
        "DELETE FROM log_detail WHERE leaf_index >= ?",
        "DELETE FROM log_entry WHERE leaf_index >= ?",
        "DELETE FROM log_checkpoint WHERE tree_size > ?",
        "DELETE FROM log_cosignature WHERE tree_size > ?",
        "DELETE FROM log_node WHERE position >= (? >> level)",
    ):
        database.execute(statement, (size,))


def copy_of(folder: Path, target: Path) -> Path:
    """Take an old copy of the database, whole, for putting it back later."""
    target.mkdir()
    with closing(sqlite3.connect(folder / "identity.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(folder / "identity.db", target)
    return target


def put_back(copy: Path, folder: Path) -> None:
    """Put the old copy in the place of the new one; nothing may have it open."""
    for side in ("identity.db-wal", "identity.db-shm"):
        (folder / side).unlink(missing_ok=True)
    shutil.copy(copy / "identity.db", folder)
