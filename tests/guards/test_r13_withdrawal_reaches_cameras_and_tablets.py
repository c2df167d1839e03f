"""R13: after a withdrawal nobody is matched: online within 5 s, on a silent edge within 15 min."""

import threading
import time

import httpx
import pytest
from flask.testing import FlaskClient

from clienteling.access.devices import edges_clear
from clienteling.home import Home
from clienteling.service.windows import Outcome
from consent.models import FlowRow
from consent.office import resume, withdraw
from tests.support.edges import pair_edge
from tests.support.mortal import Died, dying_after_step
from tests.support.people import join
from tests.support.web import LiveHub, ShopClock, eventually
from web.context import Hub


def test_a_connected_camera_hears_of_a_withdrawal_within_five_seconds(live: LiveHub) -> None:
    client, customer = live.app.test_client(), join(live.home)
    edge = pair_edge(client, live.home)
    edge.pull()
    live.hub.board.announce(customer.subject_id, "door")
    headers = edge.sign("GET", "/edge/v1/events", b"", None)
    heard: list[float] = []

    def listen() -> None:
        with httpx.stream("GET", f"{live.url}/edge/v1/events", headers=headers) as answer:
            for line in answer.iter_lines():
                if line.startswith("data:") and customer.alias in line:
                    heard.append(time.monotonic())
                    return

    listener = threading.Thread(target=listen)
    listener.start()
    assert eventually(lambda: live.hub.bus.listeners("camera:door") == 1)
    begin = time.monotonic()
    withdraw(live.home.office, customer.subject_id, None, actor="device:k", method="kiosk")
    listener.join(timeout=10)
    assert heard
    assert heard[0] - begin < 5.0
    assert eventually(lambda: live.hub.board.live() == (), seconds=5)


def test_what_a_camera_still_holds_brings_nobody(hub: Hub, client: FlaskClient, shop: Home) -> None:
    """The hub refuses the alias from the very moment of withdrawal, whatever the camera knows."""
    customer = join(shop)
    edge = pair_edge(client, shop)
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    withdraw(shop.office, customer.subject_id, None, actor="device:k", method="kiosk")
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (0, 1)
    assert hub.board.live() == ()
    edge.close(window.id, "match")
    assert hub.windows.outcome(window.id, "door") is Outcome.UNKNOWN


def test_the_case_closes_only_when_every_camera_is_clear(
    client: FlaskClient, shop: Home, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    customer = join(shop)
    unplugged, online = pair_edge(client, shop, "back"), pair_edge(client, shop, "door")
    unplugged.pull()
    online.pull()
    ended = withdraw(shop.office, customer.subject_id, None, actor="device:k", method="kiosk")
    assert not ended.closed
    online.pull()
    assert resume(shop.office) == ()  # the other one has not said anything
    shop_clock.forward(899)
    assert resume(shop.office) == ()
    shop_clock.forward(2)  # 15 minutes: its lease is out
    assert ended.flow_id in resume(shop.office)
    with shop.databases.identity.read() as identity:
        assert ended.leaf_index is not None
        assert edges_clear(identity, ended.leaf_index, shop.office.now())
        assert identity.get_one(FlowRow, ended.flow_id).closed_at is not None


def test_a_withdrawal_counts_from_its_record_on_wherever_it_dies(
    hub: Hub, client: FlaskClient, shop: Home
) -> None:
    """Template, alias and key are still there; the camera is told nothing; and nobody arrives."""
    customer = join(shop)
    edge = pair_edge(client, shop)
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    dying = dying_after_step(shop, 0)
    with pytest.raises(Died):
        withdraw(dying.office, customer.subject_id, None, actor="device:k", method="kiosk")
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (0, 1)
    assert hub.board.live() == ()
