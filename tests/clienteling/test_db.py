"""The migrations make what the models say, from nothing, and refuse what they do not know."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from clienteling.db import METADATA, MIGRATIONS, migrate, scripts
from clienteling.errors import StartError
from consent.errors import StorageError
from consent.storage import Database, Databases, open_sqlite
from consent.triggers import INSERT_ONLY_TRIGGERS

EVERY = pytest.mark.parametrize("name", sorted(METADATA))


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Databases]:
    databases = open_sqlite(tmp_path / "migrated")
    migrate(databases)
    yield databases
    databases.close()


def database(databases: Databases, name: str) -> Database:
    found: Database = getattr(databases, name)
    return found


def schema(source: Database) -> dict[tuple[str, str], str]:
    """Every table, index and trigger: what SQLite itself keeps, spacing and quotes aside."""
    with source.read() as session:
        rows = session.execute(
            text(
                "SELECT type, name, sql FROM sqlite_master "
                "WHERE sql IS NOT NULL AND name != 'alembic_version'"
            )
        )
        return {(kind, name): _canonical(sql) for kind, name, sql in rows}


def _canonical(sql: str) -> str:
    """One spelling; the order of a table's columns and constraints says nothing."""
    flat = re.sub(r"\s+", " ", sql.replace('"', "")).strip()
    if not flat.startswith("CREATE TABLE"):
        return flat
    head, _, body = flat.partition("(")
    parts = re.split(r",\s*(?![^(]*\))", body.rstrip(") ") + ")")
    return head + "|".join(sorted(part.strip(" )") for part in parts))


@EVERY
def test_head_equals_the_models(migrated: Databases, name: str) -> None:
    with database(migrated, name).engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA[name]) == []


@EVERY
def test_head_equals_the_models_in_the_database_s_own_words(
    migrated: Databases, tmp_path: Path, name: str
) -> None:
    """Triggers, defaults and partial indexes too, which Alembic does not compare."""
    made = open_sqlite(tmp_path / "made")
    METADATA[name].create_all(database(made, name).engine)

    assert schema(database(migrated, name)) == schema(database(made, name))
    made.close()


def test_every_insert_only_trigger_is_there(migrated: Databases) -> None:
    wanted = {sql for statements in INSERT_ONLY_TRIGGERS.values() for sql in statements}

    with migrated.identity.read() as session:
        there = session.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'"))
        assert set(there) == wanted


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_checkpoint SET note = 'forged'",
        "DELETE FROM log_checkpoint",
        "INSERT OR REPLACE INTO log_checkpoint VALUES (1, 'forged')",
    ],
)
def test_the_log_of_a_migrated_shop_cannot_be_rewritten(
    migrated: Databases, statement: str
) -> None:
    with migrated.identity.write() as session:
        session.execute(text("INSERT INTO log_checkpoint VALUES (1, 'true')"))

    with pytest.raises(IntegrityError, match="insert-only"), migrated.identity.write() as session:
        session.execute(text(statement))


def test_nothing_happens_where_the_schema_is_new(migrated: Databases) -> None:
    before = {name: schema(database(migrated, name)) for name in METADATA}

    migrate(migrated)

    assert {name: schema(database(migrated, name)) for name in METADATA} == before


@EVERY
def test_revisions_stand_in_one_line(name: str) -> None:
    assert len(scripts(name).get_heads()) == 1
    files = sorted((MIGRATIONS / name / "versions").glob("*.py"))
    assert [file.name[:4] for file in files] == [f"{n:04d}" for n in range(1, len(files) + 1)]


@EVERY
def test_a_database_of_a_newer_version_is_refused(migrated: Databases, name: str) -> None:
    with database(migrated, name).write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StartError, match=f"The {name} database was made by a newer version"):
        migrate(migrated)


@EVERY
def test_a_damaged_file_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.db").write_bytes(b"this is no database" * 400)
    databases = open_sqlite(tmp_path)

    with pytest.raises(StartError, match=f"The {name} database cannot be opened.*backup"):
        migrate(databases)
    databases.close()


def test_a_full_disk_is_called_a_full_disk(tmp_path: Path) -> None:
    databases = open_sqlite(tmp_path)
    with databases.identity.engine.connect() as connection:
        # One page; the schema needs more.
        connection.exec_driver_sql("PRAGMA max_page_count=1")
        connection.rollback()

    with pytest.raises(StorageError, match=r"The disk is full. Make room"):
        migrate(databases)
    databases.close()
