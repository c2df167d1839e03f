"""Correcting: what changes is replaced, the rest stays, and the log knows which part only."""

import pytest

from clienteling.customers.profile import find_by_email
from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.rights.correction import Change, correct, own_words
from consent.errors import ConsentMissingError, SubjectUnknownError
from consent.log.events import EventKind
from consent.office import erase
from consent.purposes import Purpose
from consent.rights.restriction import Ground, restrict
from tests.support.people import Customer, join
from tests.support.shops import logged


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(shop)


def test_each_part_alone(shop: Home, customer: Customer) -> None:
    subject = customer.subject_id
    for change, parts in (
        (Change(name="Robin Anders"), ("account",)),
        (Change(email="nieuw@example.test"), ("account",)),
        (Change(language="nl"), ("account",)),
        (Change(likes=("drop", "nougat")), ("preferences",)),
        (Change(allergies=(("nuts",), ("kiwi",))), ("allergies",)),
        (Change(), ()),
    ):
        assert correct(shop.office, subject, change, actor="device:k") == parts
    words = own_words(shop.office, subject, reader="device:k")
    assert (words.account.name, words.account.email, words.account.language) == (
        "Robin Anders",
        "nieuw@example.test",
        "nl",
    )
    assert words.preferences is not None
    assert words.preferences.likes == ("drop", "nougat")
    assert words.allergies is not None
    assert (words.allergies.codes, words.allergies.own_words) == (("nuts",), ("kiwi",))
    assert find_by_email(shop.office, "nieuw@example.test") == subject
    correct(shop.office, subject, Change(email=""), actor="device:k")
    assert find_by_email(shop.office, "nieuw@example.test") is None
    entries = logged(shop.office, EventKind.CORRECTION)
    assert [entry.detail for entry in entries[:2]] == [
        {"parts": ["account"]},
        {"parts": ["allergies"]},
    ]
    assert not any("nieuw" in str(entry) or "kiwi" in str(entry) for entry in entries)


def test_nothing_changes_where_a_value_is_wrong(shop: Home, customer: Customer) -> None:
    bad = Change(name="Wel Goed", likes=("x" * 61,))
    with pytest.raises(UsageError):
        correct(shop.office, customer.subject_id, bad, actor="device:k")
    assert own_words(shop.office, customer.subject_id, reader="u").account.name == "Robin Test"
    assert not logged(shop.office, EventKind.CORRECTION)


def test_what_is_not_shared_is_not_written(shop: Home) -> None:
    customer = join(shop, purposes=frozenset({Purpose.RECOGNISE}))
    with pytest.raises(ConsentMissingError):
        correct(shop.office, customer.subject_id, Change(likes=("drop",)), actor="u")


def test_a_restricted_customer_can_correct_and_one_who_is_gone_cannot(
    shop: Home, customer: Customer
) -> None:
    restrict(shop.office, customer.subject_id, Ground.ACCURACY, actor="u")
    assert correct(shop.office, customer.subject_id, Change(name="Robin"), actor="u")
    erase(shop.office, customer.subject_id, actor="u", method="c")
    with pytest.raises(SubjectUnknownError):
        correct(shop.office, customer.subject_id, Change(name="Robin"), actor="u")
