"""P7: a camera at a till knows who chose the till, one at the door who chose the door; never more.

Two consents, two templates, two keys: who said yes to one of them is a stranger to the other.
"""

import pytest
from flask.testing import FlaskClient

from clienteling.access.devices import DeviceKind, new_pairing
from clienteling.config import TillConfig, load_config, save_config
from clienteling.errors import RefusedError, UsageError
from clienteling.home import Home, open_home
from clienteling.oversight.breach import Breach, parse_asset, query
from clienteling.service.till_cameras import check_till_cameras, require_place
from consent.log.events import EventKind
from consent.log.ledger import EntryView
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.edges import Edge, pair_edge
from tests.support.people import EVERYTHING, Customer, join
from tests.support.shops import logged
from tests.support.tills import AT_BOTH, COUNTER, Till, identifying, pair_till, pair_till_camera
from tests.support.web import ShopClock, pairing_code
from web.context import Hub

AT_THE_TILL = frozenset({Purpose.TILL})


@pytest.fixture
def shop(shop: Home) -> Home:
    return identifying(shop)


@pytest.fixture
def people(shop: Home) -> tuple[Customer, Customer, Customer]:
    """One who chose the door, one who chose the till, one who chose both."""
    return (
        join(shop, purposes=EVERYTHING),
        join(shop, purposes=AT_THE_TILL),
        join(shop, purposes=AT_BOTH),
    )


@pytest.fixture
def door(client: FlaskClient, shop: Home) -> Edge:
    return pair_edge(client, shop, "door")


@pytest.fixture
def counter(client: FlaskClient, shop: Home) -> Edge:
    return pair_till_camera(client, shop)


@pytest.fixture
def till(client: FlaskClient, shop: Home, counter: Edge) -> Till:
    return pair_till(client, shop)


def test_each_camera_holds_the_templates_of_its_purpose_alone(
    people: tuple[Customer, Customer, Customer], door: Edge, counter: Edge
) -> None:
    at_door, at_till, at_both = people
    assert set(door.open(door.pull())) == {at_door.alias, at_both.alias}
    assert set(counter.open(counter.pull())) == {at_till.till, at_both.till}


def test_a_camera_is_told_what_it_is_for(door: Edge, counter: Edge) -> None:
    assert door.paired is not None
    assert counter.paired is not None
    assert (door.paired.policy.purpose, door.paired.policy.challenge) == ("recognise", False)
    assert (counter.paired.policy.purpose, counter.paired.policy.challenge) == ("till", True)
    assert "purpose" not in door.get("/gallery").text


def test_an_alias_of_the_other_purpose_is_nobody(
    people: tuple[Customer, Customer, Customer], door: Edge, till: Till, counter: Edge, hub: Hub
) -> None:
    both = people[2]
    window, _ = hub.windows.open("door")
    assert door.send(door.sighting(window.id, both.till, door.pull().version)) == (0, 1)
    asked = till.ask()["identification"]
    assert counter.send(counter.sighting(asked, both.alias, counter.pull().version)) == (0, 1)
    reasons = [(one.detail or {})["reason"] for one in refused(hub)]
    assert reasons == ["alias unknown", "alias unknown"]
    assert hub.board.live() == ()
    assert logged(hub.office, EventKind.TILL_ATTACHED) == ()


def test_a_camera_at_a_till_looks_only_when_that_till_asked(
    people: tuple[Customer, Customer, Customer], counter: Edge, hub: Hub
) -> None:
    """A window that no till asked for is no ground, whoever opened it."""
    version = counter.pull().version
    for window_id in (hub.windows.open(COUNTER)[0].id, "none"):
        assert counter.send(counter.sighting(window_id, people[2].till, version)) == (0, 1)
    assert {(one.detail or {})["reason"] for one in refused(hub)} == {"no open window"}
    assert logged(hub.office, EventKind.TILL_ATTACHED) == ()


def test_a_tills_window_is_no_ground_for_an_arrival(
    people: tuple[Customer, Customer, Customer], door: Edge, hub: Hub
) -> None:
    window, _ = hub.windows.open("door", till="some till")
    assert door.send(door.sighting(window.id, people[2].alias, door.pull().version)) == (0, 1)
    assert hub.board.live() == ()


@pytest.mark.parametrize(("first", "second"), [("edge", "till_cam"), ("till_cam", "edge")])
def test_a_camera_cannot_be_both(client: FlaskClient, shop: Home, first: str, second: str) -> None:
    waiting = pairing_code(shop, second, "corner")
    pair_edge(client, shop, "corner", first)
    with shop.databases.identity.write() as identity, pytest.raises(UsageError, match="elsewhere"):
        new_pairing(identity, DeviceKind(second), "box", shop.office.now(), "corner")
    with pytest.raises(AssertionError, match="elsewhere"):  # a code from before is refused too
        pair_edge(client, shop, "corner", code=waiting)


def test_where_the_till_may_not_identify_no_camera_stands_at_one(
    client: FlaskClient, shop: Home, counter: Edge
) -> None:
    config = load_config(shop.path)
    save_config(shop.path, config.model_copy(update={"till": TillConfig(identify=False)}))
    closed = open_home(shop.path, now=shop.office.now)
    with pytest.raises(UsageError, match="identify = true"):
        require_place(closed.office, DeviceKind.TILL_CAM)
    with pytest.raises(RefusedError, match=f"identify = true.*{COUNTER}"):
        check_till_cameras(closed.office, "trigger")


@pytest.mark.parametrize("policy", ["zone", "ambient", "pass"])
def test_under_a_policy_without_a_press_no_camera_stands_at_a_till(
    shop: Home, counter: Edge, policy: str
) -> None:
    check_till_cameras(shop.office, "trigger")
    with pytest.raises(RefusedError, match="policy trigger"):
        check_till_cameras(shop.office, policy)


def test_a_stolen_box_exposes_whom_it_held_and_nobody_of_the_other_place(
    people: tuple[Customer, Customer, Customer],
    door: Edge,
    counter: Edge,
    shop: Home,
    shop_clock: ShopClock,
) -> None:
    """Also once somebody who chose both has left one of them."""
    at_door, at_till, at_both = (one.subject_id for one in people)
    withdraw(shop.office, at_both, {Purpose.TILL}, actor="k", method="kiosk")
    shop_clock.forward(60)
    door.pull()
    counter.pull()
    affected = {
        edge.camera: set(
            query(
                shop.office,
                Breach((parse_asset(f"edge:{edge.device_id}"),), shop.office.now()),
                actor="user:1",
            ).subjects
        )
        for edge in (door, counter)
    }
    assert affected == {"door": {at_door, at_both}, COUNTER: {at_till}}


def refused(hub: Hub) -> tuple[EntryView, ...]:
    return logged(hub.office, EventKind.SIGHTING_REFUSED)
