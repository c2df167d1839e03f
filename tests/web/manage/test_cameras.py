"""Zones: who may mark them, what the camera hears of it, and the blurred view for it."""

import base64
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.edge_protocol import (
    MOSAIC_CELLS,
    PREFIX,
    VIEW_SECONDS,
    PairReply,
    PolicyChanged,
    ShowView,
    Zone,
    decode_event,
)
from clienteling.home import Home
from clienteling.service.cameras import topic
from consent.log import ledger
from consent.log.events import EventKind
from tests.support.edges import Edge, pair_edge
from tests.support.web import ShopClock, csrf, post_form, post_json, sign_in
from web.context import Hub

ZONE = {"x": "25", "y": "10", "w": "50", "h": "80", "face": "30"}
MARKED = Zone(x=0.25, y=0.1, w=0.5, h=0.8)


@pytest.fixture
def edge(client: FlaskClient, shop: Home) -> Edge:
    return pair_edge(client, shop)


@pytest.fixture
def manager(client: FlaskClient, edge: Edge) -> FlaskClient:
    sign_in(client, "manager")
    client.set_cookie("language", "en")
    return client


def entries(shop: Home, kind: EventKind) -> list[ledger.EntryView]:
    with shop.databases.identity.read() as identity:
        return list(ledger.search(identity, kinds={kind}))


def _assert_empty_view(view: Any) -> None:
    """Asked for within the minute, and nothing came yet."""
    assert view["mosaic"] is None
    assert 0 < view["seconds"] <= 60


def test_every_route_is_for_managers_only(client: FlaskClient, app: Flask, edge: Edge) -> None:
    gets = ("/manage/cameras", "/manage/cameras/door/zone", "/manage/cameras/door/view")
    posts = ("/manage/cameras/door/zone", "/manage/cameras/door/view")
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("cameras.")]
    assert len(rules) == len(gets) + len(posts)
    for path in posts:
        assert post_form(client, path, **ZONE).status_code == 401
    sign_in(client, "staff", "trained", "officer")
    assert {client.get(path).status_code for path in gets} == {403}
    assert {post_form(client, path, **ZONE).status_code for path in posts} == {403}


def test_a_marked_zone_reaches_the_camera_at_once_and_stays(
    manager: FlaskClient, hub: Hub, shop: Home, edge: Edge
) -> None:
    listening = hub.bus.subscribe(topic("door"), None)
    assert post_form(manager, "/manage/cameras/door/zone", **ZONE).status_code == 303
    event = listening.next(1.0)
    assert event is not None
    told = decode_event(event.name, manager.application.json.dumps(event.data))
    assert isinstance(told, PolicyChanged)
    assert (told.policy.zone, told.policy.min_face_height) == (MARKED, 0.3)
    assert edge.pull().policy == told.policy
    assert 'value="25"' in manager.get("/manage/cameras/door/zone?saved=1").text
    assert "zone marked" in manager.get("/manage/cameras").text
    [entry] = entries(shop, EventKind.ZONE_CHANGED)
    assert str(entry.actor).startswith("user:")
    assert entry.detail == {"camera": "door", "percent": [25, 10, 50, 80, 30]}


def test_a_zone_is_of_one_camera(
    manager: FlaskClient, client: FlaskClient, shop: Home, edge: Edge
) -> None:
    other = pair_edge(client, shop, "till")
    post_form(manager, "/manage/cameras/door/zone", **ZONE)
    assert other.pull().policy.zone == Zone()
    assert edge.pull().policy.zone == MARKED
    again = pair_edge(client, shop, "door").paired
    assert isinstance(again, PairReply)
    assert again.policy.zone == MARKED, "a box that is replaced is told too"


NO_ZONES = [
    ({"x": "60"}, "leaves the picture"),
    ({"y": "30"}, "leaves the picture"),
    ({"w": "9"}, "at least a tenth"),
    ({"face": "9"}, "between 10 and 80"),
    ({"face": "81"}, "between 10 and 80"),
    ({"h": "0"}, "five percentages"),
    ({"x": "-1"}, "five percentages"),
    ({"x": "nan"}, "five percentages"),
    ({"x": "<b>"}, "five percentages"),
]


def test_what_is_no_zone_is_refused_and_nothing_changes(
    manager: FlaskClient, shop: Home, edge: Edge
) -> None:
    for change, words in NO_ZONES:
        answer = post_form(manager, "/manage/cameras/door/zone", **(ZONE | change))
        assert answer.status_code == 400, change
        assert words in answer.text, change
        assert "<b>" not in answer.text
    assert edge.pull().policy.zone == Zone()
    assert entries(shop, EventKind.ZONE_CHANGED) == []


def test_a_camera_that_is_not_there_has_no_zone(manager: FlaskClient) -> None:
    assert manager.get("/manage/cameras/cellar/zone").status_code == 404
    assert post_form(manager, "/manage/cameras/cellar/zone", **ZONE).status_code == 404
    assert post_json(manager, "/manage/cameras/cellar/view").status_code == 409
    assert manager.get("/manage/cameras/cellar/view").json == {"seconds": 0, "mosaic": None}


def test_wrong_methods_are_refused(manager: FlaskClient) -> None:
    token = {"csrf_token": csrf(manager)}
    assert manager.post("/manage/cameras", data=token).status_code == 405
    assert manager.put("/manage/cameras/door/zone", data=token).status_code == 405


def mosaic(view_id: str, cells: bytes = bytes(MOSAIC_CELLS)) -> dict[str, object]:
    shown = base64.urlsafe_b64encode(cells).decode()
    return {"v": 1, "view_id": view_id, "width": 640, "height": 480, "cells": shown}


def asked(manager: FlaskClient, hub: Hub) -> ShowView:
    """Open a view as the page does, and return what the camera is told."""
    listening = hub.bus.subscribe(topic("door"), None)
    answer = post_json(manager, "/manage/cameras/door/view")
    assert answer.status_code == 200, answer.text
    _assert_empty_view(answer.json)
    event = listening.next(1.0)
    assert event is not None
    told = decode_event(event.name, manager.application.json.dumps(event.data))
    assert isinstance(told, ShowView)
    listening.close()
    return told


def test_a_view_is_shown_for_a_minute_and_logged(
    manager: FlaskClient, hub: Hub, shop: Home, edge: Edge, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    told = asked(manager, hub)
    assert (told.expires_at - told.opened_at).total_seconds() == VIEW_SECONDS
    cells = bytes(number % 16 for number in range(MOSAIC_CELLS))
    assert edge.post("/mosaic", mosaic(told.view_id, cells)).status_code == 204
    shown = manager.get("/manage/cameras/door/view").json
    assert shown is not None
    assert shown["mosaic"] == {"width": 640, "height": 480, "cells": list(cells)}
    [entry] = entries(shop, EventKind.VIEW_OPENED)
    assert entry.detail == {"camera": "door", "seconds": 60}

    shop_clock.forward(6)
    stale = manager.get("/manage/cameras/door/view").json
    assert stale == {"seconds": 54, "mosaic": None}, "a mosaic is forgotten after five seconds"
    shop_clock.forward(54)
    assert edge.post("/mosaic", mosaic(told.view_id)).status_code == 400
    assert manager.get("/manage/cameras/door/view").json == {"seconds": 0, "mosaic": None}


def test_a_camera_that_does_not_listen_is_not_asked(
    manager: FlaskClient, shop: Home, edge: Edge
) -> None:
    answer = post_json(manager, "/manage/cameras/door/view")
    assert answer.status_code == 409
    assert answer.json is not None
    assert "not connected" in answer.json["message"]
    assert entries(shop, EventKind.VIEW_OPENED) == []


def test_nothing_unasked_is_taken(
    manager: FlaskClient,
    client: FlaskClient,
    hub: Hub,
    shop: Home,
    edge: Edge,
    shop_clock: ShopClock,
) -> None:
    shop_clock.freeze()
    assert edge.post("/mosaic", mosaic("v1")).status_code == 400
    told = asked(manager, hub)
    assert edge.post("/mosaic", mosaic("another")).status_code == 400
    other = pair_edge(client, shop, "till")
    assert other.post("/mosaic", mosaic(told.view_id)).status_code == 400
    unsigned = client.post(f"{PREFIX}/mosaic", json=mosaic(told.view_id))
    assert unsigned.status_code == 401
    for cells in (bytes(MOSAIC_CELLS + 1), bytes([16]) * MOSAIC_CELLS, b""):
        assert edge.post("/mosaic", mosaic(told.view_id, cells)).status_code == 400
    _assert_empty_view(manager.get("/manage/cameras/door/view").json)
