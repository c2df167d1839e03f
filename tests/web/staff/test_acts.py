"""Claim, give back, confirm, not this person: what each changes, and for whom."""

import json

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id, put_products
from clienteling.customers import opinions
from clienteling.customers.opinions import Verdict
from clienteling.service.figures import Figure, figures
from consent.log.events import EventKind
from consent.purposes import Purpose
from consent.records import require_grant
from tests.support.arrivals import arrive, logged
from tests.support.people import Customer
from tests.support.web import ShopClock, post_json
from web.context import Hub


def _act(client: FlaskClient, arrival_id: str, act: str) -> TestResponse:
    return post_json(client, f"/staff/arrivals/{arrival_id}/{act}")


def _figure(hub: Hub, figure: Figure) -> int:
    with hub.databases.identity.read() as identity:
        return figures(identity, hub.now().date())[figure]


def test_a_claim_is_seen_by_all(anna: FlaskClient, hub: Hub, robin: Customer) -> None:
    arrival = arrive(hub, robin)
    with hub.bus.subscribe("tablets") as heard:
        assert _act(anna, arrival.id, "claim").status_code == 204
        event = heard.next(1)
    assert event is not None
    assert (event.name, event.data) == ("changed", {"arrival_id": arrival.id})
    claimed_by = hub.board.get(arrival.id).claimed_by
    assert claimed_by is not None
    assert claimed_by.id == "user:1"


def test_the_second_to_claim_hears_who_was_first(
    anna: FlaskClient, bram: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    _act(anna, arrival.id, "claim")
    for act in ("claim", "confirm", "release", "not-this-person"):
        answer = _act(bram, arrival.id, act)
        assert answer.status_code == 409
        assert "Staff-Trained" in json.loads(answer.text)["message"]
    assert logged(hub, EventKind.ARRIVAL_CONFIRMED, EventKind.ARRIVAL_DISMISSED) == ()


def test_giving_back_lets_a_colleague_greet_and_closes_allergies(
    anna: FlaskClient, bram: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    _act(anna, arrival.id, "confirm")
    assert _act(anna, arrival.id, "release").status_code == 204
    assert "Milk" not in anna.get(f"/staff/arrivals/{arrival.id}/card").text
    assert _act(bram, arrival.id, "claim").status_code == 204


def test_confirming_claims_counts_and_is_logged_once(
    anna: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    assert _act(anna, arrival.id, "confirm").status_code == 204
    assert _act(anna, arrival.id, "confirm").status_code == 204
    entries = logged(hub, EventKind.ARRIVAL_CONFIRMED)
    assert [(entry.actor, entry.about) for entry in entries] == [("user:1", robin.subject_id)]
    assert _figure(hub, Figure.ARRIVAL_CONFIRMED) == 1


def test_not_this_person_hides_for_all_and_counts(
    anna: FlaskClient, bram: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    with hub.bus.subscribe("tablets") as heard:
        assert _act(anna, arrival.id, "not-this-person").status_code == 204
        event = heard.next(1)
    assert event is not None
    assert (event.name, event.data) == ("gone", {"arrival_id": arrival.id})
    assert bram.get(f"/staff/arrivals/{arrival.id}/card").status_code == 410
    assert _figure(hub, Figure.ARRIVAL_DISMISSED) == 1
    assert len(logged(hub, EventKind.ARRIVAL_DISMISSED)) == 1


def test_who_claimed_may_say_that_it_is_another(
    anna: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    _act(anna, arrival.id, "confirm")
    assert _act(anna, arrival.id, "not-this-person").status_code == 204
    assert hub.board.live() == ()


def test_greeted_claims_and_is_counted_once(anna: FlaskClient, hub: Hub, robin: Customer) -> None:
    arrival = arrive(hub, robin)
    for _ in range(2):
        assert _act(anna, arrival.id, "greeted").status_code == 204

    claimed_by = hub.board.get(arrival.id).claimed_by
    assert claimed_by is not None
    assert claimed_by.id == "user:1"
    assert (_figure(hub, Figure.GREETED), _figure(hub, Figure.GREETED_SOON)) == (1, 1)
    (entry,) = logged(hub, EventKind.ARRIVAL_GREETED)
    assert (entry.actor, entry.about) == ("user:1", robin.subject_id)


def test_a_late_greeting_is_not_counted_as_soon(
    anna: FlaskClient, hub: Hub, robin: Customer, shop_clock: ShopClock
) -> None:
    arrival = arrive(hub, robin)
    shop_clock.forward(61)
    _act(anna, arrival.id, "greeted")
    assert (_figure(hub, Figure.GREETED), _figure(hub, Figure.GREETED_SOON)) == (1, 0)


def test_an_opinion_waits_for_the_confirmation(
    anna: FlaskClient, bram: FlaskClient, hub: Hub, robin: Customer
) -> None:
    bar = Product(id=new_id(), name="Bar", sku="BAR")
    with hub.databases.identity.write() as identity:
        put_products(identity, hub.office.ring, [bar], actor="c", now=hub.now())
    arrival = arrive(hub, robin)
    path = f"/staff/arrivals/{arrival.id}"
    assert post_json(anna, f"{path}/liked", {"product": bar.id}).status_code == 400
    _act(anna, arrival.id, "confirm")
    assert post_json(bram, f"{path}/liked", {"product": bar.id}).status_code == 400
    for body in ({}, {"product": "no such"}, {"product": None}):
        assert post_json(anna, f"{path}/liked", body).status_code == 400

    assert post_json(anna, f"{path}/liked", {"product": bar.id}).status_code == 204
    assert _figure(hub, Figure.SUGGESTION_LIKED) == 1
    assert post_json(anna, f"{path}/refused", {"product": bar.id}).status_code == 204
    with hub.databases.identity.read() as identity:
        grant = require_grant(identity, robin.subject_id, Purpose.PREFERENCES, hub.now())
    assert [one.content.verdict for one in opinions.read(hub.office, grant)] == [Verdict.REFUSED]


def test_staying_says_for_how_long(anna: FlaskClient, hub: Hub, robin: Customer) -> None:
    arrival = arrive(hub, robin)
    _act(anna, arrival.id, "confirm")
    answer = _act(anna, arrival.id, "stay")
    assert 110 <= json.loads(answer.text)["left"] <= 120
    hub.board.drop_subject(robin.subject_id)
    assert _act(anna, arrival.id, "stay").status_code == 410
