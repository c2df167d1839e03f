"""One notation for times, so that what is hashed is what is stored."""

import re
from datetime import UTC, datetime, timedelta

from consent.errors import ClockWentBackError

#: By how much a clock may be set back and entries still be taken: time servers step it a little.
TOLERANCE = timedelta(minutes=2)
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z", re.ASCII)


def now() -> datetime:
    """Return the present time in UTC. Built once at the root and passed on as an argument."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Return UTC ISO 8601 with microseconds and "Z"; sorts as text.

    Raises:
        ValueError: the time has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("A time without a zone cannot be recorded.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse(text: str) -> datetime:
    """Return the time that `stamp` wrote.

    Raises:
        ValueError: it did not.
    """
    if not _STAMP.fullmatch(text):
        raise ValueError(f"{text!r} is no time as it is recorded here.")
    return datetime.fromisoformat(text)  # strptime takes a hundred times as long


def check_clock(newest: str | None, now: datetime) -> None:
    """Refuse a clock that went back behind the log's newest entry, if there is one (R49).

    Raises:
        ClockWentBackError: it is more than two minutes behind.
    """
    if newest is not None and stamp(now + TOLERANCE) < newest:
        raise ClockWentBackError(
            f"The clock went back: it says {stamp(now)}; the log's newest entry is of {newest}. "
            "Set the clock and try again; nothing was recorded. If it is right now and ran ahead "
            "before, say so: `clienteling retention confirm-clock`."
        )
