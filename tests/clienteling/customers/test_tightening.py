"""A dismissed arrival makes that customer's template stricter, for a while, and nobody else's."""

import pytest
from sqlalchemy import select

from clienteling.bus import Bus
from clienteling.customers.edge_gallery import pack_gallery
from clienteling.customers.models import AliasRow
from clienteling.customers.templates import open_gallery
from clienteling.customers.tightening import STEP_LASTS, relax
from clienteling.edge_protocol import EdgePolicy
from clienteling.home import Home
from clienteling.recognition.decide import STRICTEST
from clienteling.service.arrivals import ArrivalBoard, Staff
from clienteling.service.greeting import GreetingDesk
from consent.log.events import EventKind
from consent.log.ledger import gallery_version
from consent.office import withdraw
from consent.purposes import Purpose
from consent.sealing import new_device_keys
from tests.support.people import MODEL_ID, Customer, join
from tests.support.shops import logged
from tests.support.web import ShopClock

ANNA = Staff("user:1", "Anna")


def steps(shop: Home) -> dict[str, int]:
    gallery = open_gallery(shop.office, MODEL_ID)
    return dict(zip(gallery.aliases, gallery.stricter, strict=True))


def dismiss(shop: Home, customer: Customer, times: int = 1) -> None:
    desk = GreetingDesk(shop.office, ArrivalBoard(shop.office.now), Bus())
    for _ in range(times):
        arrival, _new = desk.board.announce(customer.subject_id, "entrance")
        desk.not_this_person(arrival.id, ANNA)


def version(shop: Home) -> int:
    with shop.databases.identity.read() as identity:
        return gallery_version(identity)


@pytest.fixture
def robin(shop: Home) -> Customer:
    return join(shop)


def test_each_dismissal_is_a_step_for_that_customer_up_to_the_most(
    shop: Home, robin: Customer
) -> None:
    other = join(shop)
    found = []
    for _ in range(STRICTEST + 1):
        dismiss(shop, robin)
        found.append(steps(shop))
    assert [one[robin.alias] for one in found] == [1, 2, 3, 3]
    assert {one[other.alias] for one in found} == {0}


def test_the_cameras_get_it_with_a_new_gallery(shop: Home, robin: Customer) -> None:
    before = version(shop)
    dismiss(shop, robin, 2)
    assert version(shop) > before
    policy = EdgePolicy(region="eu", policy="trigger", model_id=MODEL_ID, live=True)
    keys = new_device_keys()
    reply = pack_gallery(
        shop.office, device_id="e", open_public=keys.open_public, policy=policy, stopped=False
    )
    assert [entry.stricter for entry in reply.entries] == [2]


def test_a_step_goes_each_week_until_none_is_left(
    shop: Home, robin: Customer, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    dismiss(shop, robin, 2)
    week = STEP_LASTS.total_seconds()
    shop_clock.forward(week - 1)
    assert relax(shop.office) == 0
    shop_clock.forward(1)
    before = version(shop)
    assert relax(shop.office) == 1
    assert version(shop) > before
    assert relax(shop.office) == 0  # not two at once
    shop_clock.forward(week)
    assert relax(shop.office) == 1
    assert steps(shop) == {robin.alias: 0}
    shop_clock.forward(week)
    assert relax(shop.office) == 0


def test_another_dismissal_begins_the_week_anew(
    shop: Home, robin: Customer, shop_clock: ShopClock
) -> None:
    dismiss(shop, robin, STRICTEST)
    shop_clock.forward(STEP_LASTS.total_seconds() - 10)
    dismiss(shop, robin)
    shop_clock.forward(20)
    assert relax(shop.office) == 0


def test_who_told_their_name_was_not_taken_for_anybody(shop: Home, robin: Customer) -> None:
    desk = GreetingDesk(shop.office, ArrivalBoard(shop.office.now), Bus())
    arrival = desk.ask_for(robin.subject_id, ANNA)
    desk.not_this_person(arrival.id, ANNA)
    assert steps(shop) == {robin.alias: 0}
    assert logged(shop.office, EventKind.TEMPLATE_TIGHTENED) == ()


def test_nothing_of_the_stranger_is_kept(shop: Home, robin: Customer) -> None:
    """The log says that it happened, and the row by how many steps and since when; no more."""
    dismiss(shop, robin)
    [entry] = logged(shop.office, EventKind.TEMPLATE_TIGHTENED)
    assert (entry.about, entry.actor, entry.detail) == (robin.subject_id, ANNA.id, {"steps": 1})
    with shop.databases.identity.read() as identity:
        [row] = identity.scalars(select(AliasRow))
        assert (row.stricter, row.look_alike) == (1, False)


def test_it_goes_with_the_template(shop: Home, robin: Customer, shop_clock: ShopClock) -> None:
    dismiss(shop, robin)
    withdraw(shop.office, robin.subject_id, [Purpose.RECOGNISE], actor="c", method="c")
    with shop.databases.identity.read() as identity:
        assert identity.scalars(select(AliasRow)).all() == []
    dismiss(shop, robin)  # a card that was still open: there is nothing to make stricter
    shop_clock.forward(STEP_LASTS.total_seconds())
    assert relax(shop.office) == 0
