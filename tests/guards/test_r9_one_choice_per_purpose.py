"""R9: one unticked choice for each purpose, none bundled, none prepared."""

import re

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.recognition.engine import Engine
from consent.purposes import Purpose
from tests.support.kiosk import (
    ASKED,
    EVERYTHING,
    NOTHING,
    Walk,
    ask_more,
    detecting_engine,
    only_subject,
    standing,
    walk,
)
from tests.support.people import join
from tests.support.web import pair

_SET = re.compile(r"\b(checked|selected|aria-pressed=\"true\")")


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def customer(client: FlaskClient) -> Walk:
    pair(client, "kiosk")
    return walk(client)


@pytest.mark.parametrize("purpose", ASKED)
def test_nothing_is_chosen_for_the_customer(customer: Walk, purpose: Purpose) -> None:
    customer.walk(EVERYTHING, until=purpose.value)
    page = customer.see(purpose.value).text
    assert not _SET.search(page)
    assert "your answer" not in page
    assert page.count('name="answer"') == 2


@pytest.mark.parametrize("screen", ["allergens", "review"])
def test_no_box_is_ticked_beforehand(customer: Walk, screen: str) -> None:
    customer.walk(EVERYTHING, until=screen)
    assert not _SET.search(customer.see(screen).text)


@pytest.mark.parametrize("purpose", ASKED)
def test_one_yes_grants_that_purpose_alone(shop: Home, customer: Walk, purpose: Purpose) -> None:
    customer.walk({**NOTHING, purpose: True} if purpose is not Purpose.RECOGNISE else NOTHING)
    expected = {Purpose.ACCOUNT} | ({purpose} - {Purpose.RECOGNISE})
    assert standing(shop, only_subject(shop)) == expected


def test_nothing_is_chosen_for_who_agrees_to_more_later(shop: Home, customer: Walk) -> None:
    """Not even what was refused at joining, nor what stands: that is not asked about at all."""
    member = join(shop, purposes=frozenset({Purpose.PREFERENCES}))
    ask_more(customer, member.code)
    asked = [purpose for purpose in ASKED if purpose is not Purpose.PREFERENCES]
    for purpose in asked:
        page = customer.see(purpose.value).text
        assert not _SET.search(page)
        assert "your answer" not in page
        assert page.count('name="answer"') == 2
        customer.answer(purpose.value, answer="yes" if purpose is Purpose.VISITS else "no")
    assert not _SET.search(customer.see("review").text)
    customer.answer("review", agree="yes")
    customer.answer("confirm", answer="yes")
    stands = standing(shop, member.subject_id)
    assert stands == {Purpose.ACCOUNT, Purpose.PREFERENCES, Purpose.VISITS}
