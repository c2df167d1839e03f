"""Times as they are recorded: one notation, written and read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.clock import parse, stamp

_ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1970, 1, 2), datetime(2900, 1, 1), timezones=_ZONES))  # noqa: DTZ001
def test_what_is_written_is_read(moment: datetime) -> None:
    read = parse(stamp(moment))
    assert read == moment
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-24",
        "2026-11-24T15:04:00Z",
        "2026-11-24T15:04:00.000000",
        "2026-11-24T15:04:00.000000+01:00",
        "2026-11-24 15:04:00.000000Z",
        "2026-13-24T15:04:00.000000Z",
        "2026-W48-2T15:04:00.000000Z",
        "２026-11-24T15:04:00.000000Z",
        "2026-11-24T15:04:00.000000Z\n",
    ],
)
def test_another_notation_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (as `datetime` has it)
        parse(text)


def test_a_time_without_a_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="zone"):
        stamp(datetime(2026, 11, 24))  # noqa: DTZ001
