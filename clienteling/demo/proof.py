"""Whether the log holds, and whether it would tell: verified, and altered in a copy."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from clienteling.home import Home
from consent.log.notes import parse_checkpoint
from consent.log.verification import verify
from consent.storage import open_sqlite


def log_holds_and_tells(home: Home, edge_checkpoint: str | None, folder: Path) -> bool:
    """Whether the log passes against the camera's checkpoint, and a forged copy does not."""
    if edge_checkpoint is None:
        return False
    against = parse_checkpoint(edge_checkpoint)
    public = home.office.ring.log_public
    with home.databases.identity.read() as identity:
        honest = verify(identity, public, against)
    if not honest.ok or not honest.proven_size:
        return False
    copy = folder / "forged"
    copy.mkdir()
    _copy(home.path / "identity.db", copy / "identity.db")
    _alter(copy / "identity.db", honest.size // 2)
    databases = open_sqlite(copy)
    try:
        with databases.identity.read() as identity:
            forged = verify(identity, public, against)
    finally:
        databases.close()
    shutil.rmtree(copy)
    return not forged.ok


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)


def _alter(path: Path, leaf_index: int) -> None:
    """Do what somebody with the file could: drop the trigger and rewrite one entry."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TRIGGER log_entry_no_update")
        changed = database.execute(
            "UPDATE log_entry SET leaf = "
            """CAST(replace(CAST(leaf AS TEXT), '"at":"2', '"at":"1') AS BLOB) """
            "WHERE leaf_index = ?",
            (leaf_index,),
        )
        if changed.rowcount != 1:
            raise AssertionError("the forged copy was not altered")
