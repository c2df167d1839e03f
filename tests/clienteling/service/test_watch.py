"""What stands in the log reaches tablets and cameras, whoever wrote it."""

import pytest
from flask.testing import FlaskClient

from clienteling.bus import Subscription
from clienteling.customers.templates import open_gallery
from clienteling.customers.tightening import STEP_LASTS, tighten
from clienteling.home import Home, open_home
from clienteling.retention.clock import confirm
from clienteling.service.cameras import topic
from clienteling.service.stop import is_stopped, resume_recognition, stop
from clienteling.service.windows import Outcome
from consent.office import erase, withdraw
from consent.purposes import Purpose
from tests.support.edges import pair_edge
from tests.support.people import MODEL_ID, join
from tests.support.web import LiveHub, ShopClock, eventually
from web.context import Hub


def names(listener: Subscription) -> list[str]:
    found = []
    while (event := listener.next(0)) is not None:
        found.append(event.name)
    return found


@pytest.fixture
def hub_with_edge(hub: Hub, client: FlaskClient, shop: Home) -> Hub:
    pair_edge(client, shop)
    return hub


@pytest.mark.parametrize("purpose", [Purpose.RECOGNISE, None])
def test_withdrawing_recognition_takes_the_card_off_and_revokes_the_alias(
    hub_with_edge: Hub, shop: Home, purpose: Purpose | None
) -> None:
    hub, customer = hub_with_edge, join(shop)
    hub.watcher.step()
    hub.board.announce(customer.subject_id, "door")
    with hub.bus.subscribe("tablets") as tablets, hub.bus.subscribe(topic("door")) as camera:
        purposes = None if purpose is None else {purpose}
        withdraw(shop.office, customer.subject_id, purposes, actor="command", method="command")
        hub.watcher.step()
        assert names(tablets) == ["gone"]
        events = []
        while (event := camera.next(0)) is not None:
            events.append(event)
    assert hub.board.live() == ()
    revoked = [event for event in events if event.name == "revoke"]
    assert revoked[0].data["aliases"] == [customer.alias]


def test_erasing_takes_the_card_off(hub_with_edge: Hub, shop: Home) -> None:
    hub, customer = hub_with_edge, join(shop)
    hub.board.announce(customer.subject_id, "door")
    erase(shop.office, customer.subject_id, actor="command", method="command")
    hub.watcher.step()
    assert hub.board.live() == ()


def test_withdrawing_another_purpose_makes_tablets_fetch_the_card_again(
    hub_with_edge: Hub, shop: Home
) -> None:
    hub, customer = hub_with_edge, join(shop)
    hub.board.announce(customer.subject_id, "door")
    hub.watcher.step()
    with hub.bus.subscribe("tablets") as tablets:
        purposes = {Purpose.ALLERGIES}
        withdraw(shop.office, customer.subject_id, purposes, actor="command", method="command")
        hub.watcher.step()
        assert names(tablets) == ["changed"]
    assert len(hub.board.live()) == 1


def test_a_new_template_makes_cameras_pull(hub_with_edge: Hub, shop: Home) -> None:
    with hub_with_edge.bus.subscribe(topic("door")) as camera:
        join(shop)
        hub_with_edge.watcher.step()
        assert "gallery" in names(camera)


def test_strictness_whose_time_is_over_ends_and_cameras_pull(
    hub_with_edge: Hub, shop: Home, shop_clock: ShopClock
) -> None:
    customer, hub = join(shop), hub_with_edge
    with shop.databases.identity.write() as identity:
        tighten(identity, shop.office, customer.subject_id, actor="user:1")
    shop_clock.forward(STEP_LASTS.total_seconds())
    hub.watcher.step()
    confirm(shop.office, by="manager", actor="command")
    with hub.bus.subscribe(topic("door")) as camera:
        hub.watcher._flows_at = 0.0
        hub.watcher.step()  # reads the log, then sweeps
        names(camera)
        hub.watcher.step()
        assert "gallery" in names(camera)
    assert open_gallery(shop.office, MODEL_ID).stricter == (0,)


def test_the_stop_switch_stops_everything_at_once(hub_with_edge: Hub, shop: Home) -> None:
    hub, customer = hub_with_edge, join(shop)
    hub.watcher.step()
    hub.board.announce(customer.subject_id, "door")
    window, _ = hub.windows.open("door")
    with hub.bus.subscribe("tablets") as tablets, hub.bus.subscribe(topic("door")) as camera:
        assert stop(shop.office, actor="user:1")
        hub.watcher.step()
        assert names(tablets) == ["gone", "stopped"]
        assert names(camera) == ["stop"]
        assert resume_recognition(shop.office, actor="user:1")
        hub.watcher.step()
        assert names(tablets) == ["resumed"]
        assert names(camera) == ["resume"]
    assert hub.windows.outcome(window.id, "door") is Outcome.STOPPED


def test_stopping_twice_is_one_entry(shop: Home) -> None:
    assert stop(shop.office, actor="user:1")
    assert not stop(shop.office, actor="user:1")
    with shop.databases.identity.read() as identity:
        assert is_stopped(identity)
    assert resume_recognition(shop.office, actor="user:1")
    assert not resume_recognition(shop.office, actor="user:1")


def test_tablets_hear_that_two_minutes_are_over(
    hub: Hub, shop: Home, shop_clock: ShopClock
) -> None:
    hub.board.announce("subject", "door")
    shop_clock.forward(121)
    with hub.bus.subscribe("tablets") as tablets:
        hub.watcher.step()
        assert names(tablets) == ["gone"]


def test_an_act_of_another_process_is_noticed_within_half_a_second(
    live: LiveHub, shop: Home, shop_clock: ShopClock
) -> None:
    """A command opens the same data folder for itself, as this second home does."""
    customer = join(shop)
    live.hub.board.announce(customer.subject_id, "door")
    other = open_home(shop.path, now=shop_clock)
    withdraw(other.office, customer.subject_id, None, actor="command", method="command")
    assert eventually(lambda: live.hub.board.live() == (), seconds=3)
    other.databases.close()


def test_a_watcher_that_fails_goes_on_and_the_hub_says_so(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def broken() -> None:
        calls.append(1)
        raise RuntimeError

    monkeypatch.setattr(hub.watcher, "_read_log", broken)
    hub.watcher.start()
    assert eventually(lambda: len(calls) > 1)
    assert hub.watcher.lag > 0
    hub.watcher.stop()
    assert not hub.watcher.running
