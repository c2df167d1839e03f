"""Passes at the hub: which showing opens a window, and that only its holder is announced (R26)."""

import json
import secrets
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.edge_protocol import OpenWindow, pass_info
from clienteling.home import Home
from clienteling.service.cameras import topic
from clienteling.service.figures import Figure, figures
from clienteling.service.presses import WINDOWS_PER_MINUTE
from clienteling.service.stop import stop
from clienteling.service.windows import Outcome
from consent.clock import stamp
from consent.keystore.holder import new_holder_secret
from consent.office import withdraw
from consent.sealing import hpke_unwrap
from tests.support.edges import Edge, pair_edge
from tests.support.people import Customer, join
from tests.support.web import POLICY, ShopClock, pairing_code
from web.app import create_app
from web.context import EXTENSION, Hub

HOLDER = new_holder_secret()


@pytest.fixture
def app(shop: Home) -> Iterator[Flask]:
    built = create_app(shop, None, policy=POLICY.model_copy(update={"policy": "pass"}))
    yield built
    built.extensions[EXTENSION].bus.close()


@pytest.fixture
def robin(shop: Home) -> Customer:
    return join(shop, holder=HOLDER)


@pytest.fixture
def edge(client: FlaskClient, shop: Home, hub: Hub, robin: Customer) -> Edge:
    """A camera that listens and holds the gallery."""
    edge = pair_edge(client, shop)
    hub.bus.subscribe(topic("door"))
    edge.pull()
    return edge


def show(edge: Edge, alias: str | None, **changes: object) -> dict[str, object]:
    shown = {
        "shown_id": secrets.token_hex(8),
        "camera": edge.camera,
        "alias": alias,
        "shown_at": stamp(edge.home.office.now()),
    } | changes
    answer = edge.post("/sightings", {"v": 1, "shown": [shown]})
    assert answer.status_code == 200, answer.text
    return shown


def outcome(hub: Hub) -> Outcome | None:
    newest = hub.windows.newest("door")
    return None if newest is None else newest.outcome


def test_a_valid_pass_opens_a_window_for_its_holder_only(
    edge: Edge, hub: Hub, shop: Home, robin: Customer
) -> None:
    other = join(shop, holder=new_holder_secret())
    version = edge.pull().version
    show(edge, robin.alias)
    window = hub.windows.standing("door")
    assert window is not None
    assert window.alias == robin.alias
    assert edge.send(edge.sighting(window.id, other.alias, version)) == (0, 1)
    assert hub.board.live() == ()
    assert edge.send(edge.sighting(window.id, robin.alias, version)) == (1, 0)
    (arrival,) = hub.board.live()
    assert arrival.subject_id == robin.subject_id


@pytest.mark.parametrize("alias", [None, "nobody", "trigger", "withdrawn"])
def test_what_opens_nothing_is_said_and_counted(
    edge: Edge, hub: Hub, shop: Home, robin: Customer, alias: str | None
) -> None:
    if alias == "trigger":
        alias = join(shop).alias  # a template, but of no pass
    elif alias == "withdrawn":
        withdraw(shop.office, robin.subject_id, None, actor="c", method="c")
        alias = robin.alias
    show(edge, alias)
    assert outcome(hub) is Outcome.UNKNOWN_PASS
    assert hub.windows.standing("door") is None
    with shop.databases.identity.read() as identity:
        assert figures(identity, shop.office.now().date())[Figure.PASS_REFUSED] == 1


@pytest.mark.parametrize("spoilt", ["old", "future", "other camera"])
def test_what_is_not_of_now_and_here_is_not_taken(
    edge: Edge, hub: Hub, robin: Customer, shop_clock: ShopClock, spoilt: str
) -> None:
    if spoilt == "other camera":
        show(edge, robin.alias, camera="till")
    else:
        shop_clock.freeze()
        at = stamp(shop_clock())
        shop_clock.forward(6 if spoilt == "old" else -6)
        show(edge, robin.alias, shown_at=at)
    assert outcome(hub) is None


def test_sent_again_it_opens_nothing_again(edge: Edge, hub: Hub, robin: Customer) -> None:
    shown = show(edge, robin.alias)
    window = hub.windows.standing("door")
    assert window is not None
    hub.windows.decide(window.id, Outcome.UNKNOWN)
    edge.post("/sightings", {"v": 1, "shown": [shown]})
    assert hub.windows.standing("door") is None


def test_too_many_of_late_are_refused_for_a_while(edge: Edge, hub: Hub, robin: Customer) -> None:
    for _ in range(WINDOWS_PER_MINUTE):
        show(edge, None)
    show(edge, robin.alias)
    assert outcome(hub) is Outcome.BUSY
    assert hub.windows.standing("door") is None


def test_while_recognition_is_stopped_no_pass_opens_anything(
    edge: Edge, hub: Hub, shop: Home, robin: Customer
) -> None:
    stop(shop.office, actor="officer")
    show(edge, robin.alias)
    assert hub.windows.standing("door") is None


def test_a_reader_posts_the_code_and_the_camera_gets_it_sealed(
    client: FlaskClient, shop: Home, hub: Hub, edge: Edge, robin: Customer
) -> None:
    events = hub.bus.subscribe(topic("door"))
    paired = client.post("/api/v1/pair", json={"code": pairing_code(shop, "button", "door")})
    assert paired.json is not None, paired.text
    bearer = {"Authorization": f"Bearer {paired.json['token']}"}
    assert client.post("/api/v1/greet/door", headers=bearer).status_code == 409  # a mere press
    unknown = client.post("/api/v1/greet/door", json={"pass": "x"}, headers=bearer)
    assert (unknown.status_code, unknown.json and unknown.json["outcome"]) == (404, "unknown_pass")
    read = client.post("/api/v1/greet/door", json={"pass": HOLDER.text}, headers=bearer)
    assert read.status_code == 200, read.text
    assert HOLDER.text not in read.text
    event = events.next(5.0)
    assert event is not None
    told = OpenWindow.model_validate_json(json.dumps(event.data))
    assert told.alias == robin.alias
    assert told.sealed_pass is not None
    info = pass_info(edge.device_id, told.window_id)
    assert hpke_unwrap(edge.keys.open, told.sealed_pass, info) == HOLDER.secret
