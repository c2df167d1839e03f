"""The databases on PostgreSQL: their roles, made once, and their tables, brought up to date."""

from pathlib import Path

from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit
from clienteling.config import home_path, load_config
from clienteling.config_parts import load_databases
from clienteling.databases_config import DatabasesConfig
from clienteling.errors import UsageError

OWNER = "clienteling_owner"


def add_commands(commands: Parsers) -> None:
    group = add_group(commands, "database", "The three databases, where they lie on PostgreSQL")
    roles = add_command(
        group,
        "create-roles",
        run_create_roles,
        "Print the SQL that makes the roles and databases, or execute it as an administrator",
        "database create-roles --databases databases.toml | psql -U postgres",
    )
    migrate = add_command(
        group,
        "migrate",
        run_migrate,
        "Bring the tables up to date as their owner, and grant the running roles what they need",
        "database migrate --databases databases.toml",
    )
    for parser in (roles, migrate):
        parser.add_argument(
            "--databases",
            type=Path,
            metavar="FILE",
            help="TOML with the [databases] section (default: config.toml of CLIENTELING_HOME)",
        )
        parser.add_argument(
            "--owner", default=OWNER, metavar="ROLE", help=f"owns the tables (default: {OWNER})"
        )
    roles.add_argument(
        "--admin-url",
        metavar="URL",
        help="execute it there, without a password: postgresql://postgres@server/postgres",
    )


def run_create_roles(args: Args) -> int:
    from clienteling.server import execute, script, setup

    statements = setup(_config(args), args.owner)
    if args.admin_url is None:
        emit(args, {"sql": script(statements)}, script(statements).rstrip())
        return 0
    done = execute(_without_password(args.admin_url), statements)
    text = (
        "The roles and databases are there. Give each role its password (`\\password` in psql), "
        "put them into the file that PGPASSFILE names, then run `clienteling database migrate`."
    )
    emit(args, {"executed": done, "of": len(statements)}, text)
    return 0


def run_migrate(args: Args) -> int:
    from clienteling.db import migrate_server

    migrate_server(_config(args), args.owner)
    emit(args, {"migrated": True}, "The three databases are up to date.")
    return 0


def _config(args: Args) -> DatabasesConfig:
    if args.databases is not None:
        return load_databases(args.databases)
    config = load_config(home_path()).databases
    if config is None:
        raise UsageError(
            "This shop's databases are files in its folder: there is nothing to do. For PostgreSQL "
            "name a file with the [databases] section (--databases)."
        )
    return config


def _without_password(address: str) -> str:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except ArgumentError as error:
        raise UsageError(
            "--admin-url is no address like postgresql://role@server/database"
        ) from error
    if url.password is not None or "password" in url.query:
        raise UsageError("A password never stands in a command: put it into ~/.pgpass.")
    return address
