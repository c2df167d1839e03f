"""R34: no field asks for a diet or belief; where words are free, the screen warns against them."""

import dataclasses
import re

import pytest
from flask.testing import FlaskClient

from clienteling.customers.profile import Account, Allergies, Preferences
from clienteling.recognition.engine import Engine
from tests.support.kiosk import EVERYTHING, Walk, detecting_engine, walk
from tests.support.web import pair

_DIET = re.compile(
    r"diet|halal|kosher|kosjer|vegan|vegeta|relig|belief|geloof|faith", re.IGNORECASE
)
_FIELD = re.compile(r"<(?:input|select|textarea)[^>]*name=\"([^\"]+)\"")


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def customer(client: FlaskClient) -> Walk:
    pair(client, "kiosk")
    return walk(client)


def test_the_kiosk_has_these_fields_and_no_others(customer: Walk) -> None:
    customer.walk(EVERYTHING, until="confirm")
    found = set()
    for screen in ("name", "tastes", "allergens", "review", "confirm"):
        found |= set(_FIELD.findall(customer.see(screen).text))
    assert found == {"csrf_token", "name", "email", "like", "allergen", "own", "agree"}


def test_nothing_kept_of_a_customer_is_a_diet() -> None:
    names = [
        field.name
        for kind in (Account, Preferences, Allergies)
        for field in dataclasses.fields(kind)
    ]
    assert not any(_DIET.search(name) for name in names)


def test_where_words_are_free_the_screen_warns(customer: Walk) -> None:
    customer.walk(EVERYTHING, until="allergens")
    page = customer.see("tastes").text
    assert "nothing about your health, beliefs or origin" in page
    assert 'maxlength="60"' in page
