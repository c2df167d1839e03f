"""Acts on an arrival: what is not in the log did not happen; one arrival is at most one visit."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from clienteling.bus import Bus
from clienteling.customers.models import VisitRow
from clienteling.home import Home
from clienteling.service.arrivals import Arrival, ArrivalBoard, ArrivalGoneError, Staff
from clienteling.service.greeting import GreetingDesk
from consent.errors import StorageError
from consent.office import withdraw
from consent.purposes import Purpose
from consent.storage import Database
from tests.support.people import EVERYTHING, join

ANNA = Staff("user:1", "Anna")
BRAM = Staff("user:2", "Bram")


@pytest.fixture
def desk(shop: Home) -> GreetingDesk:
    return GreetingDesk(shop.office, ArrivalBoard(shop.office.now), Bus())


def _arrival(desk: GreetingDesk, shop: Home, *extra: Purpose) -> Arrival:
    customer = join(shop, purposes=EVERYTHING | set(extra))
    return desk.board.announce(customer.subject_id, "entrance")[0]


def _visits(shop: Home) -> int:
    with shop.databases.identity.read() as identity:
        return identity.scalar(select(func.count()).select_from(VisitRow)) or 0


class _FullDisk(Database):
    def write(self) -> object:  # type: ignore[override]
        raise StorageError("The disk is full.")


@pytest.mark.parametrize("act", ["claim", "confirm"])
def test_an_act_that_cannot_be_logged_is_taken_back(
    desk: GreetingDesk, shop: Home, act: str
) -> None:
    arrival = _arrival(desk, shop)
    full = _FullDisk(shop.databases.identity.engine, shop.databases.identity.kind)
    office = replace(shop.office, databases=replace(shop.databases, identity=full))
    with pytest.raises(StorageError):
        getattr(replace(desk, office=office), act)(arrival.id, ANNA)
    assert desk.board.get(arrival.id).claimed_by is None
    assert not desk.board.get(arrival.id).confirmed


def test_not_this_person_hides_even_if_it_cannot_be_logged(desk: GreetingDesk, shop: Home) -> None:
    arrival = _arrival(desk, shop)
    full = _FullDisk(shop.databases.identity.engine, shop.databases.identity.kind)
    office = replace(shop.office, databases=replace(shop.databases, identity=full))
    with desk.bus.subscribe("tablets") as heard:
        with pytest.raises(StorageError):
            replace(desk, office=office).not_this_person(arrival.id, ANNA)
        event = heard.next(0.1)
    assert event is not None
    assert event.name == "gone"


def test_an_arrival_confirmed_by_two_in_turn_is_one_visit(desk: GreetingDesk, shop: Home) -> None:
    arrival = _arrival(desk, shop, Purpose.VISITS)
    desk.confirm(arrival.id, ANNA)
    desk.release(arrival.id, ANNA)
    desk.confirm(arrival.id, BRAM)
    assert _visits(shop) == 1


def test_allergies_open_for_whoever_confirmed_only(desk: GreetingDesk, shop: Home) -> None:
    arrival = _arrival(desk, shop)
    desk.confirm(arrival.id, ANNA)
    assert desk.open(arrival.id, ANNA).card.allergies is not None
    opened = desk.open(arrival.id, BRAM)
    assert opened.card.allergies is None
    assert opened.with_colleague


def test_opening_after_the_withdrawal_takes_the_arrival_away(
    desk: GreetingDesk, shop: Home
) -> None:
    arrival = _arrival(desk, shop)
    withdraw(shop.office, arrival.subject_id, None, actor="device:kiosk", method="kiosk")
    with desk.bus.subscribe("tablets") as heard:
        with pytest.raises(ArrivalGoneError):
            desk.open(arrival.id, ANNA)
        event = heard.next(0.1)
    assert event is not None
    assert (event.name, event.data) == ("gone", {"arrival_id": arrival.id})
    assert desk.board.live() == ()
