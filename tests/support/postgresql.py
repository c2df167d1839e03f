"""A real PostgreSQL server for tests, and databases on it that are empty, or copies, in no time.

Which server: CLIENTELING_TEST_POSTGRESQL (an administrator's address), else the local one. With
`CI=true` its absence is a failure. `CLIENTELING_TEST_DATABASES=postgresql` has every test that
makes a shop or an office use it instead of SQLite.

Databases are made once for each test process by the program's own commands, and emptied between
tests: making and dropping them costs a checkpoint each.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.pool import NullPool, Pool

from clienteling.config import load_config, save_config
from clienteling.databases_config import DatabasesConfig
from clienteling.db import METADATA, migrate_server
from clienteling.server import execute, setup

ADMIN = os.environ.get(
    "CLIENTELING_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres"
)
ON_SERVER = os.environ.get("CLIENTELING_TEST_DATABASES") == "postgresql"

_PREFIX = f"clienteling_test_{os.getpid()}"
OWNER = f"{_PREFIX}_owner"


def require_server() -> None:
    """Skip the test where no server answers; in CI that is a failure."""
    try:
        psycopg.connect(ADMIN, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no PostgreSQL server: {error}")
        pytest.skip("no PostgreSQL server at CLIENTELING_TEST_POSTGRESQL or 127.0.0.1:5432")


def as_superuser(engine: Engine) -> Engine:
    """Return an engine for the same database, with the rights of who administers the server."""
    url = make_url(ADMIN).set(drivername=engine.url.drivername, database=engine.url.database)
    return create_engine(url, poolclass=NullPool)


def addresses(number: int) -> DatabasesConfig:
    """Where the databases of this number lie, each with its own role."""
    return DatabasesConfig(
        **{
            name: str(
                make_url(ADMIN).set(
                    username=f"{_PREFIX}_{name}",
                    password=None,
                    database=f"{_PREFIX}_{name}_{number}",
                )
            )
            for name in METADATA
        }
    )


@contextmanager
def as_admin(address: str) -> Iterator[psycopg.Connection]:
    """The administrator, in the database of a shop's address: who gets past every right."""
    url = make_url(ADMIN).set(database=make_url(address).database)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        yield connection


class Servers:
    """The databases of this process: lent to a test, emptied, and dropped at the end."""

    def __init__(self) -> None:
        self._free: list[DatabasesConfig] = []
        self._lent: list[DatabasesConfig] = []
        self._made = 0

    def lend(self, source: DatabasesConfig | None = None) -> DatabasesConfig:
        """Three databases of nobody else's: empty, or with the rows of others."""
        require_server()
        if self._free:
            config = self._free.pop()
            self._lent.append(config)
        else:
            config = self.lend_without_tables()
            migrate_server(config, OWNER)
        if source is not None:
            _copy(source, config)
        return config

    def lend_without_tables(self) -> DatabasesConfig:
        """Three new databases; the test must bring them to the newest schema before it ends."""
        require_server()
        config = addresses(self._made)
        self._made += 1
        execute(ADMIN, setup(config, OWNER))
        self._lent.append(config)
        return config

    def take_back(self, lent: int) -> None:
        """Empty everything lent since `lent` databases were out."""
        while len(self._lent) > lent:
            config = self._lent.pop()
            for address in config.model_dump().values():
                _empty(address)
            self._free.append(config)

    @property
    def out(self) -> int:
        """How many are lent."""
        return len(self._lent)

    def drop(self) -> None:
        """Drop everything, with the roles."""
        if not self._made:
            return
        with psycopg.connect(ADMIN, autocommit=True) as admin:
            for number in range(self._made):
                for address in addresses(number).model_dump().values():
                    name = sql.Identifier(str(make_url(address).database))
                    admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
            for role in (OWNER, *(f"{_PREFIX}_{name}" for name in METADATA)):
                admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


SERVERS = Servers()


@pytest.fixture(scope="session", autouse=True)
def _dropped_at_the_end() -> Iterator[None]:
    yield
    SERVERS.drop()


#: Connections that were made since the last test ended. A command leaves its own to the end of its
#: process, which in tests does not come.
_made: list[psycopg.Connection] = []


@event.listens_for(Pool, "connect")
def _remember(connection: object, _record: object) -> None:
    if isinstance(connection, psycopg.Connection):
        _made.append(connection)


@pytest.fixture(autouse=True)
def _taken_back(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test of one shop was lent is emptied after it; what a session was lent stays."""
    if ON_SERVER and request.node.get_closest_marker("sqlite"):
        pytest.skip("about SQLite's own files")
    lent = SERVERS.out
    yield
    while _made:
        _made.pop().close()
    SERVERS.take_back(lent)


def lent() -> DatabasesConfig | None:
    """Where a new shop's databases lie: None, in its folder, unless the tests run on a server."""
    return SERVERS.lend() if ON_SERVER else None


def copy_shop(source: Path, target: Path) -> None:
    """Copy a shop's folder, and its databases where they lie on a server."""
    shutil.copytree(source, target)
    config = load_config(source)
    if config.databases is not None:
        copied = SERVERS.lend(config.databases)
        save_config(target, config.model_copy(update={"databases": copied}))


def _empty(address: str) -> None:
    with as_admin(address) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        _delete_rows(admin)


def _delete_rows(admin: psycopg.Connection) -> None:
    with admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")  # no triggers
        for table in _tables(admin):
            admin.execute(sql.SQL("DELETE FROM {}").format(table))


def _copy(source: DatabasesConfig, target: DatabasesConfig) -> None:
    for name in METADATA:
        with (
            as_admin(getattr(source, name)) as here,
            as_admin(getattr(target, name)) as there,
            there.transaction(),
        ):
            there.execute("SET LOCAL session_replication_role = replica")
            for table in _tables(here):
                out = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(table)
                into = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(table)
                with here.cursor().copy(out) as rows, there.cursor().copy(into) as copied:
                    for piece in rows:
                        copied.write(piece)
            for column, sequence in _sequences(here):
                there.execute(
                    sql.SQL("SELECT setval({}, (SELECT greatest(max({}), 1) FROM {}))").format(
                        sql.Literal(sequence), sql.Identifier(column[1]), sql.Identifier(column[0])
                    )
                )


def _tables(admin: psycopg.Connection) -> list[sql.Identifier]:
    rows = admin.execute(
        "SELECT tablename FROM pg_tables "
        "WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    )
    return [sql.Identifier(name) for (name,) in rows]


def _sequences(admin: psycopg.Connection) -> list[tuple[tuple[str, str], str]]:
    rows = admin.execute(
        "SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), "
        "column_name) FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_default LIKE 'nextval%'"
    )
    return [((table, column), sequence) for table, column, sequence in rows]
