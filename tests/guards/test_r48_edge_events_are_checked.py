"""R48: a sighting counts only with the device's signature, in order, once, and at most 30 s old.

The steps one by one: tests/web/edge. Here each control, switched off, would let an arrival through.
"""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from clienteling.edge_protocol import PREFIX
from clienteling.home import Home
from consent.clock import stamp
from tests.support.edges import Edge, pair_edge
from tests.support.people import Customer, join
from web.context import Hub


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(shop)


@pytest.fixture
def edge(client: FlaskClient, shop: Home, customer: Customer) -> Edge:
    return pair_edge(client, shop)


def test_forged_replayed_reordered_and_late_sightings_bring_nobody(
    hub: Hub, client: FlaskClient, edge: Edge, customer: Customer, shop: Home
) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    good = edge.sighting(window.id, customer.alias, version)
    body = client.application.json.dumps({"v": 1, "sightings": [good]}).encode()
    path = f"{PREFIX}/sightings"

    def post(headers: dict[str, str]) -> int:
        return client.post(path, data=body, headers=headers).status_code

    # Forged: no signature, or another device's.
    assert post({}) == 401
    stranger = pair_edge(client, shop, "back")
    stranger.device_id = edge.device_id
    assert post(stranger.sign("POST", path, body, None)) == 401
    # Late: signed 31 seconds ago, or 31 seconds ahead.
    for seconds in (-31, 31):
        at = shop.office.now() + timedelta(seconds=seconds)
        assert post(edge.sign("POST", path, body, at)) == 401
    assert hub.board.live() == ()

    # The real one arrives, and its signed request works once.
    headers = edge.sign("POST", path, body, None)
    assert post(headers) == 200
    assert len(hub.board.live()) == 1
    assert post(headers) == 409

    # Reordered: a number that is not higher, in a new window, however well signed.
    hub.board.clear()
    again, _ = hub.windows.open("door")
    lower = edge.sighting(again.id, customer.alias, version, sequence=good["sequence"])
    assert edge.send(lower) == (0, 1)
    # Late inside a fresh request: the picture itself is 31 seconds old.
    old = stamp(shop.office.now() - timedelta(seconds=31))
    assert edge.send(edge.sighting(again.id, customer.alias, version, captured_at=old)) == (0, 1)
    assert hub.board.live() == ()
