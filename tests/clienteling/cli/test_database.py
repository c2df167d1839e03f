"""`clienteling database`, and a shop made and run on a server with it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from clienteling.db import METADATA
from tests.support.postgresql import ADMIN, require_server
from tests.support.shops import Command

_NAME = f"clienteling_cli_{os.getpid()}"
OWNER = f"{_NAME}_owner"
INIT = (
    *("init", "--non-interactive", "--region", "eu", "--store", "Test", "--policy", "trigger"),
    *("--dpia", "DEMO-DPIA"),
)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    require_server()
    lines = ["[databases]"]
    for name in METADATA:
        role = f"{_NAME}_{name}"
        url = make_url(ADMIN).set(username=role, password=None, database=role)
        lines.append(f'{name} = "{url}"')
    path = tmp_path / "databases.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    yield path
    with psycopg.connect(ADMIN, autocommit=True) as admin:
        for name in METADATA:
            quoted = sql.Identifier(f"{_NAME}_{name}")
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
            admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(quoted))
        admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(OWNER)))


def test_from_nothing_to_a_shop_on_a_server(command: Command, file: Path) -> None:
    named = ("--databases", str(file), "--owner", OWNER)

    printed = command("database", "create-roles", *named)
    assert printed.code == 0
    assert "PASSWORD" not in printed.out
    subprocess.run(
        ["psql", f"--dbname={ADMIN}", "--set=ON_ERROR_STOP=1", "--quiet"],
        input=printed.out.encode(),
        check=True,
        timeout=60,
    )
    again = command("database", "create-roles", *named, "--admin-url", ADMIN, "--json")
    assert (again.code, again.json["executed"]) == (0, 12), "what is there already stays"
    early = command(*INIT, "--databases", str(file))
    assert (early.code, "database migrate" in early.err) == (4, True), early.err
    assert command("database", "migrate", *named).code == 0
    made = command(*INIT, "--databases", str(file))
    assert made.code == 0, made.err
    verified = command("log", "verify", "--json")
    assert verified.code == 0, verified.err
    assert not list((Path(made.out.split()[-1].rstrip("."))).glob("*.db"))
    assert command("database", "migrate", "--owner", OWNER).code == 0

    second = command(*INIT, "--databases", str(file), home=file.parent / "second")
    assert (second.code, "hold a shop already" in second.err) == (2, True), second.err


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("postgresql://a:secret@localhost/a", "never stands here"),
        ("postgresql://a@localhost/a?password=secret", "never stands here"),
        ("mysql://a@localhost/a", "postgresql://"),
        ("postgresql://localhost/a", "name the role"),
        ("postgresql://a@db.example.test/a", "sslmode=verify-full"),
        ("postgresql://a@db.example.test/a?sslmode=require", "sslmode=verify-full"),
        ("nothing at all", "no address"),
    ],
)
def test_an_address_that_will_not_do_says_why_and_never_what_it_was(
    command: Command, tmp_path: Path, address: str, sentence: str
) -> None:
    file = tmp_path / "databases.toml"
    others = [f'{name} = "postgresql://{name}@localhost/{name}"' for name in ("templates", "keys")]
    file.write_text("\n".join(["[databases]", f'identity = "{address}"', *others]))
    told = command("database", "create-roles", "--databases", str(file))
    assert told.code == 2
    assert sentence in told.err
    assert "secret" not in told.err


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://a@db.example.test/a?sslmode=verify-full",
        "postgresql:///?service=identity",
        "postgresql://a@/a?host=/run/postgresql",
    ],
)
def test_an_encrypted_address_a_socket_and_a_service_will_do(
    command: Command, tmp_path: Path, address: str
) -> None:
    file = tmp_path / "databases.toml"
    others = [f'{name} = "postgresql://{name}@localhost/{name}"' for name in ("templates", "keys")]
    file.write_text("\n".join(["[databases]", f'identity = "{address}"', *others]))
    told = command("database", "create-roles", "--databases", str(file))
    if "service" in address:
        assert (told.code, "not in a service" in told.err) == (2, True)
    else:
        assert (told.code, 'CREATE ROLE "a"' in told.out) == (0, True), told.err


def test_three_roles_and_the_owner_are_four(command: Command, file: Path) -> None:
    told = command(
        *("database", "create-roles", "--databases", str(file), "--owner", f"{_NAME}_keys")
    )
    assert (told.code, "four different" in told.err) == (2, True)


def test_an_administrator_s_password_never_stands_in_a_command(
    command: Command, file: Path
) -> None:
    told = command(
        *("database", "create-roles", "--databases", str(file), "--admin-url"),
        "postgresql://postgres:secret@localhost/postgres",
    )
    assert told.code == 2
    assert "secret" not in told.err


def test_a_shop_of_files_has_nothing_to_migrate(command: Command) -> None:
    assert command(*INIT).code == 0
    told = command("database", "migrate")
    assert (told.code, "nothing to do" in told.err) == (2, True)
