"""R7: a camera without a valid attestation of its sign gets no window and no template.

Fails when `SignBook.hold` returns None, or when one of the desks does not ask it.
"""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.service.cameras import topic
from clienteling.service.models import SignRow
from clienteling.service.signs import Hold, SignBook, attest
from clienteling.service.windows import Outcome, Window
from consent.log.events import EventKind
from tests.support.edges import Edge, pair_edge
from tests.support.people import join
from tests.support.shops import logged
from tests.support.web import ShopClock, attest_sign
from web.context import Hub

CAMERA = "door"


def take_away(shop: Home) -> None:
    with shop.databases.identity.write() as identity:
        identity.delete(identity.get_one(SignRow, CAMERA))


def stopped(edge: Edge) -> bool:
    """What the camera is told when it asks for its gallery: then there is nothing in it."""
    reply = edge.pull()
    assert not (reply.stopped and reply.entries)
    return reply.stopped


def test_without_it_nobody_is_looked_at(client: FlaskClient, hub: Hub, shop: Home) -> None:
    edge = pair_edge(client, shop)
    hub.bus.subscribe(topic(CAMERA))
    take_away(shop)

    assert hub.presses.press(CAMERA) is Outcome.UNAVAILABLE
    assert stopped(edge)

    with shop.databases.identity.write() as identity:
        attest_sign(shop, identity, CAMERA)
    assert isinstance(hub.presses.press(CAMERA), Window)
    assert not stopped(edge)


def test_it_runs_out(client: FlaskClient, hub: Hub, shop: Home, shop_clock: ShopClock) -> None:
    edge = pair_edge(client, shop)
    shop_clock.forward(timedelta(days=365).total_seconds())
    assert not stopped(edge)

    shop_clock.forward(timedelta(days=1).total_seconds())
    assert stopped(edge)
    assert hub.presses.press(CAMERA) is Outcome.UNAVAILABLE


def test_every_attestation_is_in_the_log(client: FlaskClient, shop: Home) -> None:
    pair_edge(client, shop)

    (entry,) = logged(shop.office, EventKind.SIGN_ATTESTED)
    detail = entry.detail or {}
    assert (detail["camera"], detail["role"], entry.actor) == (CAMERA, "test manager", "command")


def test_the_shop_s_date_covers_the_cameras_of_that_day_only(
    client: FlaskClient, shop: Home
) -> None:
    pair_edge(client, shop)
    take_away(shop)
    today = shop.office.now().date()

    def hold(shop_wide: date | None) -> Hold | None:
        with shop.databases.identity.read() as identity:
            return SignBook(shop.office, "trigger", shop_wide).hold(identity, CAMERA)

    assert hold(today) is None
    assert hold(today - timedelta(1)) is Hold.NO_SIGN  # the camera came later
    assert hold(today + timedelta(1)) is Hold.NO_SIGN  # a day that has not come
    assert hold(None) is Hold.NO_SIGN


@pytest.mark.parametrize(
    ("camera", "role", "days"),
    [("dor", "manager", 0), (CAMERA, " ", 0), (CAMERA, "x" * 61, 0), (CAMERA, "manager", 1),
     (CAMERA, "manager", -366)],
)  # fmt: skip
def test_what_says_nothing_is_not_taken(
    client: FlaskClient, shop: Home, camera: str, role: str, days: int
) -> None:
    pair_edge(client, shop)
    on = shop.office.now().date() + timedelta(days)

    with pytest.raises(UsageError), shop.databases.identity.write() as identity:
        attest(identity, shop.office, camera, role=role, on=on, actor="command")
    assert len(logged(shop.office, EventKind.SIGN_ATTESTED)) == 1


def test_what_such_a_camera_has_seen_is_not_taken(
    client: FlaskClient, hub: Hub, shop: Home
) -> None:
    customer, edge = join(shop), pair_edge(client, shop)
    version = edge.pull().version
    window, _ = hub.windows.open(CAMERA)
    take_away(shop)
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (0, 1)
    assert hub.board.live() == ()
    with shop.databases.identity.write() as identity:
        attest_sign(shop, identity, CAMERA)
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (1, 0)
