"""Calendar months: the same day, or the month's last."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from consent.rights.deadlines import add_months, due_on


@pytest.mark.parametrize(
    ("received", "month", "extended"),
    [
        ("2026-03-05", "2026-04-05", "2026-06-05"),
        ("2026-08-31", "2026-09-30", "2026-11-30"),
        ("2027-01-31", "2027-02-28", "2027-04-30"),
        ("2028-01-31", "2028-02-29", "2028-04-30"),
        ("2026-11-30", "2026-12-30", "2027-02-28"),
        ("2026-12-31", "2027-01-31", "2027-03-31"),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last(received: str, month: str, extended: str) -> None:
    at = datetime.fromisoformat(received).replace(hour=23, minute=59, tzinfo=UTC)
    assert due_on(at).isoformat() == month
    assert due_on(at, extended=True).isoformat() == extended


@given(some.dates(date(2000, 1, 1), date(2090, 1, 1)), some.integers(1, 12))
def test_a_later_month_is_the_one_asked_for(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
