"""R16: yes and no are the same button but for the word; geometry is in tests/browser/test_kiosk."""

import re

import pytest
from flask.testing import FlaskClient

from clienteling.recognition.engine import Engine
from tests.support.kiosk import EVERYTHING, Walk, detecting_engine, walk
from tests.support.web import pair

_BUTTON = re.compile(r"<button ([^>]*?)name=\"answer\" value=\"(yes|no)\">")


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def customer(client: FlaskClient) -> Walk:
    pair(client, "kiosk")
    return walk(client)


@pytest.mark.parametrize(
    "screen", ["age", "recognise", "preferences", "allergies", "visits", "purchases", "confirm"]
)
def test_yes_and_no_carry_the_same_marks(customer: Walk, screen: str) -> None:
    customer.walk(EVERYTHING, until=screen)
    page = customer.see(screen).text
    marks = dict((answer, mark) for mark, answer in _BUTTON.findall(page))  # noqa: C402
    assert set(marks) == {"yes", "no"}
    assert marks["yes"] == marks["no"]
    assert "primary" not in marks["yes"]


def test_no_screen_offers_a_perk_or_a_fee_for_the_face(customer: Walk) -> None:
    customer.walk(EVERYTHING, until="confirm")
    for screen in ("about", "recognise", "confirm"):
        page = customer.see(screen).text.lower()
        assert not re.search(r"discount|korting|voucher|gift card|points|€|\bpay\b", page)
