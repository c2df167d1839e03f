"""Finding a customer who tells a name or an address: only while the account stands; logged."""

import pytest
from sqlalchemy import select

from clienteling.customers.find import Found, find
from clienteling.customers.models import AliasRow
from clienteling.customers.profile import Account, stated, write
from clienteling.home import Home
from consent.keystore.holder import new_holder_secret
from consent.keystore.keys import destroy_data_keys
from consent.log.events import EventKind
from consent.models import ReceiptRow
from consent.office import erase
from consent.proof.receipts import fingerprint
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


@pytest.mark.parametrize("query", ["", " ", "r", "-", "xyz", "renee jansen", "*", "%"])
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


def told(shop: Home, grant_of: GrantOf, **account: str) -> Customer:
    customer = join(shop, name=account["name"], purposes=FACELESS)
    write(shop.office, grant_of(customer.subject_id, Purpose.ACCOUNT), stated(Account, **account))
    return customer


@pytest.mark.parametrize(
    ("query", "by"),
    [
        ("06 12345678", "phone"),
        ("+31612345678", "phone"),
        ("0031 6 1234-5678", "phone"),
        ("kl-0042", "card"),
        ("KL 0042", "card"),
    ],
)
def test_a_phone_and_a_card_number_are_exact(
    shop: Home, grant_of: GrantOf, query: str, by: str
) -> None:
    robin = told(shop, grant_of, name="Robin", phone="+31612345678", card="KL0042")
    told(shop, grant_of, name="Sam", phone="+31612345679", card="KL00421")
    assert find(shop.office, query, reader="user:1") == (Found(robin.subject_id, "Robin"),)
    (entry,) = logged(shop.office, EventKind.CUSTOMER_SEARCHED)
    assert entry.detail == {"by": by, "found": 1}


def test_a_code_or_reference_of_a_receipt_finds_its_customer(shop: Home) -> None:
    robin = join(shop, name="Robin", purposes=FACELESS)
    with shop.databases.identity.read() as identity:
        receipt = identity.scalars(select(ReceiptRow)).one()
    printed = f"{receipt.id}.{fingerprint(receipt.body)}"
    for query in (robin.code, robin.code.lower().replace("-", " "), f"https://x.test/{printed}"):
        assert [one.subject_id for one in find(shop.office, query, reader="u")] == [
            robin.subject_id
        ]
    assert names(shop, "0000-0000-0000-0000") == []
    assert names(shop, printed[:-1] + "A") == []


def test_a_pass_finds_its_holder_while_recognition_is_wanted(shop: Home, grant_of: GrantOf) -> None:
    robin = join(shop, name="Robin")
    holder = new_holder_secret()
    with shop.databases.identity.write() as identity:
        grant = grant_of(robin.subject_id, Purpose.RECOGNISE)
        identity.add(
            AliasRow(
                alias=holder.alias,
                subject_id=robin.subject_id,
                consent_id=grant.consent_id,
                model_id="m",
                images=1,
                made_at="2026-11-24",
                holder=True,
            )
        )
    assert names(shop, holder.text) == ["Robin"]
    assert names(shop, new_holder_secret().text) == []


def test_people_of_one_name_are_told_apart_by_as_little_as_does(
    shop: Home, grant_of: GrantOf
) -> None:
    told(shop, grant_of, name="Sam de Vries", phone="+31612345678")
    told(shop, grant_of, name="sam de vries", phone="+31612345699")
    told(shop, grant_of, name="Robin", phone="+31612345677")
    told(shop, grant_of, name="Kim")
    told(shop, grant_of, name="Kim", phone="+31612345671")
    sams = find(shop.office, "sam", reader="user:1")
    assert sorted((one.phone_end, one.joined) for one in sams) == [("78", None), ("99", None)]
    (robin,) = find(shop.office, "robin", reader="user:1")
    assert (robin.phone_end, robin.joined) == (None, None)
    kims = find(shop.office, "kim", reader="user:1")
    month = shop.office.now().strftime("%Y-%m")
    assert {(one.phone_end, one.joined) for one in kims} == {(None, month), ("71", None)}
