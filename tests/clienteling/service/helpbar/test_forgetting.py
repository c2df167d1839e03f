"""Service requests go: by their time, with the account, at once; and go along with a merge."""

import pytest
from sqlalchemy import func, select

from clienteling.home import Home
from clienteling.service.helpbar import acts
from clienteling.service.helpbar.forgetting import (
    KEPT,
    STRANGERS_KEPT,
    carry_over,
    forget_now,
)
from clienteling.service.helpbar.kinds import Asked, HelpKind, HelpStatus, NewHelp, NoteKind
from clienteling.service.helpbar.lists import open_for, read_one
from clienteling.service.models import HelpNoteRow, HelpRequestRow
from consent.errors import PolicyRefusedError
from consent.log.events import EventKind
from consent.models import DataKeyRow
from consent.purposes import Purpose
from consent.records import Grant, require_grant
from tests.support import retention as job
from tests.support.people import Customer, join
from tests.support.shops import logged
from tests.support.web import ShopClock

DAY = 86_400.0


def taken(shop: Home, customer: Customer | None = None) -> str:
    subject_id = customer.subject_id if customer else None
    new = NewHelp(HelpKind.REPAIR, Asked("A clock"), subject_id)
    request_id = acts.open_request(shop.office, new, actor="user:1")
    acts.add_note(shop.office, request_id, NoteKind.IDEA, "Lend one", actor="user:2")
    return request_id


def left(shop: Home) -> tuple[set[str], int, int]:
    """The requests that are left, how many notes, and how many keys of strangers."""
    with shop.databases.identity.read() as identity:
        ids = set(identity.scalars(select(HelpRequestRow.id)))
        notes = identity.scalar(select(func.count()).select_from(HelpNoteRow)) or 0
    with shop.databases.keys.read() as keys:
        own = select(func.count()).where(DataKeyRow.purpose == "request")
        return ids, notes, keys.scalar(own) or 0


def test_a_strangers_request_goes_after_it_was_closed(shop: Home, shop_clock: ShopClock) -> None:
    closed, open_, robins = taken(shop), taken(shop), taken(shop, join(shop))
    for request_id in (closed, robins):
        acts.close(shop.office, request_id, "broke", actor="user:1")
    shop_clock.forward(STRANGERS_KEPT.days * DAY - 60)
    assert job.run(shop.office)["help_strangers"] == 0
    shop_clock.forward(120)
    assert job.run(shop.office)["help_strangers"] == 1
    assert left(shop) == ({open_, robins}, 2, 1)
    (swept,) = [
        entry
        for entry in logged(shop.office, EventKind.RETENTION_SWEPT)
        if (entry.detail or {})["rule"] == "help_strangers"
    ]
    assert swept.detail == {"rule": "help_strangers", "removed": 1}


def test_every_request_goes_two_years_after_its_last_change(
    shop: Home, shop_clock: ShopClock
) -> None:
    """Also one that nobody ever closed."""
    forgotten = taken(shop)
    shop_clock.forward(100 * DAY)
    moved = taken(shop)
    shop_clock.forward((KEPT.days - 100) * DAY + 60)
    acts.move(shop.office, moved, HelpStatus.WAITING, actor="user:1")
    assert job.run(shop.office)["help"] == 1
    assert left(shop) == ({moved}, 1, 1)
    assert forgotten != moved


def test_somebody_without_an_account_has_it_removed_at_once(shop: Home) -> None:
    request_id = taken(shop)
    forget_now(shop.office, request_id, actor="user:1")
    assert left(shop) == (set(), 0, 0)
    (entry,) = logged(shop.office, EventKind.HELP_FORGOTTEN)
    assert (entry.actor, entry.about) == ("user:1", None)


def test_a_customers_goes_with_the_account_only(shop: Home) -> None:
    request_id = taken(shop, join(shop))
    with pytest.raises(PolicyRefusedError, match="account"):
        forget_now(shop.office, request_id, actor="user:1")
    assert left(shop)[0] == {request_id}


def account(shop: Home, customer: Customer) -> Grant:
    with shop.databases.identity.read() as identity:
        return require_grant(identity, customer.subject_id, Purpose.ACCOUNT, shop.office.now())


def test_what_is_carried_over_opens_under_the_other_account(shop: Home) -> None:
    twice, kept = join(shop, name="Robin Twice"), join(shop, name="Robin")
    request_id = taken(shop, twice)
    of, to = account(shop, twice), account(shop, kept)
    assert carry_over(shop.office, of, to) == 1
    assert carry_over(shop.office, of, to) == 0
    found, notes = read_one(shop.office, request_id, reader="user:1")
    assert (found.name, found.subject_id) == ("Robin", kept.subject_id)
    assert [note.text for note in notes] == ["Lend one"]
    assert open_for(shop.office, twice.subject_id).others == ()
