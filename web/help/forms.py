"""What staff typed into the forms of the help bar, as values."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from clienteling.errors import UsageError

_END = time(23, 59)


class Promise(StrEnum):
    """By when, in one tap."""

    NONE = "none"
    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEK = "week"
    DAY = "day"


_DAYS = {Promise.TODAY: 0, Promise.TOMORROW: 1, Promise.WEEK: 7}


def due_of(form: Mapping[str, str], now: datetime) -> datetime | None:
    """Return what was promised; without a time the end of that day. `now` in the shop's zone.

    Raises:
        ValueError: no such choice, or the day or time cannot be read.
    """
    promise = Promise(form.get("promise", Promise.NONE))
    if promise is Promise.NONE:
        return None
    if promise is Promise.DAY:
        return moment_of(form.get("due_day", ""), form.get("due_time", ""), now.tzinfo)
    return datetime.combine(now.date() + timedelta(days=_DAYS[promise]), _END, now.tzinfo)


def appointment_of(form: Mapping[str, str], zone: tzinfo) -> datetime | None:
    """Return when the customer comes, if a day was given.

    Raises:
        ValueError: the day or time cannot be read.
    """
    day = form.get("visit_day", "").strip()
    return moment_of(day, form.get("visit_time", ""), zone) if day else None


def moment_of(day: str, at: str, zone: tzinfo | None) -> datetime:
    """Return a day and time in the shop's zone; without a time the end of the day.

    Raises:
        ValueError: they cannot be read, or it is not between 2020 and 2100.
    """
    found = date.fromisoformat(day.strip())
    if not 2020 <= found.year <= 2100:  # noqa: PLR2004 - a slip of the finger
        raise ValueError(day)
    return datetime.combine(found, time.fromisoformat(at.strip()) if at.strip() else _END, zone)


def product_of(typed: str, by_name: Mapping[str, str]) -> str | None:
    """Return the product that was named in full, by name or code; None: none was.

    Only a product of the catalogue: what is counted by it must never be somebody's name.

    Raises:
        UsageError: there is no such product.
    """
    typed = " ".join(typed.split()).casefold()
    if not typed:
        return None
    if typed not in by_name:
        raise UsageError("There is no such product.")
    return by_name[typed]
