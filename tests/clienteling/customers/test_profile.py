"""What a customer tells: bounded, in four states of allergies, found without the address."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import TypeAdapter
from sqlalchemy import select

from clienteling.catalogue.allergens import Allergen
from clienteling.customers.contact import ContactKind, contact_digest
from clienteling.customers.models import LookupRow
from clienteling.customers.profile import (
    Account,
    Allergies,
    AllergyState,
    Preferences,
    erase_lookups,
    find_by_email,
    read,
    stated,
    stated_allergies,
    write,
)
from clienteling.errors import UsageError
from clienteling.home import Home
from consent.purposes import Purpose
from consent.records import Grant
from tests.support.people import join

GrantOf = Callable[[str, Purpose], Grant]
WORDS = some.text(min_size=1, max_size=60).filter(lambda text: bool(text.strip()))


@pytest.fixture
def account(shop: Home, grant_of: GrantOf) -> Grant:
    return grant_of(join(shop).subject_id, Purpose.ACCOUNT)


def lookups(shop: Home) -> list[LookupRow]:
    with shop.databases.identity.read() as identity:
        return list(identity.scalars(select(LookupRow)))


@given(
    codes=some.lists(some.sampled_from(Allergen), max_size=14, unique=True),
    words=some.lists(WORDS, max_size=5),
)
def test_allergies_survive_being_written_and_read(codes: list[Allergen], words: list[str]) -> None:
    said = stated(Allergies, as_of="2026-11-22", codes=tuple(codes), own_words=tuple(words))
    adapter = TypeAdapter(Allergies)

    assert adapter.validate_json(adapter.dump_json(said)) == said
    assert said.state is (AllergyState.KNOWN if codes or words else AllergyState.NONE_KNOWN)


@pytest.mark.parametrize(
    ("kind", "values", "named"),
    [
        (Account, {"name": "  "}, "name"),
        (Account, {"name": "x" * 81}, "name"),
        (Account, {"name": "A", "language": "fr"}, "language"),
        (Account, {"name": "A", "email": "nobody"}, "email"),
        (Account, {"name": "A", "email": "a b@c.nl"}, "email"),
        (Account, {"name": "A", "birthday": "1990-01-01"}, "birthday"),
        (Preferences, {"likes": ("x",) * 13}, "likes"),
        (Preferences, {"likes": ("x" * 61,)}, "likes"),
        (Preferences, {"diet": "none of our business"}, "diet"),
        (Allergies, {"as_of": "d", "codes": ("unicorn",)}, "codes"),
        (Allergies, {"as_of": "d", "own_words": ("x",) * 6}, "own_words"),
        (Allergies, {"as_of": "d", "own_words": ("",)}, "own_words"),
    ],
)
def test_what_is_too_long_or_unknown_is_named_and_not_repeated(
    kind: type[Account], values: dict[str, object], named: str
) -> None:
    """There is no field for diet, birth date or anything else that was not asked (R34)."""
    with pytest.raises(UsageError) as caught:
        stated(kind, **values)

    assert named in str(caught.value)
    assert "none of our business" not in str(caught.value)


def test_names_and_tastes_are_trimmed() -> None:
    assert stated(Account, name="  Robin ").name == "Robin"
    assert stated(Preferences, likes=(" fudge ",)).likes == ("fudge",)


def test_allergies_carry_the_day_on_which_they_were_stated(shop: Home) -> None:
    said = stated_allergies(shop.office, ("milk", "milk", "eggs"))

    assert said.codes == (Allergen.MILK, Allergen.EGGS)
    assert said.as_of == shop.office.now().date().isoformat()


def test_a_grant_opens_its_own_section_only(shop: Home, account: Grant) -> None:
    with pytest.raises(UsageError, match="does not open Preferences"):
        write(shop.office, account, Preferences())


def test_an_account_is_read_as_it_was_written(shop: Home, account: Grant) -> None:
    told = stated(Account, name="Robin “É” 🙂", language="en", email="r@example.test")

    write(shop.office, account, told)

    assert read(shop.office, account, Account) == told


def test_an_address_finds_its_customer_however_it_is_typed(shop: Home, account: Grant) -> None:
    write(shop.office, account, stated(Account, name="R", email="Robin@Example.test"))

    assert find_by_email(shop.office, " robin@example.TEST ") == account.subject_id
    assert find_by_email(shop.office, "sam@example.test") is None
    [row] = lookups(shop)
    assert "robin" not in row.digest
    assert row.digest == contact_digest(shop.office, ContactKind.EMAIL, "robin@example.test")


def test_a_new_address_replaces_the_old_one(shop: Home, account: Grant) -> None:
    for email in ("old@example.test", "new@example.test"):
        write(shop.office, account, stated(Account, name="R", email=email))

    assert find_by_email(shop.office, "old@example.test") is None
    assert find_by_email(shop.office, "new@example.test") == account.subject_id

    write(shop.office, account, stated(Account, name="R"))
    assert lookups(shop) == []


def test_an_address_stays_with_whom_it_finds(shop: Home, account: Grant, grant_of: GrantOf) -> None:
    other = grant_of(join(shop).subject_id, Purpose.ACCOUNT)
    told = stated(Account, name="R", email="shared@example.test")

    write(shop.office, account, told)
    write(shop.office, other, told)

    assert find_by_email(shop.office, "shared@example.test") == account.subject_id


def test_lookups_go_with_the_account_only(shop: Home, account: Grant) -> None:
    write(shop.office, account, stated(Account, name="R", email="r@example.test"))

    erase_lookups(shop.databases, account.subject_id, frozenset({Purpose.PREFERENCES}))
    assert len(lookups(shop)) == 1

    erase_lookups(shop.databases, account.subject_id, frozenset({Purpose.ACCOUNT}))
    assert lookups(shop) == []
