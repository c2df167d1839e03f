"""Sizes, wishes and dates that customers keep themselves, behind their receipt code."""

import re

import pytest

from clienteling.customers.choices import ChoiceKind, add_choice
from clienteling.home import Home
from consent.log.events import EventKind
from consent.office import withdraw
from consent.purposes import Purpose
from consent.rights.restriction import Ground, restrict
from tests.support.kiosk import EVERYTHING, Walk, only_subject
from tests.support.shops import logged


@pytest.fixture
def at(customer: Walk) -> str:
    """The page of somebody who joined and entered the code."""
    customer.walk({**EVERYTHING, next(iter(EVERYTHING)): False})
    code = customer.code()
    customer.post(f"{customer.at}/end", {"why": "done"})
    return f"{customer.post('/kiosk/leave', {'code': code}).location}/lists"


def test_they_are_added_shown_and_removed(shop: Home, customer: Walk, at: str) -> None:
    shoe = add_choice(shop.office, ChoiceKind.SIZE, "schoen", "shoe", actor="m")
    assert at in customer.client.get(at.removesuffix("lists") + "data").text
    for fields in (
        {"add": "size", "choice": shoe, "value": "42½"},
        {"add": "wish", "what": "a big box"},
        {"add": "intent", "what": "a birthday cake"},
        {"add": "date", "day": "29", "month": "2", "what": "name day"},
    ):
        assert customer.post(at, fields).location == at
    shown = customer.client.get(at).text
    for words in ("shoe <strong>42½", "a big box", "a birthday cake", "29 February", "name day"):
        assert words in shown
    kept = logged(shop.office, EventKind.RECORD_KEPT)
    assert len(kept) == 4
    assert {entry.about for entry in kept} == {only_subject(shop)}
    assert all((entry.actor or "").startswith("device:") for entry in kept)

    for what in re.findall(r'name="remove" value="([^"]+)"', shown):
        assert customer.post(at, {"remove": what}).status_code == 303
    shown = customer.client.get(at).text
    assert "a big box" not in shown
    assert 'name="remove"' not in shown


def test_what_is_wrong_is_said_and_stays_in_the_form(customer: Walk, at: str) -> None:
    for fields in (
        {"add": "date", "day": "31", "month": "2", "what": "that day"},
        {"add": "wish", "what": " "},
        {"add": "size", "choice": "none", "value": "1"},
        {"add": "allergy", "what": "nuts"},
        {"remove": "note:1"},
        {},
    ):
        answer = customer.post(at, fields)
        assert answer.status_code == 422, fields
        assert "That did not work." in answer.text
    assert (
        'value="that day"'
        in customer.post(at, {"add": "date", "day": "31", "month": "2", "what": "that day"}).text
    )


@pytest.mark.parametrize("how", ["withdrawn", "restricted"])
def test_without_preferences_nothing_is_asked_or_kept(
    shop: Home, customer: Walk, at: str, how: str
) -> None:
    subject_id = only_subject(shop)
    if how == "withdrawn":
        withdraw(shop.office, subject_id, [Purpose.PREFERENCES], actor="c", method="kiosk")
    else:
        restrict(shop.office, subject_id, Ground.WISH, actor="c")
    shown = customer.client.get(at).text
    assert "So none of this is kept." in shown
    assert 'name="add"' not in shown
    assert customer.post(at, {"add": "wish", "what": "x"}).status_code == 403


def test_it_ends_with_the_visit(customer: Walk, at: str) -> None:
    visit = at.removesuffix("/lists").rpartition("/")[2]
    assert customer.post(f"/kiosk/session/{visit}/end", {"why": "done"}).status_code == 303
    assert customer.client.get(at).status_code in {302, 303}
    assert customer.post(at, {"add": "wish", "what": "x"}).status_code in {302, 303}
