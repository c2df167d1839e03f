"""R10 at the kiosk: a statement and a second act; no single touch records anything."""

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.recognition.engine import Engine
from consent import records
from consent.notices import Notices
from consent.purposes import Purpose
from tests.support.kiosk import (
    ASKED,
    NOTHING,
    Walk,
    ask_more,
    detecting_engine,
    only_subject,
    standing,
    subjects,
    walk,
)
from tests.support.people import join
from tests.support.web import pair

TASTES = {**NOTHING, Purpose.PREFERENCES: True}


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def customer(client: FlaskClient) -> Walk:
    pair(client, "kiosk")
    return walk(client)


def test_the_second_act_alone_records_nothing(shop: Home, customer: Walk) -> None:
    customer.walk(TASTES, until="review")
    answer = customer.post(f"{customer.at}/confirm", {"answer": "yes", "agree": "yes"})
    assert answer.location.endswith("/review")
    assert subjects(shop) == []


def test_the_statement_alone_records_nothing(shop: Home, customer: Walk) -> None:
    customer.walk(TASTES, until="confirm")
    assert subjects(shop) == []


def test_the_second_act_needs_the_statement(shop: Home, customer: Walk) -> None:
    customer.walk(TASTES, until="review")
    assert customer.answer("review").status_code == 422
    assert customer.post(f"{customer.at}/confirm", {"answer": "yes"}).location.endswith("/review")
    assert subjects(shop) == []


def test_a_change_after_the_statement_asks_for_it_again(shop: Home, customer: Walk) -> None:
    customer.walk(TASTES, until="confirm")
    customer.answer("preferences", answer="no")
    assert customer.post(f"{customer.at}/confirm", {"answer": "yes"}).location.endswith("/review")
    assert subjects(shop) == []


def test_the_hash_of_the_text_that_was_shown_is_recorded(shop: Home, customer: Walk) -> None:
    customer.walk(TASTES)
    with shop.databases.identity.read() as identity:
        rows = records.history(identity, only_subject(shop))
    for row in rows:
        shown = Notices("eu").current("en", Purpose(row.purpose))
        assert row.body["privacy_notice"]["sha256"] == shown.sha256


def test_the_second_act_is_to_the_text_that_was_agreed_to(shop: Home, customer: Walk) -> None:
    """Another language is another text: the statement is asked for again."""
    customer.walk(TASTES, until="confirm")
    customer.client.get("/language/nl")
    answer = customer.post(f"{customer.at}/confirm", {"answer": "yes"})
    assert answer.location.endswith("/review")
    assert subjects(shop) == []


@pytest.mark.parametrize("acts", ["statement", "second", "changed between"])
def test_agreeing_to_more_later_takes_both_acts_too(shop: Home, customer: Walk, acts: str) -> None:
    member = join(shop, purposes=frozenset())
    before = records_of(shop, member.subject_id)
    ask_more(customer, member.code)
    for purpose in ASKED:
        customer.answer(purpose.value, answer="yes" if purpose is Purpose.PURCHASES else "no")
    if acts != "second":
        customer.answer("review", agree="yes")
    if acts == "changed between":
        customer.answer("visits", answer="yes")
    if acts != "statement":
        answer = customer.post(f"{customer.at}/confirm", {"answer": "yes"})
        assert answer.location.endswith("/review")
    assert records_of(shop, member.subject_id) == before
    customer.answer("review", agree="yes")
    customer.answer("confirm", answer="yes")
    assert Purpose.PURCHASES in standing(shop, member.subject_id)


def records_of(shop: Home, subject_id: str) -> int:
    with shop.databases.identity.read() as identity:
        return len(records.history(identity, subject_id))
