"""Roles and rights on PostgreSQL: deny by default, three roles that each reach one database (R19).

A fourth role owns the tables and changes them; no process of the shop signs in as it. What a
running role may do is derived from the models and from what the triggers refuse, and granted anew
by every migration.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Table, TextClause, text
from sqlalchemy.engine import URL, make_url

from clienteling.databases_config import DatabasesConfig
from clienteling.errors import StartError, UsageError
from consent.postgresql import open_one
from consent.storage import Database, Databases
from consent.triggers import REFUSED, SERVER_TRIGGERS

#: Tables that are written anew without what was deleted from them, by database: keys and
#: templates. What the identity database holds of a person is sealed under those keys.
_SCRUBBED = {
    "identity": (),
    "templates": ("template",),
    "keys": ("data_key", "store_key", "service_key", "root_key"),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement for the server's administrator.

    Attributes:
        database: Where it is executed; None: where the administrator signed in.
        known: Where it makes something: asks whether that is there already.
    """

    sql: str
    database: str | None = None
    known: TextClause | None = None


def setup(config: DatabasesConfig, owner: str) -> tuple[Statement, ...]:
    """Return what an administrator executes once: four roles, three databases, least rights.

    Raises:
        UsageError: an address does not say its role and database.
    """
    urls = [_named(name, url) for name, url in config.model_dump().items()]
    roles = [str(url.username) for url in urls]
    if len({*roles, owner}) != len(roles) + 1:
        raise UsageError("The three roles and the owner are four different ones.")
    statements = [_role(role) for role in (owner, *roles)]
    for url in urls:
        statements += _database(str(url.database), str(url.username), owner)
    return tuple(statements)


def _named(name: str, address: str) -> URL:
    url = make_url(address)
    if not url.username or not url.database:
        raise UsageError(
            f"Name the role and the database in the address of {name}, not in a service: "
            "postgresql://role@server/database"
        )
    return url


def _role(role: str) -> Statement:
    return Statement(
        f"CREATE ROLE {_quoted(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE",
        known=text("SELECT 1 FROM pg_roles WHERE rolname = :name").bindparams(name=role),
    )


def _database(database: str, role: str, owner: str) -> Iterator[Statement]:
    name, user = _quoted(database), _quoted(role)
    yield Statement(
        # "C": text is compared byte for byte, as SQLite does.
        f"CREATE DATABASE {name} OWNER {_quoted(owner)} TEMPLATE template0 ENCODING 'UTF8' "
        "LC_COLLATE 'C' LC_CTYPE 'C'",
        known=text("SELECT 1 FROM pg_database WHERE datname = :name").bindparams(name=database),
    )
    yield Statement(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    yield Statement(f"GRANT CONNECT ON DATABASE {name} TO {user}")
    yield Statement("REVOKE ALL ON SCHEMA public FROM PUBLIC", database)
    yield Statement(f"GRANT USAGE ON SCHEMA public TO {user}", database)


def script(statements: tuple[Statement, ...]) -> str:
    """Return the statements for psql."""
    lines, where = [], None
    for statement in statements:
        if statement.database not in (None, where):
            where = statement.database
            lines.append(f"\\connect {_quoted(str(where))}")
        lines.append(f"{statement.sql};")
    return "\n".join(lines) + "\n"


def execute(admin: str, statements: tuple[Statement, ...]) -> int:
    """Execute the statements as the administrator; what is there already stays. Returns how many.

    Raises:
        StorageError: the server does not answer, or refuses.
    """
    done = 0
    opened: dict[str | None, Database] = {}
    try:
        for statement in statements:
            where = statement.database
            if where not in opened:
                url = make_url(admin) if where is None else make_url(admin).set(database=where)
                opened[where] = open_one(url)
            done += opened[where].command(statement.sql, unless=statement.known)
    finally:
        for database in opened.values():
            database.close()
    return done


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def furnish(connection: Connection, name: str, tables: list[Table], role: str) -> None:
    """Make the triggers and functions of a database anew, and grant its role what it needs.

    Runs as the owner, in the transaction of a migration.
    """
    for table in tables:
        for statement in SERVER_TRIGGERS.get(table.name, ()):
            connection.execute(text(statement))
    connection.execute(text(_scrubbing(_SCRUBBED[name])))
    user = _quoted(role)
    for statement in (
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {user}",
        f"GRANT SELECT ON alembic_version TO {user}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {user}",
        "REVOKE ALL ON FUNCTION clienteling_scrub() FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION clienteling_scrub() TO {user}",
        *(f"GRANT {rights(table.name)} ON {_quoted(table.name)} TO {user}" for table in tables),
    ):
        connection.execute(text(statement))


def rights(table: str) -> str:
    """Return what a running role may do with a table: all but what its triggers refuse."""
    refused = REFUSED.get(table, ((), ""))[0]
    return ", ".join(
        right for right in ("SELECT", "INSERT", "UPDATE", "DELETE") if right not in refused
    )


def _scrubbing(tables: tuple[str, ...]) -> str:
    """Return the function that writes these tables anew; it runs with the owner's rights.

    Whoever still reads an older state holds a lock on a table that it read: with all locked there
    is nobody, and CLUSTER keeps no row that was deleted.
    """
    locks = "".join(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; " for table in tables)
    anew = "".join(f"CLUSTER {table} USING pk_{table}; " for table in tables)
    return (
        "CREATE OR REPLACE FUNCTION clienteling_scrub() RETURNS boolean LANGUAGE plpgsql "
        "SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '100ms' AS $$ "
        f"BEGIN {locks}{anew}RETURN true; "
        "EXCEPTION WHEN lock_not_available THEN RETURN false; END $$"
    )


def refuse_powerful(databases: Databases) -> None:
    """Refuse roles that may do more than the shop needs: the log and the keys rest on it.

    Raises:
        StartError: says which role may do what.
        StorageError: a server does not answer.
    """
    three = {"identity": databases.identity, "templates": databases.templates}
    three["keys"] = databases.keys
    seen = {name: _seen(database) for name, database in three.items()}
    if len({role for role, _ in seen.values()}) != len(seen):
        raise StartError(
            "Two of the three databases are used with one role. Give each its own "
            "(docs/operators/postgresql.md)."
        )
    for name, (role, own) in seen.items():
        with three[name].read() as session:
            if session.scalar(text(_OWNS)):
                raise StartError(
                    f"The role {role} owns tables of the {name} database or is a superuser: it "
                    "could rewrite the log. Name the role that `clienteling database "
                    "create-roles` made for it."
                )
            for other, (_, database) in seen.items():
                if database != own and session.scalar(text(_REACHES), {"database": database}):
                    raise StartError(
                        f"The role {role} may connect to the {other} database too. Revoke it: "
                        f"`clienteling database create-roles` says how."
                    )


_OWNS = """
SELECT rolsuper OR EXISTS (
    SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'public' AND pg_has_role(current_user, relowner, 'MEMBER')
) FROM pg_roles WHERE rolname = current_user
"""
_REACHES = """
SELECT has_database_privilege(current_user, oid, 'CONNECT')
FROM pg_database WHERE datname = :database
"""


def _seen(database: Database) -> tuple[str, str]:
    with database.read() as session:
        role, name = session.execute(text("SELECT current_user, current_database()")).one()
        return str(role), str(name)
