"""R19: on PostgreSQL each of the three roles reaches its own database only, and owns nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text

from clienteling.databases_config import DatabasesConfig
from clienteling.db import METADATA, open_databases
from clienteling.errors import StartError
from clienteling.server import rights
from consent.errors import StorageError
from consent.postgresql import open_one
from consent.storage import Database
from tests.support.postgresql import OWNER, SERVERS, as_admin

NAMES = sorted(METADATA)
EVERY = pytest.mark.parametrize("name", NAMES)
CROSSWISE = pytest.mark.parametrize(
    ("role", "other"), [(role, other) for role in NAMES for other in NAMES if role != other]
)


@pytest.fixture
def server() -> DatabasesConfig:
    return SERVERS.lend()


@pytest.fixture
def own(server: DatabasesConfig, name: str) -> Iterator[Database]:
    database = open_one(getattr(server, name))
    yield database
    database.close()


def role_of(server: DatabasesConfig, name: str) -> str:
    return str(make_url(getattr(server, name)).username)


@CROSSWISE
def test_another_role_does_not_even_get_a_connection(
    server: DatabasesConfig, role: str, other: str
) -> None:
    crossed = make_url(getattr(server, other)).set(username=role_of(server, role))
    with pytest.raises(StorageError, match="may not connect to this database"):
        open_one(crossed)


@CROSSWISE
def test_another_role_that_was_let_in_still_reads_nothing(
    server: DatabasesConfig, role: str, other: str
) -> None:
    """The second line: somebody granted CONNECT by mistake."""
    address, user = getattr(server, other), role_of(server, role)
    name = make_url(address).database
    with as_admin(address) as admin:
        admin.execute(f'GRANT CONNECT ON DATABASE "{name}" TO "{user}"')
    crossed = open_one(make_url(address).set(username=user))
    try:
        for table in METADATA[other].sorted_tables:
            with pytest.raises(StorageError), crossed.read() as session:
                session.execute(select(table))
    finally:
        crossed.close()
        with as_admin(address) as admin:
            admin.execute(f'REVOKE CONNECT ON DATABASE "{name}" FROM "{user}"')


@EVERY
def test_a_role_has_exactly_the_rights_that_its_tables_need(own: Database, name: str) -> None:
    with own.read() as session:
        rows = session.execute(
            text(
                "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
                "WHERE grantee = current_user AND table_schema = 'public'"
            )
        ).all()
        owned = session.scalar(
            text("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
        )
        strong = session.scalar(
            text(
                "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication "
                "FROM pg_roles WHERE rolname = current_user"
            )
        )
    held: dict[str, set[str]] = {}
    for table, right in rows:
        held.setdefault(table, set()).add(right)
    wanted = {table: set(rights(table).split(", ")) for table in METADATA[name].tables}
    assert held == wanted | {"alembic_version": {"SELECT"}}
    assert not owned
    assert not strong


def test_the_log_may_be_read_and_added_to_and_no_more() -> None:
    for table in ("log_entry", "log_node", "log_checkpoint", "log_cosignature"):
        assert rights(table) == "SELECT, INSERT"


def test_a_shop_is_not_opened_with_a_role_that_owns_its_tables(
    server: DatabasesConfig, tmp_path: Path
) -> None:
    as_owner = make_url(server.identity).set(username=OWNER)
    with pytest.raises(StartError, match="could rewrite the log"):
        open_databases(tmp_path, server.model_copy(update={"identity": str(as_owner)}))


def test_a_shop_is_not_opened_with_a_role_that_reaches_two_databases(
    server: DatabasesConfig, tmp_path: Path
) -> None:
    name, user = make_url(server.keys).database, role_of(server, "templates")
    with as_admin(server.keys) as admin:
        admin.execute(f'GRANT CONNECT ON DATABASE "{name}" TO "{user}"')
    try:
        with pytest.raises(StartError, match="may connect to the keys database too"):
            open_databases(tmp_path, server)
    finally:
        with as_admin(server.keys) as admin:
            admin.execute(f'REVOKE CONNECT ON DATABASE "{name}" FROM "{user}"')


def test_a_shop_is_not_opened_with_one_role_for_two_databases(
    server: DatabasesConfig, tmp_path: Path
) -> None:
    user = role_of(server, "identity")
    both = make_url(server.keys).set(username=user)
    name = both.database
    with as_admin(server.keys) as admin:
        admin.execute(f'GRANT CONNECT ON DATABASE "{name}" TO "{user}"')
        admin.execute(f'GRANT USAGE ON SCHEMA public TO "{user}"')
        admin.execute(f'GRANT SELECT ON alembic_version TO "{user}"')
    try:
        with pytest.raises(StartError, match="with one role"):
            open_databases(tmp_path, server.model_copy(update={"keys": str(both)}))
    finally:
        with as_admin(server.keys) as admin:
            admin.execute(f'REVOKE ALL ON alembic_version FROM "{user}"')
            admin.execute(f'REVOKE ALL ON SCHEMA public FROM "{user}"')
            admin.execute(f'REVOKE ALL ON DATABASE "{name}" FROM "{user}"')
