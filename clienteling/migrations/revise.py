"""Write the next revision of a database from its models.

Usage: python -m clienteling.migrations.revise identity|templates|keys "what changes"
"""

import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text

from clienteling.db import METADATA, MIGRATIONS, migrate, scripts
from consent.storage import open_sqlite
from consent.triggers import INSERT_ONLY_TRIGGERS

_TEMPLATE = '''"""{message}."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    {body}
'''


def revise(name: str, message: str) -> Path | None:
    """Write the revision that takes the newest schema to the models; None when nothing changed."""
    with tempfile.TemporaryDirectory() as folder:
        databases = open_sqlite(Path(folder))
        migrate(databases)
        with getattr(databases, name).engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"render_as_batch": True})
            changes = produce_migrations(context, METADATA[name])
            triggers = _missing_triggers(connection, METADATA[name])
    if changes.upgrade_ops is None or (changes.upgrade_ops.is_empty() and not triggers):
        return None
    body = render_python_code(changes.upgrade_ops, render_as_batch=True) + _rendered(triggers)
    head = scripts(name).get_current_head()
    revision = f"{int(head or 0) + 1:04d}"
    path = MIGRATIONS / name / "versions" / f"{revision}_{message.lower().replace(' ', '_')}.py"
    path.write_text(
        _TEMPLATE.format(message=message, revision=revision, down=head, body=body),
        encoding="utf-8",
    )
    return path


def _rendered(triggers: list[str]) -> str:
    if not triggers:
        return ""
    lines = (f"\n        op.execute({statement!r})" for statement in triggers)
    # On PostgreSQL `clienteling.server` makes them with every migration.
    return '\n    if op.get_context().dialect.name == "sqlite":' + "".join(lines)


def _missing_triggers(connection: Connection, metadata: MetaData) -> list[str]:
    """Return the statements of the triggers that the newest schema does not have yet.

    Alembic compares tables only.
    """
    standing = set(connection.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")))
    return [
        statement
        for table, statements in INSERT_ONLY_TRIGGERS.items()
        if table in metadata.tables
        for statement in statements
        if statement not in standing
    ]


if __name__ == "__main__":
    written = revise(sys.argv[1], sys.argv[2])
    sys.stdout.write(f"{written or 'Nothing changed.'}\n")
