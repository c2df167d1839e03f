"""R36: history that comes of matching is kept only with a consent of its own."""

from sqlalchemy import func, select

from clienteling.customers.card import build_card
from clienteling.customers.models import VisitRow
from clienteling.customers.overview import overview
from clienteling.customers.sightings import resolve
from clienteling.customers.visits import note_visit
from clienteling.home import Home
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.people import EVERYTHING, join


def kept(shop: Home) -> int:
    with shop.databases.identity.read() as identity:
        return identity.scalar(select(func.count()).select_from(VisitRow)) or 0


def test_recognising_somebody_leaves_no_visit(shop: Home) -> None:
    customer = join(shop, purposes=EVERYTHING)

    resolve(shop.office, customer.alias, names=True, actor="command")
    for confirmed in (False, True):
        build_card(shop.office, customer.subject_id, reader="user:1", confirmed=confirmed)
    overview(shop.office, customer.subject_id, reader="command")

    assert not note_visit(shop.office, customer.subject_id, "entrance", arrival_id="a")
    assert kept(shop) == 0


def test_the_purpose_and_nothing_else_keeps_one(shop: Home) -> None:
    customer = join(shop, purposes=frozenset({Purpose.VISITS}))
    assert note_visit(shop.office, customer.subject_id, "entrance", arrival_id="a")
    assert kept(shop) == 1

    withdraw(shop.office, customer.subject_id, [Purpose.VISITS], actor="c", method="c")

    assert kept(shop) == 0
    assert not note_visit(shop.office, customer.subject_id, "entrance", arrival_id="b")
    assert kept(shop) == 0


def test_nobody_has_no_visit(shop: Home) -> None:
    assert not note_visit(shop.office, "nobody", "entrance", arrival_id="a")
    assert kept(shop) == 0
