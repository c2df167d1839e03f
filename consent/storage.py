"""The three databases, and the two ways to use one: reading, and one writer at a time.

On one box they are SQLite files, opened here; on a server `consent.postgresql` opens them.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, create_engine, event, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
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


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between SQLite and PostgreSQL.

    Attributes:
        served: Another role makes and changes the tables (`clienteling database migrate`).
        begin: Opens a transaction on a connection: "read", "write", "none" or None (either).
        scrub: Removes from the files what was deleted, as far as it can; False: not now.
        advice: The sentence for an error, or None where there is none.
    """

    served: bool
    begin: Callable[[Connection, str | None], None]
    scrub: Callable[[Connection], bool]
    advice: Callable[[SQLAlchemyError], str | None]


class Database:
    """One database.

    Sessions keep their objects readable after they end. `read` sees one consistent state and
    cannot write. `write` takes the only write lock before its first statement, so that what it
    reads stays true until it commits; keep it short.
    """

    def __init__(self, engine: Engine, kind: Kind) -> None:
        self.engine = engine
        self.kind = kind
        #: What every session of this database carries (`Session.info`).
        self.session_info: dict[str, object] = {}
        self._reader = engine.execution_options(clienteling_begin="read")
        self._writer = engine.execution_options(clienteling_begin="write")
        self._bare = engine.execution_options(clienteling_begin="none")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that refuses to write.

        Raises:
            StorageError: the database cannot be read.
        """
        with (
            self._translated(),
            Session(self._reader, expire_on_commit=False, info=self.session_info) as session,
        ):
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session that commits at the end, or rolls back when the block raises.

        Raises:
            StorageError: the database is full, locked for 10 s or read-only; nothing was written.
        """
        with (
            self._translated(),
            Session(self._writer, expire_on_commit=False, info=self.session_info) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Yield a plain connection, for migrations; what is not committed is rolled back.

        Raises:
            StorageError: the database is full, locked for 10 s or read-only.
        """
        with self._translated(), self._writer.connect() as connection:
            yield connection

    def scrub(self) -> bool:
        """Remove from the files what was deleted or overwritten, as far as this kind can.

        Returns False while another connection reads an older state; call again later.
        """
        with self._translated(), self._bare.connect() as connection:
            return self.kind.scrub(connection)

    def command(self, statement: str, *, unless: TextClause | None = None) -> bool:
        """Execute one statement outside any transaction, and say so, unless a query finds a row.

        Raises:
            StorageError: the database refuses it.
        """
        with self._translated(), self._bare.connect() as connection:
            if unless is not None and connection.execute(unless).first():
                return False
            connection.exec_driver_sql(statement)
        return True

    def close(self) -> None:
        """Close every connection of this process."""
        self.engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            advice = self.kind.advice(error)
            if advice is None:
                raise
            raise StorageError(advice) from error


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


def opened(engine: Engine, kind: Kind) -> Database:
    """Return the database behind an engine whose driver opens no transactions of its own."""

    def begin(connection: Connection) -> None:
        kind.begin(connection, connection.get_execution_options().get("clienteling_begin"))

    event.listen(engine, "begin", begin)
    return Database(engine, kind)


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
    engine = create_engine(f"sqlite:///{path}", pool_size=16, max_overflow=48, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    return opened(engine, _SQLITE)


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


def _begin(connection: Connection, how: str | None) -> None:
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if how == 'read' else 'OFF'}")
    if how != "none":
        # The write lock, before the first statement.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if how == "write" else "BEGIN")


def _scrub(connection: Connection) -> bool:
    """Empty the write-ahead log, so that overwritten rows are gone from the files.

    `secure_delete` zeroes deleted rows in the database, but the log may still hold the page as it
    was.
    """
    # Do not make a withdrawal wait for readers: the worker asks again.
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_SCRUB_MS}")
    busy: int = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalars().one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MS}")
    return busy == 0


def _advice(error: SQLAlchemyError) -> str | None:
    if not isinstance(error, OperationalError):
        return None
    reason = str(error.orig).lower()
    return next((advice for sign, advice in _ADVICE if sign in reason), None)


_SQLITE = Kind(served=False, begin=_begin, scrub=_scrub, advice=_advice)
