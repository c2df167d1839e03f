"""Important dates: day and month, in every year; who is remembered today, and logged."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.customers import dates
from clienteling.customers.dates import ImportantDate
from clienteling.customers.kept import ToldBy
from clienteling.errors import UsageError
from clienteling.home import Home
from consent.log.events import EventKind
from consent.office import erase, withdraw
from consent.purposes import Purpose
from tests.clienteling.customers.conftest import GrantOf
from tests.support.people import join
from tests.support.shops import logged
from tests.support.web import ShopClock

DAYS = st.dates(date(2000, 1, 1), date(2000, 12, 31))


@given(DAYS, st.integers(1999, 2101))
def test_a_date_comes_once_in_every_year(day: date, year: int) -> None:
    falls = ImportantDate(month=day.month, day=day.day, what="x").in_year(year)
    assert falls.year == year
    assert (falls.month, falls.day) == (day.month, day.day) or (day.month, day.day) == (2, 29)


@given(DAYS, st.dates(date(1999, 1, 1), date(2101, 1, 1)))
def test_the_next_time_is_within_a_year(day: date, today: date) -> None:
    coming = ImportantDate(month=day.month, day=day.day, what="x").next_on(today)
    assert 0 <= (coming - today).days <= 365


@pytest.mark.parametrize(
    ("day", "what"),
    [((2, 30), "x"), ((0, 1), "x"), ((13, 1), "x"), ((5, 1), " "), ((5, 1), "x" * 41)],
)
def test_what_is_no_date_is_refused(shop: Home, day: tuple[int, int], what: str) -> None:
    with pytest.raises(UsageError):
        dates.add(shop.office, join(shop).subject_id, day, what, actor="user:1")


def test_they_are_changed_removed_and_sorted_by_what_comes_next(
    shop: Home, grant_of: GrantOf
) -> None:
    subject_id = join(shop).subject_id
    today = shop.office.now().date()
    later = date.fromordinal(today.toordinal() + 40)
    sooner = date.fromordinal(today.toordinal() + 3)
    kept = [
        dates.add(shop.office, subject_id, (day.month, day.day), "day", actor="user:1")
        for day in (later, sooner)
    ]
    grant = grant_of(subject_id, Purpose.PREFERENCES)
    assert [one.id for one in dates.read(shop.office, grant)] == [kept[1], kept[0]]
    assert dates.change(
        shop.office, subject_id, kept[0], (2, 29), "leap", actor="d", told_by=ToldBy.CUSTOMER
    )
    assert dates.remove(shop.office, subject_id, kept[1], actor="user:1")
    (left,) = dates.read(shop.office, grant)
    assert (left.content.month, left.content.day, left.content.what) == (2, 29, "leap")


def test_who_has_a_day_today_is_named_and_each_is_logged(shop: Home) -> None:
    sam, robin = join(shop, name="Sam"), join(shop, name="Robin")
    gone, withdrew = join(shop, name="Gone"), join(shop, name="Withdrew")
    for each in (sam, robin, gone, withdrew):
        dates.add(shop.office, each.subject_id, (5, 1), "name day", actor="user:1")
    dates.add(shop.office, sam.subject_id, (5, 2), "other", actor="user:1")
    erase(shop.office, gone.subject_id, actor="c", method="c")
    withdraw(shop.office, withdrew.subject_id, [Purpose.PREFERENCES], actor="c", method="c")
    before = len(logged(shop.office))

    found = dates.on_day(shop.office, 5, 1, reader="user:9")

    assert [(one.name, one.what) for one in found] == [("Robin", "name day"), ("Sam", "name day")]
    entries = logged(shop.office)[: len(logged(shop.office)) - before]
    assert {entry.about for entry in entries} == {sam.subject_id, robin.subject_id}
    assert {(entry.kind, entry.actor) for entry in entries} == {(EventKind.PROFILE_READ, "user:9")}
    assert "Robin" not in repr(found)


@pytest.mark.parametrize(
    ("year", "day", "is_shown"), [(2027, 28, True), (2028, 28, False), (2028, 29, True)]
)
def test_the_29th_of_february_falls_on_the_28th_where_there_is_none(
    shop: Home, shop_clock: ShopClock, year: int, day: int, *, is_shown: bool
) -> None:
    shop_clock.freeze()
    shop_clock.forward((datetime(year, 2, 1, tzinfo=UTC) - shop_clock()).total_seconds())
    dates.add(shop.office, join(shop).subject_id, (2, 29), "leap day", actor="user:1")
    assert bool(dates.on_day(shop.office, 2, day, reader="user:9")) is is_shown
