"""What the card says, to whom: name and tastes first, allergies in four states."""

from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.service.arrivals import Arrival, Staff
from consent.log.events import EventKind
from consent.models import DataKeyRow
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.arrivals import arrive, logged
from tests.support.people import Customer, join
from tests.support.web import post_json
from web.context import Hub

#: The headings of the four states; each card shows exactly one, or that they are closed.
STATES = {
    "known": "Allergic to",
    "none-known": "No allergies known",
    "not-recorded": "Allergies not recorded",
    "not-shared": "Allergies not shared",
    "closed": "Allergies are closed",
}


def _card(client: FlaskClient, arrival: Arrival, language: str = "en") -> str:
    answer = client.get(f"/staff/arrivals/{arrival.id}/card", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


def _confirmed_card(client: FlaskClient, hub: Hub, customer: Customer, language: str = "en") -> str:
    arrival = arrive(hub, customer)
    assert post_json(client, f"/staff/arrivals/{arrival.id}/confirm").status_code == 204
    return _card(client, arrival, language)


def _shows(card: str, state: str) -> bool:
    others = [words for name, words in STATES.items() if name != state]
    return (
        f'class="allergies {state}"' in card
        and STATES[state] in card
        and not any(words in card for words in others)
    )


def test_a_new_card_shows_name_and_tastes(anna: FlaskClient, hub: Hub, robin: Customer) -> None:
    card = _card(anna, arrive(hub, robin))
    assert "Robin Test" in card
    assert "dark chocolate" in card
    assert _shows(card, "closed")


def test_a_card_says_when_by_the_clock_of_the_shop(
    anna: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    assert f"{arrival.at.astimezone(ZoneInfo('Europe/Amsterdam')):%H:%M}" in _card(anna, arrival)


def test_known_allergies_are_listed_with_their_date(
    anna: FlaskClient, hub: Hub, shop: Home
) -> None:
    customer = join(shop, allergies=("milk", "nuts"))
    card = _confirmed_card(anna, hub, customer)
    assert _shows(card, "known")
    assert "<strong>Milk</strong>" in card
    assert "<strong>Nuts</strong>" in card
    today = shop.office.now()
    assert f"Stated by the customer on {today.day} {today:%B %Y}." in card
    assert "check the label" not in card


def test_allergies_are_named_in_dutch(anna: FlaskClient, hub: Hub, robin: Customer) -> None:
    card = _confirmed_card(anna, hub, robin, "nl")
    assert "<strong>Melk</strong>" in card
    assert "Allergisch voor" in card


def test_own_words_always_come_with_the_label(anna: FlaskClient, hub: Hub, shop: Home) -> None:
    customer = join(shop, allergies=(), own_words=("red <b>colouring</b>",))
    card = _confirmed_card(anna, hub, customer)
    assert _shows(card, "known")
    assert "red &lt;b&gt;colouring&lt;/b&gt;" in card
    assert card.count("check the label") == 1


def test_none_known_says_who_said_so_and_when(anna: FlaskClient, hub: Hub, shop: Home) -> None:
    card = _confirmed_card(anna, hub, join(shop, allergies=()))
    assert _shows(card, "none-known")
    assert "The customer said so on" in card


def test_nothing_told_is_not_none_known(anna: FlaskClient, hub: Hub, shop: Home) -> None:
    assert _shows(_confirmed_card(anna, hub, join(shop, allergies=None)), "not-recorded")


def test_not_shared_is_not_none_known(anna: FlaskClient, hub: Hub, shop: Home) -> None:
    only_recognised = join(shop, purposes=frozenset({Purpose.RECOGNISE}), allergies=("milk",))
    card = _confirmed_card(anna, hub, only_recognised)
    assert _shows(card, "not-shared")
    assert "Tastes are not shared." in card


def test_no_tastes_told_is_said(anna: FlaskClient, hub: Hub, shop: Home) -> None:
    assert "No tastes told yet." in _card(anna, arrive(hub, join(shop, likes=())))


def test_a_colleagues_card_shows_the_name_only(
    anna: FlaskClient, bram: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    post_json(anna, f"/staff/arrivals/{arrival.id}/confirm")
    card = _card(bram, arrival)
    assert "Robin Test" in card
    assert "Staff-Trained is greeting" in card
    assert 'data-place="aside"' in card
    for hidden in ("dark chocolate", "Milk", "llerg", "data-act"):
        assert hidden not in card


def test_every_read_is_logged_with_its_reader(anna: FlaskClient, hub: Hub, robin: Customer) -> None:
    arrival = arrive(hub, robin)
    _card(anna, arrival)
    _card(anna, arrival)
    post_json(anna, f"/staff/arrivals/{arrival.id}/confirm")
    _card(anna, arrival)
    reads = logged(hub, EventKind.CARD_READ, EventKind.ALLERGIES_READ)
    assert [entry.kind for entry in reads] == [
        EventKind.CARD_READ,
        EventKind.CARD_READ,
        EventKind.ALLERGIES_READ,
    ]
    assert {entry.actor for entry in reads} == {"user:1"}
    assert {entry.about for entry in reads} == {robin.subject_id}


def test_a_customer_who_withdrew_is_gone_before_the_watcher_looks(
    anna: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    withdraw(hub.office, robin.subject_id, None, actor="device:kiosk", method="kiosk")
    answer = anna.get(f"/staff/arrivals/{arrival.id}/card")
    assert answer.status_code == 410
    assert "Robin" not in answer.text
    assert hub.board.live() == ()


def test_a_withdrawn_purpose_closes_its_part_only(
    anna: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    hub.board.confirm(arrival.id, Staff("user:1", "Staff-Trained"))
    withdraw(
        hub.office, robin.subject_id, [Purpose.ALLERGIES], actor="device:kiosk", method="kiosk"
    )
    card = _card(anna, arrival)
    assert _shows(card, "not-shared")
    assert "dark chocolate" in card


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_refusal_is_a_sentence_in_the_readers_language(anna: FlaskClient, language: str) -> None:
    path = "/staff/arrivals/00000000-0000-4000-8000-000000000000/card"
    answer = anna.get(path, headers={"Accept": "application/json", "Accept-Language": language})
    assert answer.status_code == 410
    assert answer.json is not None
    expected = {"nl": "Deze kaart is afgelopen.", "en": "This card has ended."}[language]
    assert answer.json["message"].startswith(expected)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("nl", "Vertel het de privacyfunctionaris."), ("en", "Tell the privacy officer.")],
)
def test_damaged_data_is_said_and_the_arrival_stays(
    anna: FlaskClient, hub: Hub, robin: Customer, language: str, expected: str
) -> None:
    """Not "this card has ended": the customer is still here, and somebody must mend it."""
    arrival = arrive(hub, robin)
    with hub.databases.keys.write() as keys:
        row = keys.get_one(DataKeyRow, (robin.subject_id, Purpose.PREFERENCES.value))
        row.wrapped = bytes(len(row.wrapped))
    headers = {"Accept": "application/json", "Accept-Language": language}
    answer = anna.get(f"/staff/arrivals/{arrival.id}/card", headers=headers)
    assert answer.status_code == 503
    assert answer.json is not None
    assert expected in answer.json["message"]
    assert [one.id for one in hub.board.live()] == [arrival.id]
