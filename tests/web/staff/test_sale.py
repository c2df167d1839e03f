"""Start a sale: the customer of the card goes to a till, as far as they were asked (R32)."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.access.devices import live_tills, revoke
from clienteling.home import Home
from clienteling.service.arrivals import Arrival
from consent.log.events import EventKind
from tests.support.arrivals import arrive, logged
from tests.support.people import Customer
from tests.support.web import ShopClock, pair, post_json
from web.context import Hub


@pytest.fixture
def till(anna: FlaskClient, app: Flask) -> FlaskClient:
    made = app.test_client()
    pair(made, "till")
    return made


@pytest.fixture
def arrival(hub: Hub, robin: Customer) -> Arrival:
    return arrive(hub, robin)


def _sale(client: FlaskClient, arrival: Arrival, **body: object) -> int:
    return post_json(client, f"/staff/arrivals/{arrival.id}/sale", body).status_code


def _waiting(till: FlaskClient) -> list[dict[str, Any]]:
    answer = till.get("/till/desk/attachments")
    assert answer.json is not None
    return list(answer.json["sent"])


def _till_id(hub: Hub, place: int = 0) -> str:
    with hub.databases.identity.read() as identity:
        return live_tills(identity)[place].id


def _checks(till: FlaskClient) -> int:
    path = f"/till/desk/attachments/{_waiting(till)[0]['attachment']}/check"
    return post_json(till, path, {"lines": [{"code": "1", "name": "Bar"}]}).status_code


def test_one_tap_with_one_till(
    anna: FlaskClient, till: FlaskClient, hub: Hub, arrival: Arrival, robin: Customer
) -> None:
    post_json(anna, f"/staff/arrivals/{arrival.id}/confirm")
    assert 'data-act="sale"' in anna.get(f"/staff/arrivals/{arrival.id}/card").text
    assert [_sale(anna, arrival), _sale(anna, arrival)] == [204, 204]

    (one,) = _waiting(till)
    assert one["confirmed"] is True
    assert _checks(till) == 200
    entry = logged(hub, EventKind.TILL_ATTACHED)[0]
    assert (entry.actor, entry.about) == ("user:1", robin.subject_id)


def test_what_was_not_asked_on_the_card_the_till_asks(
    anna: FlaskClient, till: FlaskClient, arrival: Arrival
) -> None:
    """R32: sending a customer confirms nobody."""
    post_json(anna, f"/staff/arrivals/{arrival.id}/claim")
    assert _sale(anna, arrival) == 204
    assert _waiting(till)[0]["confirmed"] is False
    assert _checks(till) == 409


def test_with_several_tills_one_is_chosen(
    anna: FlaskClient, till: FlaskClient, app: Flask, hub: Hub, arrival: Arrival
) -> None:
    pair(app.test_client(), "till")
    post_json(anna, f"/staff/arrivals/{arrival.id}/claim")
    assert anna.get(f"/staff/arrivals/{arrival.id}/card").text.count('data-act="sale"') == 2

    assert _sale(anna, arrival) == 400
    chosen = _till_id(hub, 1)
    assert _sale(anna, arrival, till=chosen) == 204
    assert [one.till for one in hub.till.sent_to(chosen)] == [chosen]
    assert hub.till.sent_to(_till_id(hub)) == ()


def test_only_to_a_till_of_this_shop(
    anna: FlaskClient, till: FlaskClient, shop: Home, hub: Hub, arrival: Arrival
) -> None:
    post_json(anna, f"/staff/arrivals/{arrival.id}/claim")
    for wrong in ("no such", 5, ["x"], True):
        assert _sale(anna, arrival, till=wrong) == 400
    with shop.databases.identity.write() as identity:
        revoke(identity, shop.office.ring, _till_id(hub), actor="c", now=hub.now())
    assert _sale(anna, arrival) == 400
    assert 'data-act="sale"' not in anna.get(f"/staff/arrivals/{arrival.id}/card").text


def test_it_is_theirs_who_greet(
    anna: FlaskClient, bram: FlaskClient, till: FlaskClient, arrival: Arrival
) -> None:
    assert 'data-act="sale"' not in anna.get(f"/staff/arrivals/{arrival.id}/card").text
    assert _sale(anna, arrival) == 204, "who starts a sale greets"
    assert _sale(bram, arrival) == 409


def test_who_left_goes_to_no_till(
    anna: FlaskClient, till: FlaskClient, shop_clock: ShopClock, arrival: Arrival
) -> None:
    post_json(anna, f"/staff/arrivals/{arrival.id}/claim")
    shop_clock.forward(121)
    assert _sale(anna, arrival) == 410
    assert _waiting(till) == []
