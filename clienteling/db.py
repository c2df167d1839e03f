"""Schema of the three databases: every table there is, and the migrations that make them.

Alembic from the first table; a test holds the head of the migrations against the models.
"""

from pathlib import Path

from alembic.config import Config as AlembicConfig
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData
from sqlalchemy.exc import DatabaseError

import clienteling.access.models
import clienteling.catalogue.models
import clienteling.customers.models
import clienteling.retention.models
import clienteling.service.models  # noqa: F401  (each import registers its tables)
from clienteling.errors import StartError
from consent.models import IdentityBase, KeysBase, TemplatesBase
from consent.storage import Database, Databases

MIGRATIONS = Path(__file__).parent / "migrations"
METADATA: dict[str, MetaData] = {
    "identity": IdentityBase.metadata,
    "templates": TemplatesBase.metadata,
    "keys": KeysBase.metadata,
}


def scripts(name: str) -> ScriptDirectory:
    """Return the migration scripts of one database (`identity`, `templates` or `keys`)."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS / name))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def migrate(databases: Databases) -> None:
    """Bring the three databases to the newest schema; nothing happens where they are.

    Raises:
        StartError: a database is newer than this version, damaged, or not a database.
        StorageError: the disk is full, or another process holds a database.
    """
    for name in METADATA:
        database: Database = getattr(databases, name)
        try:
            _upgrade(database, name)
        except DatabaseError as error:
            raise StartError(
                f"The {name} database cannot be opened or brought up to date "
                f"({type(error.orig).__name__}). Restore it from a backup."
            ) from error


def _upgrade(database: Database, name: str) -> None:
    script = scripts(name)
    known = {revision.revision for revision in script.walk_revisions()}

    def steps(current: object, _context: MigrationContext) -> list[RevisionStep]:
        standing = current if isinstance(current, tuple) else (current,) if current else ()
        if not set(standing) <= known:
            raise StartError(
                f"The {name} database was made by a newer version. Install that version again."
            )
        return script._upgrade_revs("head", standing)  # type: ignore[arg-type]  # noqa: SLF001

    environment = EnvironmentContext(AlembicConfig(), script, fn=steps)
    with environment, database.connect() as connection:
        environment.configure(connection=connection, target_metadata=METADATA[name])
        with environment.begin_transaction():
            environment.run_migrations()
        connection.commit()
