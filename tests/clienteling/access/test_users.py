"""People who sign in: one of a name, a password of twelve, Argon2id only."""

import pytest
from sqlalchemy import select

from clienteling.access.models import User
from clienteling.access.users import (
    RECOMMENDED,
    UNKNOWN_USER_HASH,
    RoleName,
    add_user,
    hash_password,
    password_fits,
    random_password,
)
from clienteling.errors import UsageError
from clienteling.home import Home
from consent.log import ledger
from consent.log.events import EventKind
from tests.support.web import PASSWORD


def add(shop: Home, username: str = "anna", password: str = PASSWORD, *roles: str) -> str:
    with shop.databases.identity.write() as identity:
        return add_user(
            identity,
            shop.office.ring,
            username=username,
            name="Anna",
            password=password,
            roles=frozenset(RoleName(role) for role in roles or ("staff", "trained")),
            actor="command",
            now=shop.office.now(),
        )


def test_a_person_has_roles_and_an_argon2id_hash(
    shop: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clienteling.access.users._HASHER", RECOMMENDED)
    add(shop)
    with shop.databases.identity.read() as identity:
        user = identity.scalars(select(User)).one()
        assert {role.name for role in user.roles} == {"staff", "trained"}
    assert user.password.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert password_fits(PASSWORD, user.password)
    assert not password_fits(PASSWORD + " ", user.password)


def test_a_name_is_one_persons_however_it_is_typed(shop: Home) -> None:
    add(shop, "Anna")
    with pytest.raises(UsageError, match="taken"):
        add(shop, " anna ")


@pytest.mark.parametrize("password", ["", "short", "eleven char"])
def test_a_short_password_is_refused(shop: Home, password: str) -> None:
    with pytest.raises(UsageError, match="12 characters"):
        add(shop, "anna", password)


def test_adding_is_logged_without_the_password(shop: Home) -> None:
    user_id = add(shop)
    with shop.databases.identity.read() as identity:
        (entry,) = ledger.search(identity, kinds={EventKind.USER_CREATED})
    assert entry.detail == {"user": user_id, "roles": ["staff", "trained"]}


def test_composed_and_decomposed_letters_are_the_same_password() -> None:
    assert password_fits("zoë and caramel", hash_password("zoe\u0308 and caramel"))


def test_no_password_fits_an_unknown_user() -> None:
    for password in ("", PASSWORD, "\0"):
        assert not password_fits(password, UNKNOWN_USER_HASH)


def test_a_damaged_hash_fits_nothing() -> None:
    assert not password_fits(PASSWORD, "not a hash")


def test_random_passwords_are_long_enough_and_differ() -> None:
    assert len(random_password()) >= 12
    assert random_password() != random_password()
