"""The customer's page: all that is shared, nothing that is not, never allergies, one log entry."""

from datetime import timedelta

import pytest

from clienteling.customers import dates, lists, notes, wishes
from clienteling.customers.page import contact_of, open_page
from clienteling.customers.profile import Account, stated, write
from clienteling.customers.purchases import Line, Sale, keep_sale
from clienteling.customers.visits import note_visit
from clienteling.home import Home
from consent.errors import ConsentMissingError
from consent.log.events import EventKind
from consent.office import erase
from consent.purposes import Purpose
from consent.rights.restriction import Ground, restrict
from tests.clienteling.customers.conftest import GrantOf
from tests.support.mortal import Died, dying_after
from tests.support.people import EVERYTHING, join
from tests.support.shops import logged
from tests.support.web import ShopClock

READER = "user:1"


def test_it_shows_what_is_shared_and_logs_once(shop: Home, shop_clock: ShopClock) -> None:
    customer = join(shop, name="Robin", purposes=EVERYTHING | {Purpose.VISITS, Purpose.PURCHASES})
    office, robin = shop.office, customer.subject_id
    for number in range(7):
        note_visit(office, robin, "door" if number else None, arrival_id=str(number))
        shop_clock.forward(86_400)
    notes.add(office, robin, "a note", author=READER)
    wishes.add(office, robin, "a wish", actor=READER)
    dates.add(office, robin, (5, 1), "a day", actor=READER)
    lists.put_on(office, robin, "a call", actor=READER, for_all=False)
    for number in range(7):
        at = office.now() - timedelta(days=number)
        keep_sale(office, robin, Sale(f"sale-{number}", at, (Line("Nut bar"),)), actor="till")
    before = len(logged(office))

    page = open_page(office, robin, reader=READER, reason="search")

    assert (page.name, page.contact) == ("Robin", False)
    assert page.shared is not None
    assert page.shared.likes == ("dark chocolate",)
    assert [one.content.text for one in page.shared.notes] == ["a note"]
    assert [one.content.what for one in page.shared.wishes] == ["a wish"]
    assert [one.content.what for one in page.shared.dates] == ["a day"]
    assert [one.content.what for one in page.lists] == ["a call"]
    assert page.visits is not None
    assert [visit.camera for visit in page.visits] == ["door"] * 5
    assert page.visits[0].at > page.visits[1].at
    assert page.bought is not None
    assert [sale.number for sale in page.bought.sales] == [f"sale-{number}" for number in range(5)]
    assert [one.line.name for one in page.bought.usual] == ["Nut bar"]
    assert "milk" not in str(page)
    entries = logged(office)
    assert len(entries) == before + 1
    assert (entries[0].kind, entries[0].about) == (EventKind.PROFILE_READ, robin)
    assert entries[0].detail == {"page": "search"}


def test_what_is_not_shared_is_none(shop: Home) -> None:
    customer = join(shop, purposes=frozenset({Purpose.RECOGNISE}))
    page = open_page(shop.office, customer.subject_id, reader=READER, reason="list")
    assert (page.shared, page.bought, page.visits, page.lists) == (None, None, None, ())


def test_who_is_gone_or_restricted_has_no_page(shop: Home) -> None:
    gone, restricted = join(shop).subject_id, join(shop).subject_id
    erase(shop.office, gone, actor="c", method="c")
    restrict(shop.office, restricted, Ground.WISH, actor="c")
    for subject_id in (gone, restricted):
        with pytest.raises(ConsentMissingError):
            open_page(shop.office, subject_id, reader=READER, reason="search")
        with pytest.raises(ConsentMissingError):
            contact_of(shop.office, subject_id, reader=READER)


def test_the_address_is_asked_for_by_itself(shop: Home, grant_of: GrantOf) -> None:
    subject_id = join(shop).subject_id
    assert contact_of(shop.office, subject_id, reader=READER) == ()
    grant = grant_of(subject_id, Purpose.ACCOUNT)
    write(shop.office, grant, stated(Account, name="Robin", email="robin@example.test"))
    page = open_page(shop.office, subject_id, reader=READER, reason="search")
    assert page.contact
    assert "@" not in str(page)
    assert contact_of(shop.office, subject_id, reader=READER) == ("robin@example.test",)
    assert logged(shop.office)[0].detail == {"part": "contact"}


def test_what_cannot_be_logged_is_not_shown(shop: Home) -> None:
    subject_id = join(shop).subject_id
    with pytest.raises(Died):
        open_page(dying_after(shop, 0).office, subject_id, reader=READER, reason="search")
