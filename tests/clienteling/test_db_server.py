"""The same migrations on PostgreSQL: as the owner, who grants the running roles what they need."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import delete, make_url, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clienteling.databases_config import DatabasesConfig
from clienteling.db import METADATA, migrate_server, open_databases
from clienteling.errors import StartError
from consent.errors import StorageError
from consent.postgresql import open_one
from consent.storage import Database
from consent.triggers import REFUSED
from tests.support.postgresql import OWNER, SERVERS, as_admin

EVERY = pytest.mark.parametrize("name", sorted(METADATA))

#: Every operation that is refused on a table of the log, or of consents.
REFUSALS = [
    (table, operation, reason)
    for table, (operations, reason) in REFUSED.items()
    for operation in (*operations, "TRUNCATE")
]


@pytest.fixture
def server() -> DatabasesConfig:
    return SERVERS.lend()


@pytest.fixture
def owned(server: DatabasesConfig) -> Iterator[Database]:
    """The identity database as its owner sees it, whom only the triggers hold back."""
    database = open_one(make_url(server.identity).set(username=OWNER))
    yield database
    database.close()


@pytest.fixture
def running(server: DatabasesConfig) -> Iterator[Database]:
    """The identity database as the hub sees it."""
    database = open_one(server.identity)
    yield database
    database.close()


def attempt(session: Session, operation: str, table: str) -> None:
    of = METADATA["identity"].tables[table]
    if operation == "TRUNCATE":
        session.execute(text(f"TRUNCATE {table} CASCADE"))
        return
    column = of.columns.values()[0]
    session.execute(delete(of) if operation == "DELETE" else update(of).values({column: column}))


@EVERY
def test_head_equals_the_models(server: DatabasesConfig, name: str) -> None:
    database = open_one(getattr(server, name))
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA[name]) == []
    database.close()


@pytest.mark.parametrize(("table", "operation", "reason"), REFUSALS)
def test_even_the_owner_is_refused_by_a_trigger(
    owned: Database, table: str, operation: str, reason: str
) -> None:
    with pytest.raises(IntegrityError, match=reason), owned.write() as session:
        attempt(session, operation, table)


@pytest.mark.parametrize(("table", "operation", "_reason"), REFUSALS)
def test_the_running_role_has_not_even_the_right(
    running: Database, table: str, operation: str, _reason: str
) -> None:
    with pytest.raises(StorageError, match="may not do this"), running.write() as session:
        attempt(session, operation, table)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER log_entry_no_update ON log_entry",
        "ALTER TABLE log_entry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DROP TABLE log_entry CASCADE",
        "CREATE TABLE mine (x integer)",
        (
            "CREATE OR REPLACE FUNCTION clienteling_refuse() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN NULL; END $$"
        ),
        "UPDATE alembic_version SET version_num = '0001'",
    ],
)
def test_the_running_role_cannot_switch_anything_off(running: Database, statement: str) -> None:
    with pytest.raises(StorageError, match="may not do this"), running.write() as session:
        session.execute(text(statement))


def test_migrating_again_changes_nothing(server: DatabasesConfig) -> None:
    before = _catalogue(server)

    migrate_server(server, OWNER)

    assert _catalogue(server) == before


def _catalogue(server: DatabasesConfig) -> list[object]:
    """Tables, rights, functions and triggers, as PostgreSQL keeps them."""
    found: list[object] = []
    for address in server.model_dump().values():
        with as_admin(address) as admin:
            for query in (
                (
                    "SELECT relname, relacl::text FROM pg_class JOIN pg_namespace n "
                    "ON n.oid = relnamespace WHERE nspname = 'public' ORDER BY 1"
                ),
                (
                    "SELECT proname, prosrc, proacl::text FROM pg_proc JOIN pg_namespace n "
                    "ON n.oid = pronamespace WHERE nspname = 'public' ORDER BY 1"
                ),
                "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
            ):
                found += admin.execute(query).fetchall()
    return found


@EVERY
def test_a_database_of_another_version_is_not_opened(
    server: DatabasesConfig, tmp_path: Path, name: str
) -> None:
    for version, sentence in (("9999", "newer version"), ("0001", "database migrate")):
        with as_admin(getattr(server, name)) as admin:
            (right,) = admin.execute("SELECT version_num FROM alembic_version").fetchone() or ()
            admin.execute("UPDATE alembic_version SET version_num = %s", (version,))
        try:
            with pytest.raises(StartError, match=sentence):
                open_databases(tmp_path, server)
        finally:
            with as_admin(getattr(server, name)) as admin:
                admin.execute("UPDATE alembic_version SET version_num = %s", (right,))
    open_databases(tmp_path, server).close()
