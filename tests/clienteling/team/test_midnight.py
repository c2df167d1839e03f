"""Days and months of the team begin at the shop's midnight, not at that of universal time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.team import compliments, moments, surprises
from clienteling.team.amounts import month_of
from clienteling.team.huddle import open_huddle
from tests.clienteling.team.conftest import ANNA, BRAM
from tests.support.web import ShopClock

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def clock(team: Home, shop_clock: ShopClock) -> ShopClock:
    """Half past eleven in the evening of the last of the month: universal time is earlier still."""
    shop_clock.freeze()
    assert team.office.zone == AMSTERDAM
    here = team.office.wall(shop_clock())
    first = (here.replace(day=1) + timedelta(days=32)).replace(day=1)
    late = datetime(first.year, first.month, first.day, tzinfo=AMSTERDAM) - timedelta(minutes=30)
    shop_clock.forward((late - here).total_seconds())
    return shop_clock


def test_the_day_turns_at_midnight_here(team: Home, clock: ShopClock) -> None:
    before = team.office.today()
    clock.forward(1800)
    after = team.office.today()
    assert after == before + timedelta(days=1)
    assert clock().date() == before, "universal time is still at the day before"
    moments.tell(team.office, "The glove", "We walked.", after, author=ANNA)
    with pytest.raises(UsageError):
        moments.tell(team.office, "Soon", "We will.", after + timedelta(days=1), author=ANNA)


def test_a_month_of_surprises_and_bonuses_begins_at_midnight_here(
    team: Home, clock: ShopClock
) -> None:
    old = month_of(team.office.wall(clock()))
    surprises.note_surprise(team.office, "fudge", 2500, by=ANNA)
    compliments.give(team.office, 2, "Well done", giver=ANNA, bonus=True)
    clock.forward(1800)
    surprises.note_surprise(team.office, "a tin", 2500, by=ANNA)
    compliments.give(team.office, 2, "Again", giver=ANNA, bonus=True)

    zone, new = team.office.zone, month_of(team.office.wall(clock()))
    assert old != new
    with team.databases.identity.read() as identity:
        for month, what, ago in ((old, "fudge", 1), (new, "a tin", 0)):
            day = team.office.today() - timedelta(days=ago)
            (spent,) = surprises.spent_in(identity, month, zone)
            assert (spent.what, spent.day) == (what, day)
            (paid,) = compliments.payouts(identity, month, zone)
            assert paid.day == day


def test_a_slip_is_taken_back_until_midnight_here(team: Home, clock: ShopClock) -> None:
    first = surprises.note_surprise(team.office, "fudge", 100, by=ANNA)
    second = surprises.note_surprise(team.office, "a tin", 100, by=ANNA)
    surprises.take_back(team.office, first.id, by=ANNA)
    clock.forward(1800)
    with pytest.raises(UsageError, match="of today"):
        surprises.take_back(team.office, second.id, by=ANNA)


def test_the_morning_after_midnight_hears_the_evening_before(team: Home, clock: ShopClock) -> None:
    compliments.give(team.office, 1, "Late, and kind", giver=BRAM)
    assert open_huddle(team.office, reader=ANNA).compliments == ()
    clock.forward(1800)
    compliments.give(team.office, 1, "Of today", giver=BRAM)
    (heard,) = open_huddle(team.office, reader=ANNA).compliments
    assert (heard.words, heard.day) == ("Late, and kind", team.office.today() - timedelta(days=1))
