"""The three databases on PostgreSQL: three databases of one or more servers, a role for each (R19).

`read` is REPEATABLE READ, READ ONLY. `write` waits for an advisory lock of the database before its
first statement; every statement after it sees what the writer before it committed.
"""

from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from consent.errors import StorageError
from consent.storage import Database, Databases, Kind, opened

OLDEST = 15
_BUSY_MS = 10_000
_CONNECT_SECONDS = 5
#: One number for the writer of a database; the database is part of the lock already.
_WRITER = 0x636C69656E74

#: Connections kept, and how many more a busy moment may open: three databases stay below
#: PostgreSQL's own limit of 100. A thread that finds none free waits.
POOL_SIZE = 4
POOL_MORE = 24

_OPENING = {
    "read": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    # READ COMMITTED: a snapshot taken before the lock was had would be of before.
    "write": (
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; "
        f"SET LOCAL lock_timeout = {_BUSY_MS}; SELECT pg_advisory_xact_lock({_WRITER})"
    ),
    None: "BEGIN",
}

_RESTARTS = "The PostgreSQL server ended the connection. Try again; nothing was half written."
_CHARACTERS = "The database cannot keep this text: too long, or with a character that is none."
_BUSY = "Another process holds the database. Try again; nothing was written."
_NO_RIGHT = (
    "The database's role may not do this. Run `clienteling database migrate`: it grants what the "
    "role needs."
)
_FULL_OF_CLIENTS = (
    "The PostgreSQL server has no connection free. Raise its max_connections, or end what holds "
    "them; nothing was written."
)
_UNREACHABLE = (
    "The PostgreSQL server does not answer. Check that it runs, and its address under [databases] "
    "in config.toml."
)

#: What PostgreSQL's codes (SQLSTATE, or the class of it) ask of a person.
_STATES = (
    ("53100", "The disk is full. Make room on it; nothing was half written."),
    ("53300", _FULL_OF_CLIENTS),
    ("55P03", _BUSY),
    ("40", _BUSY),
    ("25006", "The database cannot be written. Is this server a standby, or was only reading due?"),
    ("42501", _NO_RIGHT),
    ("42P01", "The database has no tables yet. Run `clienteling database migrate` first."),
    ("58", "The disk reports an error. Stop, and restore the backup to another disk."),
    ("XX001", "The database is damaged. Stop, and restore the backup to another disk."),
    ("XX002", "An index is damaged. Stop, and have `REINDEX DATABASE` make it anew."),
    ("57P", _RESTARTS),
    ("08", _RESTARTS),
    (
        "22",
        "The database cannot keep this text: it is too long, or holds a character that is none.",
    ),
)

_SIGN_IN = (
    "The PostgreSQL server refuses the password. Put it into the file that PGPASSFILE names "
    "(~/.pgpass), owner only; it never stands in config.toml."
)
_NOT_FROM_HERE = (
    "The PostgreSQL server refuses this role from here. Allow it in pg_hba.conf "
    "(docs/operators/postgresql.md)."
)
_NOT_THIS_ONE = (
    "The role may not connect to this database. Each of the three databases has a role of its own: "
    "check [databases] in config.toml."
)
_NO_ROLE = (
    "There is no such role on the PostgreSQL server. Make it with `clienteling database "
    "create-roles`."
)
_NO_DATABASE = (
    "There is no such database on the PostgreSQL server. Make it with `clienteling database "
    "create-roles`."
)
_ENCRYPTION = (
    "The connection to the PostgreSQL server cannot be encrypted as asked. Check its certificate, "
    "and sslmode and sslrootcert under [databases] in config.toml."
)

#: Before there is a connection there are no codes, only the server's words.
_SIGNS = (
    ("password authentication failed", _SIGN_IN),
    ("no password supplied", _SIGN_IN),
    ("no pg_hba.conf entry", _NOT_FROM_HERE),
    ("authentication failed", _NOT_FROM_HERE),
    ("permission denied for database", _NOT_THIS_ONE),
    ("is not permitted to log in", _NOT_THIS_ONE),
    ('role "', _NO_ROLE),
    ('database "', _NO_DATABASE),
    ("too many clients", _FULL_OF_CLIENTS),
    ("connection slots are reserved", _FULL_OF_CLIENTS),
    ("starting up", _RESTARTS),
    ("shutting down", _RESTARTS),
    ("certificate", _ENCRYPTION),
    ("ssl", _ENCRYPTION),
)


def open_postgresql(identity: str, templates: str, keys: str) -> Databases:
    """Open the three databases; each URL names its own role and no password.

    Raises:
        StorageError: the driver is missing, a server does not answer, refuses the role, knows no
            such database, or is too old.
    """
    return Databases(*(open_one(url) for url in (identity, templates, keys)))


def open_one(url: str | URL) -> Database:
    """Open one database; passwords come from where libpq finds them (PGPASSFILE, a service).

    Raises:
        StorageError: as `open_postgresql`.
    """
    try:
        engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=POOL_SIZE,
            max_overflow=POOL_MORE,
            pool_timeout=_BUSY_MS / 1000,
            # What is stored stays out of the text of errors.
            hide_parameters=True,
            # A connection that died with the server is replaced before it is used.
            pool_pre_ping=True,
            connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": "clienteling"},
        )
    except ModuleNotFoundError as error:
        raise StorageError(
            "The driver of PostgreSQL is missing. Install it: pip install 'clienteling[postgresql]'"
        ) from error
    event.listen(engine, "connect", _prepare)
    database = opened(engine, _POSTGRESQL)
    try:
        with database.connect() as connection:
            version = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
    except StorageError:
        database.close()
        raise
    if int(version) < OLDEST * 10_000:
        database.close()
        raise StorageError(
            f"This is PostgreSQL {int(version) // 10_000}; {OLDEST} or newer is needed."
        )
    return database


def _prepare(connection: object, _record: object) -> None:
    # The driver must not open transactions of its own: `_begin` does.
    connection.autocommit = True  # type: ignore[attr-defined]  # psycopg's, which is optional


def _begin(connection: Connection, how: str | None) -> None:
    if how != "none":
        connection.exec_driver_sql(_OPENING[how])


def _scrub(connection: Connection) -> bool:
    """Have the tables rewritten without what was deleted (see `clienteling.server`)."""
    return bool(connection.execute(text("SELECT clienteling_scrub()")).scalar_one())


def _advice(error: SQLAlchemyError) -> str | None:
    if isinstance(error, PoolTimeoutError):
        return "Every connection to the database is in use. Try again; nothing was written."
    if not isinstance(error, DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return next((advice for sign, advice in _STATES if state.startswith(sign)), None)
    if isinstance(error, DataError):
        return _CHARACTERS
    if isinstance(error, OperationalError):
        return _advice_without_code(str(error.orig).lower(), was_open=error.connection_invalidated)
    return None


def _advice_without_code(said: str, *, was_open: bool) -> str:
    if was_open:
        return _RESTARTS
    return next((advice for sign, advice in _SIGNS if sign in said), _UNREACHABLE)


_POSTGRESQL = Kind(served=True, begin=_begin, scrub=_scrub, advice=_advice)
