"""Finding a customer who tells a name or an address: only while the account stands; logged."""

import pytest

from clienteling.customers.find import Found, find
from clienteling.customers.profile import Account, write
from clienteling.home import Home
from consent.keystore.keys import destroy_data_keys
from consent.log.events import EventKind
from consent.office import erase
from consent.purposes import Purpose
from tests.clienteling.customers.conftest import GrantOf
from tests.support.mortal import Died, dying_after
from tests.support.people import Customer, join
from tests.support.shops import logged

FACELESS = frozenset({Purpose.PREFERENCES})


def names(shop: Home, query: str) -> list[str]:
    return [found.name for found in find(shop.office, query, reader="user:1")]


@pytest.mark.parametrize(
    "query", ["renée", "RENEE", "zoë renee", "dijk ren", "o'br", "lukasz", "  o’brien  "]
)
def test_each_typed_word_begins_a_word_of_the_name(shop: Home, query: str) -> None:
    join(shop, name="Renée-Zoë O’Brien van Dijk Łukasz", purposes=FACELESS)
    assert names(shop, query) == ["Renée-Zoë O’Brien van Dijk Łukasz"]


@pytest.mark.parametrize("query", ["", " ", "r", "-", "enee", "renee jansen", "*", "%"])
def test_less_or_other_finds_nobody(shop: Home, query: str) -> None:
    join(shop, name="Renée Dijk")
    assert names(shop, query) == []


def test_an_address_is_exact_whatever_its_case(shop: Home, grant_of: GrantOf) -> None:
    robin = join(shop, name="Robin", purposes=FACELESS)
    account = Account(name="Robin", email="robin@example.test")
    write(shop.office, grant_of(robin.subject_id, Purpose.ACCOUNT), account)
    expected = (Found(robin.subject_id, "Robin"),)
    assert find(shop.office, " Robin@Example.test ", reader="user:1") == expected
    for other in ("robin@example", "obin@example.test", "@", "robin@"):
        assert names(shop, other) == []


def test_at_most_so_many_in_the_order_of_their_names(shop: Home) -> None:
    for name in ("Sam C", "Sam A", "Sam B"):
        join(shop, name=name)
    found = find(shop.office, "sam", reader="user:1", limit=2)
    assert [each.name for each in found] == ["Sam A", "Sam B"]


def gone(shop: Home, grant_of: GrantOf) -> Customer:
    """Somebody with an address whose account has ended."""
    customer = join(shop, name="Robin Gone")
    account = Account(name="Robin Gone", email="gone@example.test")
    write(shop.office, grant_of(customer.subject_id, Purpose.ACCOUNT), account)
    return customer


@pytest.mark.parametrize("query", ["robin", "gone@example.test"])
def test_who_was_erased_is_not_found(shop: Home, grant_of: GrantOf, query: str) -> None:
    customer = gone(shop, grant_of)
    assert names(shop, query) == ["Robin Gone"]
    erase(shop.office, customer.subject_id, actor="c", method="c")
    assert names(shop, query) == []


@pytest.mark.parametrize("query", ["robin", "gone@example.test"])
def test_a_key_that_goes_meanwhile_leaves_nobody(shop: Home, grant_of: GrantOf, query: str) -> None:
    customer = gone(shop, grant_of)
    with shop.databases.keys.write() as keys:
        destroy_data_keys(keys, customer.subject_id, [Purpose.ACCOUNT])
    assert names(shop, query) == []


def test_a_search_is_logged_with_its_number_and_without_its_words(shop: Home) -> None:
    robin = join(shop, name="Robin Zeldzaam")
    for query, found, by, about in (
        ("zeldz", 1, "name", robin.subject_id),
        ("nobody@example.test", 0, "email", None),
        ("z", 0, "name", None),
    ):
        find(shop.office, query, reader="user:7")
        entry, *_ = logged(shop.office)
        assert entry.kind is EventKind.CUSTOMER_SEARCHED
        assert (entry.actor, entry.about) == ("user:7", about)
        assert entry.detail == {"by": by, "found": found}


def test_what_cannot_be_logged_is_not_found(shop: Home) -> None:
    join(shop, name="Robin")
    with pytest.raises(Died):
        find(dying_after(shop, 0).office, "robin", reader="user:1")
