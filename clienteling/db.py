"""Schema of the three databases: every table there is, and the migrations that make them.

Alembic from the first table; a test holds the head of the migrations against the models.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from alembic.config import Config as AlembicConfig
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, make_url
from sqlalchemy.exc import DatabaseError

import clienteling.access.models
import clienteling.catalogue.models
import clienteling.customers.models
import clienteling.retention.models
import clienteling.service.models
import clienteling.team.models
import clienteling.till.models
import clienteling.upkeep.models
import clienteling.webhooks.models  # noqa: F401  (each import registers its tables)
from clienteling.databases_config import DatabasesConfig
from clienteling.errors import StartError
from clienteling.server import furnish, refuse_powerful
from consent.models import IdentityBase, KeysBase, TemplatesBase
from consent.postgresql import open_one, open_postgresql
from consent.storage import Database, Databases, open_sqlite

MIGRATIONS = Path(__file__).parent / "migrations"
METADATA: dict[str, MetaData] = {
    "identity": IdentityBase.metadata,
    "templates": TemplatesBase.metadata,
    "keys": KeysBase.metadata,
}


@cache  # reading them takes longer than finding that nothing is to be done
def scripts(name: str) -> ScriptDirectory:
    """Return the migration scripts of one database (`identity`, `templates` or `keys`)."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS / name))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def open_databases(home: Path, config: DatabasesConfig | None) -> Databases:
    """Open a shop's databases: files in its folder, brought to the newest schema, or a server's.

    Raises:
        StartError: one is newer or older than this version, damaged, or its role may do too much.
        StorageError: a file or server cannot be used.
    """
    if config is None:
        databases = open_sqlite(home)
    else:
        databases = open_postgresql(config.identity, config.templates, config.keys)
    try:
        if config is None:
            migrate(databases)
        else:
            _refuse_unfit(databases)
    except BaseException:
        databases.close()
        raise
    return databases


def migrate(databases: Databases) -> None:
    """Bring the three databases to the newest schema; nothing happens where they are.

    Raises:
        StartError: a database is newer than this version, damaged, or not a database.
        StorageError: the disk is full, or another process holds a database.
    """
    for name in METADATA:
        _migrate(getattr(databases, name), name)


def migrate_server(config: DatabasesConfig, owner: str) -> None:
    """Bring databases on PostgreSQL to the newest schema, as their owner, and grant what is needed.

    Raises:
        StartError, StorageError: as `migrate`.
    """
    for name, address in config.model_dump().items():
        url = make_url(address)
        database = open_one(url.set(username=owner))
        try:
            _migrate(database, name, role=url.username)
        finally:
            database.close()


def _migrate(database: Database, name: str, role: str | None = None) -> None:
    try:
        with database.connect() as connection, connection.begin():
            _upgrade(connection, name)
            if role is not None:
                furnish(connection, name, METADATA[name].sorted_tables, role)
    except DatabaseError as error:
        raise StartError(
            f"The {name} database cannot be opened or brought up to date "
            f"({type(error.orig).__name__}). Restore it from a backup."
        ) from error


def _refuse_unfit(databases: Databases) -> None:
    """Refuse databases on a server that are of another version: their owner changes tables."""
    for name in METADATA:
        database: Database = getattr(databases, name)
        with database.connect() as connection:
            standing = MigrationContext.configure(connection).get_current_heads()
        _refuse_newer(name, standing)
        if standing != (scripts(name).get_current_head(),):
            raise StartError(
                f"The {name} database is of an older version. Make a backup, then run "
                "`clienteling database migrate`."
            )
    refuse_powerful(databases)


def _refuse_newer(name: str, standing: Sequence[str]) -> None:
    known = {revision.revision for revision in scripts(name).walk_revisions()}
    if not set(standing) <= known:
        raise StartError(
            f"The {name} database was made by a newer version. Install that version again."
        )


def _upgrade(connection: Connection, name: str) -> None:
    """Run the migrations that are missing, in the transaction of the connection."""
    script = scripts(name)

    def steps(current: object, _context: MigrationContext) -> list[RevisionStep]:
        standing = current if isinstance(current, tuple) else (current,) if current else ()
        _refuse_newer(name, standing)
        return script._upgrade_revs("head", standing)  # type: ignore[arg-type]  # noqa: SLF001

    with EnvironmentContext(AlembicConfig(), script, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=METADATA[name])
        environment.run_migrations()
