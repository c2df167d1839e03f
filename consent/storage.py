"""The three databases, and the two ways to use one: reading, and one writer at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from consent.errors import StorageError

_BUSY_MS = 10_000
_SCRUB_MS = 100

#: What SQLite says, and what a person should do about it.
_ADVICE = (
    ("disk is full", "The disk is full. Make room on it; nothing was half written."),
    ("database is locked", "Another process holds the database. Try again; nothing was written."),
    ("readonly database", "The database cannot be written. Check who owns the data folder."),
    ("unable to open", "The database file cannot be opened. Check the data folder and its owner."),
    ("no such table", "The database has no tables yet. Run `clienteling init` first."),
    ("disk i/o error", "The disk reports an error. Stop, and restore the backup to another disk."),
)


class Database:
    """One SQLite database.

    Sessions keep their objects readable after they end. `read` sees one consistent state and
    cannot write. `write` takes the only write lock before its first statement (BEGIN IMMEDIATE),
    so that what it reads stays true until it commits; keep it short.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reader = engine.execution_options(clienteling_begin="read")
        self._writer = engine.execution_options(clienteling_begin="write")
        self._bare = engine.execution_options(clienteling_begin="none")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that refuses to write.

        Raises:
            StorageError: the database cannot be read.
        """
        with _translated(), Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session that commits at the end, or rolls back when the block raises.

        Raises:
            StorageError: the database is full, locked for 10 s or read-only; nothing was written.
        """
        with (
            _translated(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Yield a plain connection, for migrations; what is not committed is rolled back.

        Raises:
            StorageError: the database is full, locked for 10 s or read-only.
        """
        with _translated(), self._writer.connect() as connection:
            yield connection

    def scrub(self) -> bool:
        """Empty the write-ahead log, so that overwritten rows are gone from the files.

        `secure_delete` zeroes deleted rows in the database, but the log may still hold the page as
        it was. Returns False while another connection reads an older state; call again later.
        """
        with _translated(), self._bare.connect() as connection:
            # Do not make a withdrawal wait for readers: the worker asks again.
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_SCRUB_MS}")
            busy: int = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalars().one()
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MS}")
        return busy == 0

    def close(self) -> None:
        """Close every connection of this process."""
        self.engine.dispose()


@dataclass(frozen=True, slots=True)
class Databases:
    """Identity with the log, templates, keys. No transaction spans two of them (R19)."""

    identity: Database
    templates: Database
    keys: Database

    def close(self) -> None:
        """Close all three."""
        for database in (self.identity, self.templates, self.keys):
            database.close()


def open_sqlite(folder: Path) -> Databases:
    """Open (or create, empty) the three databases in `folder`, readable by the owner only.

    Raises:
        StorageError: the folder or a file cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Databases(
            *(_open(folder / name) for name in ("identity.db", "templates.db", "keys.db"))
        )
    except OSError as error:
        raise StorageError(
            f"The data folder {folder} cannot be used ({error.strerror}). Check its owner."
        ) from error


def _open(path: Path) -> Database:
    # SQLite gives its side files the permissions of the database file.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(f"sqlite:///{path}", pool_size=16, max_overflow=48)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return Database(engine)


def _prepare(connection: Any, _record: object) -> None:
    # The driver must not open transactions of its own: `_begin` does.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        # Else INSERT OR REPLACE would go past the triggers that refuse to delete.
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("clienteling_begin")
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if kind == 'read' else 'OFF'}")
    if kind != "none":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if kind == "write" else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig).lower()
        for sign, advice in _ADVICE:
            if sign in reason:
                raise StorageError(advice) from error
        raise
