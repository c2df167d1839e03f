"""Whom staff opened last: today's, one's own, and nobody who ended."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clienteling.home import Home
from clienteling.service.last_viewed import MOST, LastViewed, shown
from consent.log.events import EventKind
from consent.log.ledger import EntryView
from consent.office import erase
from tests.support.people import join
from tests.support.shops import logged

NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Europe/Amsterdam"))


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def viewed(clock: Clock) -> LastViewed:
    return LastViewed(clock, ZoneInfo("Europe/Amsterdam"))


def entry(kind: EventKind, actor: str | None, about: str | None) -> EntryView:
    return EntryView(1, kind, "2026-11-24T11:00:00Z", about, actor, {})


def read(viewed: LastViewed, about: str, actor: str = "user:1") -> None:
    viewed.follow(entry(EventKind.CARD_READ, actor, about))


def test_the_last_are_first_each_once_and_no_more_than_ten(viewed: LastViewed) -> None:
    for number in [*range(MOST + 2), 5]:
        read(viewed, str(number))
    read(viewed, "x", "user:2")
    read(viewed, "y", "command")
    assert viewed.of("user:1") == ("5", "11", "10", "9", "8", "7", "6", "4", "3", "2")
    assert viewed.of("user:2") == ("x",)
    assert viewed.of("command") == ()


def test_they_go_at_sign_out_and_after_the_day(viewed: LastViewed, clock: Clock) -> None:
    read(viewed, "a")
    read(viewed, "b", "user:2")
    viewed.follow(entry(EventKind.SIGNOUT, "user:1", None))
    assert viewed.of("user:1") == ()
    assert viewed.of("user:2") == ("b",)
    clock.at += timedelta(hours=12)
    assert viewed.of("user:2") == ()


def test_who_ended_is_on_no_list_and_names_are_logged(shop: Home, viewed: LastViewed) -> None:
    robin, sam = join(shop, name="Robin"), join(shop, name="Sam")
    for who in (robin, sam):
        read(viewed, who.subject_id)
    assert [one.name for one in shown(shop.office, viewed, "user:1")] == ["Sam", "Robin"]
    (searched,) = logged(shop.office, EventKind.CUSTOMER_SEARCHED)
    assert searched.detail == {"by": "last viewed", "found": 2}
    erase(shop.office, sam.subject_id, actor="c", method="c")
    assert [one.name for one in shown(shop.office, viewed, "user:1")] == ["Robin"]
    viewed.follow(entry(EventKind.ERASURE_OPENED, "c", sam.subject_id))
    assert viewed.of("user:1") == (robin.subject_id,)
    assert shown(shop.office, viewed, "user:9") == ()
