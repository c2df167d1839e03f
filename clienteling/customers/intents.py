"""What a customer comes for on a day, under `preferences`; after it, it is nobody's business.

Today, or a day of the next two weeks that customers name themselves. Staff are shown it on its day
only. A day is the shop's own: by the clock on the wall, not by UTC. What is of yesterday is not
read, also where the sweep that removes it is late.
"""

from datetime import date, timedelta
from typing import Annotated

from pydantic import ConfigDict, StringConstraints
from pydantic.dataclasses import dataclass

from clienteling.customers.kept import Drawer, Kept, ToldBy
from clienteling.customers.records import RecordKind
from clienteling.errors import UsageError
from consent.clock import stamp
from consent.office import Office
from consent.records import Grant

LONGEST = 120

#: So many days ahead a customer can say it: who plans further will say it again.
AHEAD = 14


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Intent:
    """What somebody comes for.

    Attributes:
        at: When it was told, UTC.
    """

    what: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
    told_by: ToldBy
    at: str


_INTENTS = Drawer(RecordKind.INTENT, Intent, most=3, each_day=True)


def read(office: Office, grant: Grant) -> tuple[Kept[Intent], ...]:
    """Return what was told for today, the newest first. The caller logs that it was shown.

    Raises:
        As `records.records_of`.
    """
    today = office.today().isoformat()
    todays = [one for one in _INTENTS.read(office, grant) if one.day == today]
    return tuple(sorted(todays, key=lambda one: one.content.at, reverse=True))


def read_coming(office: Office, grant: Grant) -> tuple[Kept[Intent], ...]:
    """Return what was told for today and later, the nearest first: for the customer's own eyes.

    Raises:
        As `read`.
    """
    today = office.today().isoformat()
    coming = [one for one in _INTENTS.read(office, grant) if one.day >= today]
    return tuple(sorted(coming, key=lambda one: (one.day, one.content.at)))


def add(
    office: Office,
    subject_id: str,
    what: str,
    *,
    actor: str,
    told_by: ToldBy,
    day: date | None = None,
) -> str:
    """Keep what somebody comes for, until the midnight after that day; logged. Returns its id.

    Args:
        office: Of this shop.
        subject_id: Who comes.
        what: For what.
        actor: Who puts it in.
        told_by: Who says so.
        day: On the wall's calendar, when; None: today.

    Raises:
        UsageError: empty, over 120 characters, three are kept for that day, or the day is past or
            more than two weeks ahead.
        ConsentMissingError: the customer does not share preferences.
    """
    now = office.now()
    first, last = days(office)
    on = first if day is None else day
    if not first <= on <= last:
        raise UsageError(f"Choose today or a day of the next {AHEAD} days.")
    made = _INTENTS.made(what=what, told_by=told_by, at=stamp(now))
    return _INTENTS.add(office, subject_id, made, actor=actor, day=on.isoformat())


def days(office: Office) -> tuple[date, date]:
    """Return the first and the last day for which it can be told: today, and in two weeks."""
    today = office.today()
    return today, today + timedelta(days=AHEAD)


def remove(office: Office, subject_id: str, intent_id: str, *, actor: str) -> bool:
    """Remove one; logged. Returns whether it was there.

    Raises:
        ConsentMissingError: as `add`.
    """
    return _INTENTS.remove(office, subject_id, intent_id, actor=actor)
