"""Who the customer is, by face, at the till: the whole way, and each refusal."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from clienteling.customers.models import AliasRow
from clienteling.home import Home
from clienteling.recognition.liveness.challenge import steps_of
from clienteling.service.cameras import topic
from clienteling.service.figures import Figure, figures
from clienteling.service.stop import stop
from consent.log.events import EventKind
from consent.office import erase, withdraw
from consent.purposes import Purpose
from tests.support.edges import Edge, pair_edge
from tests.support.people import Customer, join
from tests.support.shops import logged
from tests.support.tills import (
    AT_BOTH,
    COUNTER,
    Till,
    identifying,
    pair_till,
    pair_till_camera,
)
from tests.support.web import ShopClock, pair, post_json
from web.context import Hub


@pytest.fixture
def shop(shop: Home) -> Home:
    return identifying(shop)


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(shop, purposes=AT_BOTH, allergies=("milk",))


@pytest.fixture
def edge(client: FlaskClient, shop: Home, customer: Customer) -> Edge:
    return pair_till_camera(client, shop)


@pytest.fixture
def till(client: FlaskClient, shop: Home, edge: Edge) -> Till:
    return pair_till(client, shop)


def recognised(till: Till, edge: Edge, customer: Customer) -> dict[str, Any]:
    """Let the till ask, and the camera recognise; return the attachment."""
    version = edge.pull().version
    asked = till.ask()
    assert edge.send(edge.sighting(asked["identification"], customer.till, version)) == (1, 0)
    seen = till.see(asked["identification"])
    assert seen["state"] == "attached"
    return dict(seen["attachment"])


def test_the_camera_looks_and_the_customer_hears_what_to_do(
    till: Till, edge: Edge, hub: Hub
) -> None:
    with hub.bus.subscribe(topic(COUNTER)) as camera:
        asked = till.ask()
        event = camera.next(1)
    assert event is not None
    assert (event.name, event.data["window_id"]) == ("open_window", asked["identification"])
    assert asked["state"] == "challenge"
    assert tuple(asked["steps"]) == steps_of(asked["identification"])
    assert asked["attachment"] is None
    assert till.ask()["identification"] == asked["identification"]  # asked twice, it looks once


def test_whoever_is_recognised_is_attached_and_then_asked(
    till: Till, edge: Edge, customer: Customer
) -> None:
    attached = recognised(till, edge, customer)
    assert (attached["greeting"], attached["confirmed"]) == ("Robin Test", False)
    at = f"/attachments/{attached['attachment']}"
    lines = {"lines": [{"code": "NEW", "name": "New", "quantity": 1}]}
    assert till.call(f"{at}/check", lines).status_code == 409
    assert till.call(f"{at}/confirm").status_code == 200
    assert till.call(f"{at}/check", lines).json["warnings"]  # type: ignore[index]


def test_no_arrival_no_card_no_visit_and_a_log_entry_without_content(
    till: Till, edge: Edge, customer: Customer, hub: Hub, shop: Home
) -> None:
    with hub.bus.subscribe("tablets") as tablets:
        recognised(till, edge, customer)
        assert tablets.next(0) is None
    assert hub.board.live() == ()
    [entry] = logged(shop.office, EventKind.TILL_ATTACHED)
    assert (entry.about, entry.detail) == (customer.subject_id, {"confirmed": False})
    assert logged(shop.office, EventKind.ARRIVAL_ANNOUNCED) == ()
    with shop.databases.identity.read() as identity:
        counted = figures(identity, shop.office.now().date())
    assert (counted[Figure.MATCH], counted[Figure.ARRIVAL], counted[Figure.VISIT_KEPT]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("decision", "state", "figure"),
    [
        ("unknown", "nobody", Figure.UNKNOWN),
        ("ambiguous", "nobody", Figure.AMBIGUOUS),
        ("none", "nobody", Figure.NONE),
        ("abort", "too_many", Figure.ABORT),
        ("spoof", "not_alive", Figure.SPOOF),
    ],
)
def test_who_is_not_recognised_leaves_a_counter_only(  # fixtures
    till: Till, edge: Edge, shop: Home, decision: str, state: str, figure: Figure
) -> None:
    asked = till.ask()
    before = len(logged(shop.office))
    edge.close(asked["identification"], decision)
    seen = till.see(asked["identification"])
    assert (seen["state"], seen["attachment"]) == (state, None)
    with shop.databases.identity.read() as identity:
        assert figures(identity, shop.office.now().date())[figure] == 1
    assert len(logged(shop.office)) == before


def test_when_the_time_is_over_the_cameras_word_is_waited_for(
    till: Till, edge: Edge, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    asked = till.ask()
    shop_clock.forward(11)
    assert till.see(asked["identification"])["state"] == "waiting"
    shop_clock.forward(6)
    assert till.see(asked["identification"])["state"] == "unavailable"


def test_a_stop_ends_the_question_and_takes_away_whom_a_camera_recognised(
    till: Till, edge: Edge, customer: Customer, hub: Hub, shop: Home
) -> None:
    attached = recognised(till, edge, customer)
    asked = till.ask()
    stop(shop.office, actor="user:1")
    hub.watcher.step()
    assert till.see(asked["identification"])["state"] == "stopped"
    assert till.call(f"/attachments/{attached['attachment']}/confirm").status_code == 410
    refused = till.call("/identifications")
    assert (refused.status_code, (refused.json or {})["error"]) == (409, "stopped")


def test_withdrawing_the_till_ends_it_there_and_nowhere_else(
    till: Till, edge: Edge, customer: Customer, hub: Hub, shop: Home
) -> None:
    attached = recognised(till, edge, customer)
    shown = till.call("/attachments", {"code": customer.code}).json
    assert shown is not None
    hub.board.announce(customer.subject_id, "door")
    with hub.bus.subscribe(topic(COUNTER)) as camera:
        withdraw(shop.office, customer.subject_id, {Purpose.TILL}, actor="k", method="kiosk")
        hub.watcher.step()
        told = [event for event in iter(lambda: camera.next(0), None) if event.name == "revoke"]
    assert told[0].data["aliases"] == [customer.till]
    assert edge.open(edge.pull()) == {}
    assert till.call(f"/attachments/{attached['attachment']}/confirm").status_code == 410
    assert till.call(f"/attachments/{shown['attachment']}/confirm").status_code == 200
    assert len(hub.board.live()) == 1


def test_withdrawing_recognition_at_the_door_leaves_the_till(
    till: Till, edge: Edge, customer: Customer, hub: Hub, shop: Home
) -> None:
    withdraw(shop.office, customer.subject_id, {Purpose.RECOGNISE}, actor="k", method="kiosk")
    hub.watcher.step()
    assert recognised(till, edge, customer)["greeting"] == "Robin Test"


@pytest.mark.parametrize("left", ["withdrawn", "erased"])
def test_who_left_before_the_answer_came_is_not_attached(
    till: Till, edge: Edge, customer: Customer, shop: Home, left: str
) -> None:
    version = edge.pull().version
    asked = till.ask()
    if left == "erased":
        erase(shop.office, customer.subject_id, actor="k", method="kiosk")
    else:
        withdraw(shop.office, customer.subject_id, {Purpose.TILL}, actor="k", method="kiosk")
    sighting = edge.sighting(asked["identification"], customer.till, version)
    assert edge.send(sighting) == (0, 1)
    edge.close(asked["identification"], "match")
    assert till.see(asked["identification"])["state"] == "nobody"


def test_who_left_in_the_very_moment_is_not_attached(
    till: Till, edge: Edge, customer: Customer, hub: Hub, shop: Home
) -> None:
    """After the check, and after whoever listens to the log has passed the withdrawal."""
    asked = till.ask()
    withdraw(shop.office, customer.subject_id, {Purpose.TILL}, actor="k", method="kiosk")
    hub.watcher.step()
    hub.identifying.attach(asked["identification"], customer.subject_id)
    assert till.see(asked["identification"])["state"] == "nobody"


def test_another_till_hears_nothing_and_waits(
    till: Till, edge: Edge, customer: Customer, client: FlaskClient, shop: Home
) -> None:
    other = pair_till(client, shop)
    asked = till.ask()
    assert other.call("/identifications").status_code == 429
    at = f"/identifications/{asked['identification']}"
    assert other.call(at, method="GET").status_code == 410
    assert edge.send(
        edge.sighting(asked["identification"], customer.till, edge.pull().version)
    ) == (1, 0)
    handle = till.see(asked["identification"])["attachment"]["attachment"]
    assert other.call(f"/attachments/{handle}/confirm").status_code == 410
    assert other.call(at, method="GET").status_code == 410


@pytest.mark.parametrize("camera", [None, "door", "nowhere"])
def test_a_till_without_a_camera_of_its_own_asks_nobody(
    client: FlaskClient, shop: Home, edge: Edge, hub: Hub, camera: str | None
) -> None:
    pair_edge(client, shop, "door")
    hub.bus.subscribe(topic("door"))
    till = pair_till(client, shop, camera)
    assert till.call("/identifications").status_code == 503
    assert hub.windows.newest("door") is None


def test_a_camera_that_is_away_is_said_to_be(client: FlaskClient, shop: Home) -> None:
    pair_edge(client, shop, COUNTER, "till_cam")
    answer = pair_till(client, shop).call("/identifications")
    assert answer.status_code == 503
    assert "Ask for a code or the name" in (answer.json or {})["detail"]


def test_the_display_at_the_till_shows_the_steps_and_has_no_button(
    till: Till, edge: Edge, client: FlaskClient
) -> None:
    pair(client, "greet", COUNTER)
    assert post_json(client, f"/greet/{COUNTER}").json["outcome"] == "at_till"  # type: ignore[index]
    assert 'data-state="at_till"' in client.get(f"/greet/{COUNTER}").text
    asked = till.ask()
    state = client.get(f"/greet/{COUNTER}/state").json
    assert state is not None
    assert state["window"]["steps"] == asked["steps"]
    edge.close(asked["identification"], "spoof")
    assert client.get(f"/greet/{COUNTER}/state").json["window"]["outcome"] == "not_alive"  # type: ignore[index]


def test_not_them_makes_the_tills_template_stricter_and_no_other(
    till: Till, edge: Edge, customer: Customer, shop: Home
) -> None:
    attached = recognised(till, edge, customer)
    for _ in range(2):  # said again, nothing more happens
        assert till.call(f"/attachments/{attached['attachment']}/deny").status_code == 204
    with shop.databases.identity.read() as identity:
        stricter = {
            alias: identity.get_one(AliasRow, alias).stricter
            for alias in (customer.alias, customer.till)
        }
    assert stricter == {customer.alias: 0, customer.till: 1}
    assert till.call(f"/attachments/{attached['attachment']}/confirm").status_code == 410


def test_who_told_a_code_and_is_somebody_else_makes_no_camera_stricter(
    till: Till, customer: Customer, shop: Home
) -> None:
    shown = till.call("/attachments", {"code": customer.code}).json
    assert shown is not None
    till.call(f"/attachments/{shown['attachment']}/deny")
    assert logged(shop.office, EventKind.TEMPLATE_TIGHTENED) == ()
