"""R19: three databases; no table, key or id of one stands in another, but for a random link."""

from pathlib import Path

from sqlalchemy import inspect, select

from clienteling.db import METADATA
from clienteling.home import Home, open_home
from consent.models import DataKeyRow, ServiceKeyRow, StoreKeyRow, SubjectRow
from tests.support.shops import Enrolled, enrolled, enrolled_once, real_engine

__all__ = ["enrolled", "enrolled_once", "real_engine"]


def test_three_files_only_the_owner_can_read(enrolled: Enrolled) -> None:
    for name in ("identity.db", "templates.db", "keys.db"):
        assert (enrolled.path / name).stat().st_mode & 0o077 == 0


def test_no_table_is_in_two_and_no_foreign_key_spans_two(enrolled: Enrolled) -> None:
    home = open_home(enrolled.path)
    tables = {
        name: set(inspect(getattr(home.databases, name).engine).get_table_names())
        - {"alembic_version", "sqlite_sequence"}
        for name in METADATA
    }

    assert not tables["identity"] & tables["templates"]
    assert not (tables["identity"] | tables["templates"]) & tables["keys"]
    for metadata in METADATA.values():
        for table in metadata.sorted_tables:
            for key in table.foreign_keys:
                assert key.column.table.metadata is metadata


def test_keys_lie_in_the_key_database_only_and_nothing_else_does(enrolled: Enrolled) -> None:
    home = open_home(enrolled.path)
    wraps = _wraps(home)
    home.databases.close()

    for path in files(enrolled.path):
        content = path.read_bytes()
        if not path.name.startswith("keys.db"):
            assert not [wrap for wrap in wraps if wrap in content], path.name
        else:
            assert b"Robin" not in content


def test_the_templates_database_does_not_say_whose_they_are(enrolled: Enrolled) -> None:
    home = open_home(enrolled.path)
    with home.databases.identity.read() as identity:
        customers = identity.scalars(select(SubjectRow.id)).all()
    assert len(customers) == 2

    for path in files(enrolled.path):
        if path.name.startswith("templates.db"):
            content = path.read_bytes()
            assert not [customer for customer in customers if customer.encode() in content]


def files(path: Path) -> list[Path]:
    return [file for file in path.rglob("*") if file.is_file()]


def _wraps(home: Home) -> list[bytes]:
    with home.databases.keys.read() as keys:
        return [
            *keys.scalars(select(DataKeyRow.wrapped)),
            *keys.scalars(select(StoreKeyRow.wrapped)),
            *keys.scalars(select(ServiceKeyRow.wrapped)),
        ]
