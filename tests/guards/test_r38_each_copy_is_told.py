"""R38: the officer sees each copy go, and a case closes only when no camera can match any more."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from clienteling.access.devices import revoke
from clienteling.backups.making import make_backup
from clienteling.home import Home
from clienteling.oversight.flows import FlowState, flow_result
from consent.erasure import note_screens
from consent.models import FlowRow
from consent.office import Withdrawal, erase, resume
from consent.setting import EdgeAnswer
from tests.support.edges import Edge, pair_edge
from tests.support.people import join
from tests.support.shops import Command
from tests.support.web import ShopClock


@pytest.fixture
def edge(client: FlaskClient, shop: Home, shop_clock: ShopClock) -> Edge:
    shop_clock.freeze()
    return pair_edge(client, shop)


def leave(shop: Home, edge: Edge) -> Withdrawal:
    """Somebody whose template the camera holds leaves."""
    customer = join(shop)
    edge.pull()
    return erase(shop.office, customer.subject_id, actor="device:k", method="kiosk")


def state(shop: Home, ended: Withdrawal) -> FlowState:
    assert ended.flow_id is not None
    return flow_result(shop.office, ended.flow_id, reader=None).flow


def unplugged(_shop: Home, _edge: Edge) -> None:
    pass


def revoked(shop: Home, edge: Edge) -> None:
    with shop.databases.identity.write() as identity:
        revoke(identity, shop.office.ring, edge.device_id, actor="c", now=shop.office.now())


def never_acknowledges(_shop: Home, edge: Edge) -> None:
    """It fetches again and again, so its lease is renewed, and says nothing of the old gallery."""
    assert edge.get("/gallery").status_code == 200


@pytest.mark.parametrize("how", [unplugged, revoked])
def test_a_silent_camera_holds_the_case_for_its_lease_and_no_longer(
    shop: Home, shop_clock: ShopClock, edge: Edge, how: Callable[[Home, Edge], None]
) -> None:
    ended = leave(shop, edge)
    how(shop, edge)
    shop_clock.forward(899)
    assert resume(shop.office) == ()
    (copy,) = state(shop, ended).edges
    assert (copy.answer, copy.seconds) == (EdgeAnswer.WAITING, None)
    shop_clock.forward(2)
    assert resume(shop.office) == (ended.flow_id,)
    (copy,) = state(shop, ended).edges
    assert (copy.answer, copy.seconds) == (EdgeAnswer.LEASE_OUT, 901.0)


def test_a_camera_that_never_acknowledges_holds_the_case(
    shop: Home, shop_clock: ShopClock, edge: Edge
) -> None:
    ended = leave(shop, edge)
    for _ in range(3):
        shop_clock.forward(600)
        never_acknowledges(shop, edge)
        assert resume(shop.office) == ()
    assert state(shop, ended).closed_at is None
    edge.pull()
    assert resume(shop.office) == (ended.flow_id,)


def test_each_copy_has_its_seconds_and_they_stay_when_the_case_is_closed(
    shop: Home, shop_clock: ShopClock, edge: Edge, tmp_path: Path
) -> None:
    backup = make_backup(shop, tmp_path / "b" / "data", tmp_path / "b" / "keys")
    ended = leave(shop, edge)
    shop_clock.forward(1)
    with shop.databases.identity.read() as identity:
        row = identity.get_one(FlowRow, ended.flow_id)
    for _ in range(2):  # that it is said again later changes nothing
        note_screens(shop.office, [(row.subject_id, row.opened_at)])
        shop_clock.forward(1)
    edge.pull()
    resume(shop.office)
    shop_clock.forward(60)

    flow = state(shop, ended)

    assert flow.closed_at is not None
    assert (flow.seconds, flow.keys_seconds, flow.data_seconds) == (3.0, 0.0, 0.0)
    assert flow.screens_seconds == 1.0
    assert [(copy.answer, copy.seconds) for copy in flow.edges] == [(EdgeAnswer.REMOVED, 3.0)]
    assert flow.keys_until == backup.keys_until
    with shop.databases.identity.read() as identity:
        kept = identity.get_one(FlowRow, ended.flow_id).data
    assert kept.keys() == {"done", "edges", "screens", "receipt"}


def test_a_copy_of_the_keys_made_later_does_not_count(
    shop: Home, shop_clock: ShopClock, edge: Edge, tmp_path: Path
) -> None:
    ended = leave(shop, edge)
    edge.pull()
    resume(shop.office)
    shop_clock.forward(1)
    assert state(shop, ended).keys_until is None
    make_backup(shop, tmp_path / "b" / "data", tmp_path / "b" / "keys")
    assert state(shop, ended).keys_until is None


def test_the_command_tells_the_same(command: Command, shop: Home, edge: Edge) -> None:
    ended = leave(shop, edge)
    with shop.databases.identity.read() as identity:
        subject_id = identity.get_one(FlowRow, ended.flow_id).subject_id
    (told,) = command("consent", "show", subject_id, "--json").json["endings"]
    assert (told["hub_done"], told["closed_at"]) == (True, None)
    assert [copy["answer"] for copy in told["edges"]] == ["waiting"]
