"""From a sighting to an arrival: every numbered check, each with its refusal."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.access.models import DeviceRow
from clienteling.home import Home
from clienteling.service.arrivals import Staff
from clienteling.service.figures import Figure, figures
from clienteling.service.sightings import UNASKED_PER_MINUTE
from clienteling.service.stop import resume_recognition, stop
from clienteling.service.windows import Outcome
from consent.clock import stamp
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import erase, withdraw
from consent.purposes import Purpose
from tests.support.edges import Edge, pair_edge
from tests.support.people import Customer, join
from tests.support.web import POLICY, ShopClock, attest_sign, export_record
from web.context import Hub


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(shop)


@pytest.fixture
def edge(client: FlaskClient, shop: Home, customer: Customer) -> Edge:
    return pair_edge(client, shop)


def reasons(home: Home) -> list[object]:
    with home.databases.identity.read() as identity:
        entries = ledger.search(identity, kinds={EventKind.SIGHTING_REFUSED})
    return [entry.detail["reason"] for entry in entries if entry.detail is not None]


def test_a_sighting_becomes_an_arrival(hub: Hub, edge: Edge, customer: Customer) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (1, 0)
    (arrival,) = hub.board.live()
    assert (arrival.subject_id, arrival.camera) == (customer.subject_id, "door")
    assert hub.windows.outcome(window.id, "door") is Outcome.COMING


def test_tablets_hear_an_id_and_nothing_else(hub: Hub, edge: Edge, customer: Customer) -> None:
    version = edge.pull().version
    with hub.bus.subscribe("tablets") as tablets:
        window, _ = hub.windows.open("door")
        edge.send(edge.sighting(window.id, customer.alias, version))
        event = tablets.next(1)
    assert event is not None
    assert (event.name, set(event.data)) == ("arrival", {"arrival_id"})


def test_the_same_sighting_again_is_answered_the_same_without_a_second_arrival(
    hub: Hub, edge: Edge, customer: Customer
) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    sighting = edge.sighting(window.id, customer.alias, version)
    assert edge.send(sighting) == (1, 0)
    hub.board.clear()
    assert edge.send(sighting) == (1, 0)
    assert hub.board.live() == ()


def test_an_old_number_with_another_nonce_is_a_replay(
    hub: Hub, edge: Edge, customer: Customer
) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    edge.send(edge.sighting(window.id, customer.alias, version))
    again, _ = hub.windows.open("door")
    forged = edge.sighting(again.id, customer.alias, version, sequence=1)
    assert edge.send(forged) == (0, 1)
    assert reasons(edge.home) == ["replayed"]


def test_numbers_must_rise_also_after_a_restart_of_the_hub(
    hub: Hub, edge: Edge, customer: Customer
) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    sighting = edge.sighting(window.id, customer.alias, version)
    edge.send(sighting)
    hub.desk._answers.clear()
    assert edge.send(sighting) == (0, 1)
    assert reasons(edge.home) == ["replayed"]


def test_a_picture_older_than_30_seconds_is_refused(
    hub: Hub, edge: Edge, customer: Customer
) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    old = stamp(edge.home.office.now() - timedelta(seconds=31))
    assert edge.send(edge.sighting(window.id, customer.alias, version, captured_at=old)) == (0, 1)
    assert reasons(edge.home) == ["too old"]


def test_a_camera_speaks_for_itself_only(hub: Hub, edge: Edge, customer: Customer) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("back")
    assert edge.send(edge.sighting(window.id, customer.alias, version, camera="back")) == (0, 1)
    assert reasons(edge.home) == ["other camera"]


def test_while_recognition_is_stopped_nobody_arrives(
    hub: Hub, edge: Edge, customer: Customer
) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    stop(edge.home.office, actor="user:1")
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (0, 1)
    assert reasons(edge.home) == ["recognition stopped"]
    resume_recognition(edge.home.office, actor="user:1")
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (1, 0)


def test_nobody_arrives_without_a_window(hub: Hub, edge: Edge, customer: Customer) -> None:
    version = edge.pull().version
    assert edge.send(edge.sighting("no-window", customer.alias, version)) == (0, 1)
    assert reasons(edge.home) == ["no open window"]


def test_a_window_serves_one_decision(hub: Hub, edge: Edge, customer: Customer) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    edge.close(window.id, "unknown")
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (0, 1)
    assert reasons(edge.home) == ["no open window"]


def test_a_window_long_past_serves_nobody(
    hub: Hub, edge: Edge, customer: Customer, shop_clock: ShopClock
) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    shop_clock.forward(16)
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (0, 1)
    assert reasons(edge.home) == ["no open window"]


def test_when_the_lease_is_out_nobody_arrives(
    hub: Hub, edge: Edge, customer: Customer, shop_clock: ShopClock
) -> None:
    version = edge.pull().version
    shop_clock.forward(901)
    window, _ = hub.windows.open("door")
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (0, 1)
    assert reasons(edge.home) == ["lease out"]


def test_without_any_lease_nobody_arrives(hub: Hub, edge: Edge, customer: Customer) -> None:
    window, _ = hub.windows.open("door")
    assert edge.send(edge.sighting(window.id, customer.alias, 0)) == (0, 1)
    assert reasons(edge.home) == ["lease out"]


@pytest.mark.parametrize("off", [-1, 1])
def test_a_gallery_that_the_edge_cannot_hold_is_refused(
    hub: Hub, edge: Edge, customer: Customer, off: int
) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    assert edge.send(edge.sighting(window.id, customer.alias, version + off)) == (0, 1)
    assert reasons(edge.home) == ["gallery version"]


def test_an_unknown_alias_is_refused(hub: Hub, edge: Edge) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    assert edge.send(edge.sighting(window.id, "nobody", version)) == (0, 1)
    assert reasons(edge.home) == ["alias unknown"]


@pytest.mark.parametrize("leave", [withdraw, erase])
def test_who_left_does_not_arrive(hub: Hub, edge: Edge, customer: Customer, leave: object) -> None:
    version = edge.pull().version
    office = edge.home.office
    window, _ = hub.windows.open("door")
    if leave is withdraw:
        purposes = {Purpose.RECOGNISE}
        withdraw(office, customer.subject_id, purposes, actor="device:kiosk", method="kiosk")
    else:
        erase(office, customer.subject_id, actor="device:kiosk", method="kiosk")
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (0, 1)
    assert hub.board.live() == ()
    assert reasons(edge.home) == ["alias unknown"]


def test_a_lapsed_consent_gives_no_arrival(
    hub: Hub, edge: Edge, customer: Customer, shop_clock: ShopClock
) -> None:
    shop_clock.forward(366 * 24 * 3600)
    with edge.home.databases.identity.write() as identity:
        attest_sign(edge.home, identity, "door")
    export_record(edge.home)
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (0, 1)
    assert reasons(edge.home) == ["no consent"]


def test_a_refusal_names_nobody(hub: Hub, edge: Edge, customer: Customer) -> None:
    version = edge.pull().version
    edge.send(edge.sighting("no-window", customer.alias, version))
    with edge.home.databases.identity.read() as identity:
        (entry,) = ledger.search(identity, kinds={EventKind.SIGHTING_REFUSED})
    assert entry.about is None
    assert entry.detail == {"reason": "no open window"}


def test_a_customer_who_presses_twice_is_on_the_board_once(
    hub: Hub, edge: Edge, customer: Customer
) -> None:
    version = edge.pull().version
    for _ in range(2):
        window, _ = hub.windows.open("door")
        assert edge.send(edge.sighting(window.id, customer.alias, version)) == (1, 0)
        assert hub.windows.outcome(window.id, "door") is Outcome.COMING
    assert len(hub.board.live()) == 1


@pytest.mark.parametrize(
    ("decision", "outcome", "figure"),
    [
        ("unknown", Outcome.UNKNOWN, Figure.UNKNOWN),
        ("ambiguous", Outcome.UNKNOWN, Figure.AMBIGUOUS),
        ("abort", Outcome.SEVERAL, Figure.ABORT),
        ("none", Outcome.NOBODY, Figure.NONE),
        ("match", Outcome.UNKNOWN, Figure.UNKNOWN),
    ],
)
def test_how_a_window_ended_shows_and_counts_once(
    hub: Hub, edge: Edge, decision: str, outcome: Outcome, figure: Figure
) -> None:
    window, _ = hub.windows.open("door")
    edge.close(window.id, decision)
    edge.close(window.id, decision)
    assert hub.windows.outcome(window.id, "door") is outcome
    with edge.home.databases.identity.read() as identity:
        counted = figures(identity, edge.home.office.now().date())
    assert counted[figure] == 1


def test_another_cameras_window_cannot_be_closed(
    hub: Hub, edge: Edge, client: FlaskClient, shop: Home
) -> None:
    other = pair_edge(client, shop, "back")
    window, _ = hub.windows.open("door")
    other.close(window.id, "unknown")
    assert hub.windows.outcome(window.id, "door") is Outcome.LOOKING


def test_the_number_of_a_refused_sighting_is_spent(
    hub: Hub, edge: Edge, customer: Customer
) -> None:
    version = edge.pull().version
    edge.send(edge.sighting("no-window", customer.alias, version))
    with edge.home.databases.identity.read() as identity:
        assert identity.scalars(select(DeviceRow.sequence)).one() == 1


def looking(hub: Hub, policy: str) -> None:
    """Have this hub's cameras look under another policy."""
    hub.desk._policy = POLICY.model_copy(update={"policy": policy, "region": "us"})


@pytest.mark.parametrize("ground", ["zone", "ambient"])
def test_where_the_policy_needs_no_window_a_sighting_without_one_is_an_arrival(
    hub: Hub, edge: Edge, customer: Customer, ground: str
) -> None:
    looking(hub, ground)
    version = edge.pull().version
    assert edge.send(edge.sighting(None, customer.alias, version, ground=ground)) == (1, 0)
    (arrival,) = hub.board.live()
    assert arrival.subject_id == customer.subject_id


@pytest.mark.parametrize(
    ("policy", "ground"),
    [
        ("trigger", "zone"),
        ("trigger", "ambient"),
        ("zone", "ambient"),
        ("ambient", "zone"),
        ("pass", "zone"),
    ],
)
def test_another_ground_than_the_shops_policy_is_refused(
    hub: Hub, edge: Edge, customer: Customer, policy: str, ground: str
) -> None:
    looking(hub, policy)
    version = edge.pull().version
    assert edge.send(edge.sighting(None, customer.alias, version, ground=ground)) == (0, 1)
    assert reasons(edge.home) == ["not this shop's policy"]


def test_under_zone_a_window_is_no_ground(hub: Hub, edge: Edge, customer: Customer) -> None:
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    looking(hub, "zone")
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (0, 1)
    assert reasons(edge.home) == ["not this shop's policy"]


@pytest.mark.parametrize(
    ("window_id", "ground"), [(None, "window"), ("w1", "zone"), ("w1", "ambient"), (None, "other")]
)
def test_a_sighting_names_its_window_or_a_ground_that_needs_none(
    edge: Edge, customer: Customer, window_id: str | None, ground: str
) -> None:
    sighting = edge.sighting(window_id, customer.alias, 0, ground=ground)
    assert edge.post("/sightings", {"v": 1, "sightings": [sighting]}).status_code == 400


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"age": 31.0}, "too old"),
        ({"camera": "back"}, "other camera"),
        ({"version": 1}, "gallery version"),
        ({"alias": "nobody"}, "alias unknown"),
    ],
)
def test_every_other_check_holds_without_a_window_too(
    hub: Hub, edge: Edge, customer: Customer, changes: dict[str, object], reason: str
) -> None:
    looking(hub, "ambient")
    version = edge.pull().version
    sighting = edge.sighting(
        None,
        str(changes.get("alias", customer.alias)),
        version + (1 if "version" in changes else 0),
        ground="ambient",
        camera=changes.get("camera", "door"),
        captured_at=stamp(edge.home.office.now() - timedelta(seconds=float(changes.get("age", 0)))),  # type: ignore[arg-type]
    )
    assert edge.send(sighting) == (0, 1)
    assert reasons(edge.home) == [reason]
    assert hub.board.live() == ()


def test_a_camera_box_cannot_have_the_whole_shop_announced(
    hub: Hub, edge: Edge, customer: Customer, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    looking(hub, "ambient")
    version = edge.pull().version
    batch = [
        edge.sighting(None, customer.alias, version, ground="ambient")
        for _ in range(UNASKED_PER_MINUTE + 5)
    ]
    assert edge.send(*batch) == (UNASKED_PER_MINUTE, 5)
    assert set(reasons(edge.home)) == {"too many"}
    shop_clock.forward(61)
    assert edge.send(edge.sighting(None, customer.alias, version, ground="ambient")) == (1, 0)


def test_seen_again_while_the_arrival_lives_is_the_same_arrival(
    hub: Hub, edge: Edge, customer: Customer
) -> None:
    looking(hub, "ambient")
    version = edge.pull().version
    for _ in range(3):
        assert edge.send(edge.sighting(None, customer.alias, version, ground="ambient")) == (1, 0)
    assert len(hub.board.live()) == 1
    with edge.home.databases.identity.read() as identity:
        announced = ledger.search(identity, kinds={EventKind.ARRIVAL_ANNOUNCED})
    assert len(announced) == 1


def test_not_this_person_is_not_announced_again_unasked(
    hub: Hub, edge: Edge, customer: Customer, shop_clock: ShopClock
) -> None:
    """Staff said so: the card does not come back with the next look of the same camera."""
    looking(hub, "ambient")
    version = edge.pull().version

    def see() -> int:
        edge.send(edge.sighting(None, customer.alias, version, ground="ambient"))
        return len(hub.board.live())

    assert see() == 1
    hub.board.dismiss(hub.board.live()[0].id, Staff("user:1", "Anna"))
    assert see() == 0
    shop_clock.forward(121)
    assert see() == 1


def test_who_presses_is_announced_again_after_not_this_person(
    hub: Hub, edge: Edge, customer: Customer
) -> None:
    version = edge.pull().version
    for _ in range(2):
        window, _ = hub.windows.open("door")
        edge.send(edge.sighting(window.id, customer.alias, version))
        (arrival,) = hub.board.live()
        hub.board.dismiss(arrival.id, Staff("user:1", "Anna"))
