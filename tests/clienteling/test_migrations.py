"""What earlier versions kept is carried over when the schema changes."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import Connection, text

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.products import all_products
from clienteling.db import METADATA, migrate, scripts
from consent.storage import open_sqlite

_CODES = {str(allergen) for allergen in Allergen}


def _migrate_to(connection: Connection, name: str, revision: str) -> None:
    script = scripts(name)

    def steps(current: object, _context: object) -> list[object]:
        return script._upgrade_revs(revision, current)  # type: ignore[arg-type, return-value]

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=METADATA[name])
        environment.run_migrations()


def test_0012_two_lists_of_allergens_become_a_declaration(tmp_path: Path) -> None:
    databases = open_sqlite(tmp_path)
    with databases.identity.connect() as connection, connection.begin():
        _migrate_to(connection, "identity", "0011")
        for row in (
            """('1', NULL, 'Both', 'Bars', 1, '["milk"]', '["nuts", "milk"]')""",
            """('2', NULL, 'Neither', 'Bars', 1, NULL, NULL)""",
            """('3', NULL, 'No traces', 'Bars', 1, '["milk"]', NULL)""",
        ):
            connection.execute(text(f"INSERT INTO product VALUES {row}"))  # noqa: S608

    migrate(databases)

    with databases.identity.read() as identity:
        both, neither, half = sorted(all_products(identity), key=lambda product: product.id)
    databases.close()
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
