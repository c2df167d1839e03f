"""What earlier versions kept is carried over when the schema changes, on SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import Connection, make_url, text

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.products import all_products
from clienteling.customers.models import AliasRow, TemplateRow, VisitRow
from clienteling.databases_config import DatabasesConfig
from clienteling.db import METADATA, migrate, migrate_server, open_databases, scripts
from consent.models import DataKeyRow, StoreKeyRow
from consent.postgresql import open_one
from consent.purposes import Purpose
from consent.storage import Database, Databases, open_sqlite
from tests.support.postgresql import OWNER, SERVERS

_CODES = {str(allergen) for allergen in Allergen}


@dataclass(frozen=True, slots=True)
class Old:
    """Databases of a version from before. `server`: where they lie; None: SQLite files."""

    folder: Path
    server: DatabasesConfig | None

    @contextmanager
    def at(self, name: str, revision: str) -> Iterator[Connection]:
        """One of them at that revision, as whoever owns its tables."""
        if self.server is None:
            database: Database = getattr(open_sqlite(self.folder), name)
        else:
            database = open_one(make_url(getattr(self.server, name)).set(username=OWNER))
        with database.connect() as connection, connection.begin():
            _migrate_to(connection, name, revision)
            yield connection
        database.close()

    @contextmanager
    def now(self) -> Iterator[Databases]:
        """All of them, brought to the newest schema by the program's own means."""
        if self.server is None:
            databases = open_sqlite(self.folder)
            migrate(databases)
        else:
            migrate_server(self.server, OWNER)
            databases = open_databases(self.folder, self.server)
        yield databases
        databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Old:
    return Old(tmp_path, SERVERS.lend_without_tables() if request.param == "postgresql" else None)


def _insert(connection: Connection, table: str, **values: object) -> None:
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)  # noqa: S608


def _migrate_to(connection: Connection, name: str, revision: str) -> None:
    script = scripts(name)

    def steps(current: object, _context: object) -> list[object]:
        return script._upgrade_revs(revision, current)  # type: ignore[arg-type, return-value]

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=METADATA[name])
        environment.run_migrations()


def test_0012_two_lists_of_allergens_become_a_declaration(old: Old) -> None:
    told = (
        ("1", "Both", '["milk"]', '["nuts", "milk"]'),
        ("2", "Neither", None, None),
        ("3", "No traces", '["milk"]', None),
    )
    with old.at("identity", "0011") as connection:
        for number, name, contained, traces in told:
            goods = {"id": number, "name": name, "category": "Bars", "price_cents": 1}
            _insert(connection, "product", **goods, allergens=contained, traces=traces)

    with old.now() as databases, databases.identity.read() as identity:
        both, neither, half = sorted(all_products(identity), key=lambda product: product.id)
    assert both.declaration.contained == half.declaration.contained == {Allergen.MILK}
    assert both.declaration.traces == {Allergen.NUTS}
    assert both.declaration.free == _CODES - {"milk", "nuts"}
    assert neither.declaration.not_known == _CODES
    assert half.declaration.not_known == _CODES - {"milk"}
    assert (both.category, both.price_cents, both.active, both.updated_at) == (
        ("Bars",),
        1,
        True,
        None,
    )


def test_0009_use_is_counted_from_the_making_and_visits_by_their_day(old: Old) -> None:
    with old.at("identity", "0008") as connection:
        made = {"alias": "a", "subject_id": "s", "consent_id": "c", "model_id": "m", "images": 3}
        _insert(connection, "template_alias", **made, made_at="2026-11-24T10:00:00.000000Z")
        visit = {"id": "v", "subject_id": "s", "consent_id": "c", "sealed": b"x"}
        _insert(connection, "visit", **visit, kept_until="2027-02-22")

    with old.now() as databases, databases.identity.read() as identity:
        assert identity.get_one(AliasRow, "a").used_in == "2026-11"
        assert identity.get_one(VisitRow, "v").day == "2026-11-24"


def test_0015_templates_of_before_are_for_recognising(old: Old) -> None:
    with old.at("identity", "0014") as connection:
        made = {"alias": "a", "subject_id": "s", "consent_id": "c", "model_id": "m", "images": 3}
        at = "2026-11-24T10:00:00.000000Z"
        _insert(connection, "template_alias", **made, made_at=at, used_in="2026-11")
    with old.at("templates", "0001") as connection:
        _insert(connection, "template", alias="a", model_id="m", sealed=b"x", made_at=at)

    with old.now() as databases:
        with databases.identity.read() as identity:
            assert identity.get_one(AliasRow, "a").purpose == Purpose.RECOGNISE
        with databases.templates.read() as templates:
            assert templates.get_one(TemplateRow, "a").transform is None


def test_keys_0002_a_store_key_counts_what_it_wrapped(old: Old) -> None:
    at = "2026-11-24T10:00:00.000000Z"
    with old.at("keys", "0001") as connection:
        for number in ("1", "2"):
            _insert(connection, "store_key", id=number, created_at=at, wrapped=b"x")
        for subject_id in ("a", "b"):
            key = {"subject_id": subject_id, "purpose": "account", "key_id": subject_id}
            sealed = {"store_key_id": "1", "created_at": at, "wrapped": b"x", "uses": 7}
            _insert(connection, "data_key", **key, **sealed)

    with old.now() as databases, databases.keys.read() as keys:
        assert [keys.get_one(StoreKeyRow, number).uses for number in ("1", "2")] == [2, 0]
        assert keys.get_one(DataKeyRow, ("a", "account")).uses == 7
