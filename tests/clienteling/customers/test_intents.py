"""What a customer comes for: kept for a day of the shop's own, and shown on that day only."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clienteling.customers import intents
from clienteling.customers.kept import ToldBy
from clienteling.customers.records import RecordKind, records_of
from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.retention.records import forget_intents, intents_ahead
from consent.errors import ConsentMissingError
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant
from tests.support.people import join

GrantOf = Callable[[str, Purpose], Grant]


@pytest.fixture(params=["Europe/Amsterdam", "America/Los_Angeles", "Pacific/Auckland"])
def zoned(request: pytest.FixtureRequest, shop: Home) -> Office:
    """The office of a shop elsewhere, whatever zone the machine runs in."""
    return replace(shop.office, zone=ZoneInfo(request.param))


def at(office: Office, days: int, hour: int, minute: int = 0) -> Office:
    """The office so many days from today, at a time of the shop's wall clock."""
    day = office.today() + timedelta(days=days)
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=office.zone)
    return replace(office, now=lambda: local.astimezone(UTC))


def tell(office: Office, subject_id: str, what: str = "a birthday cake") -> str:
    return intents.add(office, subject_id, what, actor="user:1", told_by=ToldBy.STAFF)


def test_it_is_read_today_and_in_the_customers_words(shop: Home, grant_of: GrantOf) -> None:
    subject_id = join(shop).subject_id
    tell(shop.office, subject_id)

    (found,) = intents.read(shop.office, grant_of(subject_id, Purpose.PREFERENCES))
    assert (found.content.what, found.content.told_by) == ("a birthday cake", ToldBy.STAFF)


@pytest.mark.parametrize("what", ["", "  ", "x" * 121])
def test_what_is_no_sentence_is_refused(shop: Home, what: str) -> None:
    with pytest.raises(UsageError):
        tell(shop.office, join(shop).subject_id, what)


def test_without_preferences_nothing_is_kept(shop: Home) -> None:
    subject_id = join(shop, purposes=frozenset({Purpose.RECOGNISE})).subject_id
    with pytest.raises(ConsentMissingError):
        tell(shop.office, subject_id)


def test_it_lasts_until_midnight_by_the_clock_on_the_wall(
    shop: Home, zoned: Office, grant_of: GrantOf
) -> None:
    """Wherever the shop stands: its day begins and ends at another time than that of UTC."""
    subject_id = join(shop).subject_id
    grant = grant_of(subject_id, Purpose.PREFERENCES)
    tell(at(zoned, 1, 8), subject_id)

    evening, night = at(zoned, 1, 23, 59), at(zoned, 2, 0, 0)
    assert len(intents.read(evening, grant)) == 1
    assert (intents_ahead(evening).due, forget_intents(evening, 10)) == (0, 0)
    assert intents.read(night, grant) == ()
    assert len(records_of(night, grant, RecordKind.INTENT)) == 1, "the sweep is late"
    assert (intents_ahead(night).due, forget_intents(night, 10)) == (1, 1)
    assert records_of(night, grant, RecordKind.INTENT) == ()


def plan(office: Office, subject_id: str, ahead: int, what: str = "a big order") -> str:
    day = intents.days(office)[0] + timedelta(days=ahead)
    return intents.add(office, subject_id, what, actor="customer", told_by=ToldBy.CUSTOMER, day=day)


def test_a_coming_day_is_read_on_that_day_and_gone_at_its_midnight(
    shop: Home, zoned: Office, grant_of: GrantOf
) -> None:
    subject_id = join(shop).subject_id
    grant = grant_of(subject_id, Purpose.PREFERENCES)
    plan(at(zoned, 1, 12), subject_id, 3)

    assert intents.read(at(zoned, 3, 23, 59), grant) == ()
    assert forget_intents(at(zoned, 3, 23, 59), 10) == 0
    assert len(intents.read(at(zoned, 4, 0, 0), grant)) == 1
    assert len(intents.read(at(zoned, 4, 23, 59), grant)) == 1
    assert intents.read(at(zoned, 5, 0, 0), grant) == ()
    assert forget_intents(at(zoned, 5, 0, 0), 10) == 1


@pytest.mark.parametrize("ahead", [-1, 15, 400])
def test_a_day_that_is_past_or_too_far_is_refused(shop: Home, ahead: int) -> None:
    with pytest.raises(UsageError, match="14 days"):
        plan(shop.office, join(shop).subject_id, ahead)


def test_what_is_planned_leaves_room_for_what_is_told_today(shop: Home) -> None:
    """Staff, who are not shown what comes, need not remove it to note what is asked now."""
    subject_id = join(shop).subject_id
    for _ in range(3):
        plan(shop.office, subject_id, 14)
    tell(shop.office, subject_id)
    with pytest.raises(UsageError, match="3 of these"):
        plan(shop.office, subject_id, 14)


def test_customers_see_today_and_what_is_planned_the_nearest_first(
    shop: Home, grant_of: GrantOf
) -> None:
    subject_id = join(shop).subject_id
    for ahead, what in ((9, "last"), (0, "first"), (2, "second")):
        plan(shop.office, subject_id, ahead, what)
    coming = intents.read_coming(shop.office, grant_of(subject_id, Purpose.PREFERENCES))
    assert [one.content.what for one in coming] == ["first", "second", "last"]
