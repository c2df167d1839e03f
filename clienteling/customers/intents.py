"""What a customer comes for today, under `preferences`; tomorrow it is nobody's business any more.

A day is the shop's own: by the clock on the wall, not by UTC. What is of yesterday is not read,
also where the sweep that removes it is late.
"""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, StringConstraints
from pydantic.dataclasses import dataclass

from clienteling.customers.kept import Drawer, Kept, ToldBy
from clienteling.customers.records import RecordKind
from consent.clock import stamp
from consent.office import Office
from consent.records import Grant

LONGEST = 120


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Intent:
    """What somebody comes for.

    Attributes:
        at: When it was told, UTC.
    """

    what: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
    told_by: ToldBy
    at: str


_INTENTS = Drawer(RecordKind.INTENT, Intent, most=3)


def read(office: Office, grant: Grant) -> tuple[Kept[Intent], ...]:
    """Return what was told for today, the newest first. The caller logs that it was shown.

    Raises:
        As `records.records_of`.
    """
    today = wall_day(office.now())
    todays = [one for one in _INTENTS.read(office, grant) if one.day == today]
    return tuple(sorted(todays, key=lambda one: one.content.at, reverse=True))


def add(office: Office, subject_id: str, what: str, *, actor: str, told_by: ToldBy) -> str:
    """Keep what somebody comes for, until midnight; logged. Returns its id.

    Raises:
        UsageError: empty, over 120 characters, or three are kept for today.
        ConsentMissingError: the customer does not share preferences.
    """
    now = office.now()
    made = _INTENTS.made(what=what, told_by=told_by, at=stamp(now))
    return _INTENTS.add(office, subject_id, made, actor=actor, day=wall_day(now))


def remove(office: Office, subject_id: str, intent_id: str, *, actor: str) -> bool:
    """Remove one; logged. Returns whether it was there.

    Raises:
        ConsentMissingError: as `add`.
    """
    return _INTENTS.remove(office, subject_id, intent_id, actor=actor)


def wall_day(now: datetime) -> str:
    """Return the day as the shop's clock on the wall says it."""
    return now.astimezone().date().isoformat()
