"""What the card says once the person is confirmed: by basics first, and only what is shared."""

import re

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.service.arrivals import Staff
from clienteling.service.briefing import Part, brief
from clienteling.service.suggesting import NotConfirmedError
from consent.log.events import EventKind
from consent.purposes import Purpose
from tests.support.arrivals import arrive, logged
from tests.support.known import join_known
from tests.support.people import Customer, join
from tests.support.web import post_json
from web.context import Hub

BRAM = Staff("user:2", "Trained")
#: The word by which each part is known on the card, in its order.
MARKS = {
    Part.COMPLAINT: "The tin was dented",
    Part.REQUEST: "Engrave the lid",
    Part.ALLERGIES: "Allergic to",
    Part.INTENT: "a birthday cake",
    Part.USUAL: "The usual",
    Part.TASTES: "Likes",
    Part.SUGGESTIONS: "Might love",
    Part.LAST: "Last time",
    Part.NOTES: "Likes a chat",
}


@pytest.fixture
def robin(shop: Home) -> Customer:
    return join_known(shop)


def card(client: FlaskClient, arrival_id: str, language: str = "en") -> str:
    page = client.get(f"/staff/arrivals/{arrival_id}/card", headers={"Accept-Language": language})
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.text)


def test_the_parts_come_by_basics_first(anna: FlaskClient, hub: Hub, robin: Customer) -> None:
    arrival = arrive(hub, robin)
    post_json(anna, f"/staff/arrivals/{arrival.id}/confirm")
    shown = card(anna, arrival.id)

    places = [
        shown.index(f">{words}<") if f">{words}<" in shown else shown.index(words)
        for words in MARKS.values()
    ]
    assert places == sorted(places)
    assert [part for part in Part if part in MARKS] == list(MARKS)


def test_what_meets_the_allergy_is_not_suggested_and_the_reason_is_said(
    anna: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    post_json(anna, f"/staff/arrivals/{arrival.id}/confirm")
    shown = card(anna, arrival.id)

    assert "Caramel bar" in shown
    assert "Milk caramel" not in shown
    assert "Fits “caramel”" in shown
    assert "declared free from milk" in shown
    assert "Past bij “caramel”" in card(anna, arrival.id, "nl")


def test_before_the_person_is_confirmed_nothing_of_it_is_shown(
    anna: FlaskClient, bram: FlaskClient, hub: Hub, robin: Customer
) -> None:
    """What is left out of suggestions would tell of allergies; the rest is the customer's too."""
    arrival = arrive(hub, robin)
    closed = {part: words for part, words in MARKS.items() if part is not Part.TASTES}
    for client in (anna, bram):
        shown = card(client, arrival.id)
        assert [words for words in closed.values() if words in shown] == []
    post_json(anna, f"/staff/arrivals/{arrival.id}/confirm")
    assert [words for words in closed.values() if words in card(bram, arrival.id)] == []
    with pytest.raises(NotConfirmedError):
        brief(hub.office, hub.suggestions, hub.board.get(arrival.id), BRAM)


def test_what_is_not_shared_takes_no_room(anna: FlaskClient, hub: Hub, shop: Home) -> None:
    customer = join(shop, purposes=frozenset({Purpose.RECOGNISE}), allergies=None)
    arrival = arrive(hub, customer)
    post_json(anna, f"/staff/arrivals/{arrival.id}/confirm")
    shown = card(anna, arrival.id)

    for part in (Part.USUAL, Part.SUGGESTIONS, Part.LAST):
        assert MARKS[part] not in shown
    assert "Allergies not shared" in shown


def test_the_read_is_logged_without_what_was_read(
    anna: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    post_json(anna, f"/staff/arrivals/{arrival.id}/confirm")
    card(anna, arrival.id)

    (entry,) = [
        one for one in logged(hub, EventKind.PROFILE_READ) if one.detail == {"part": "briefing"}
    ]
    assert (entry.actor, entry.about) == ("user:1", robin.subject_id)
