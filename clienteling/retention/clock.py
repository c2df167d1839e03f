"""Whether the clock can be believed, before anything is deleted because it says so (R39).

A clock that jumps forward makes every consent look lapsed. Each retention run notes the time that
it believed; where the present time is too far from it, or a running hub saw its clock step,
nothing is deleted until a person says that the clock is right. The note does not move meanwhile,
however long the log grows under the wrong time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clienteling.errors import RefusedError, UsageError
from clienteling.retention.models import BelievedClockRow, RetentionRunRow
from consent.clock import TOLERANCE, parse, stamp
from consent.log import ledger
from consent.log.events import EventKind
from consent.models import LogEntryRow
from consent.office import Office

#: The hub runs the job every hour. A longer silence is a shop that was closed, or a clock that
#: jumped: only a person knows which. Design default.
LONGEST_SILENCE = timedelta(days=31)
#: By how much the clock of a running hub may step forward: a box without a battery for its clock
#: starts with the time at which it was switched off, and is set after a weekend. Design default.
LARGEST_STEP = timedelta(hours=72)
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why nothing is deleted.

    Attributes:
        believed: The last time that was believed.
        now: What the clock says.
    """

    believed: datetime
    now: datetime

    @property
    def days(self) -> int:
        """By how many days the two differ."""
        return (self.now - self.believed).days

    def __str__(self) -> str:
        """Return what is wrong and what to do about it."""
        return (
            f"The clock says {self.now:%Y-%m-%d %H:%M} UTC, but the time last believed is "
            f"{self.believed:%Y-%m-%d %H:%M}: nothing is deleted by this clock, and no consent "
            "ends by it. Set the clock if it is wrong. When it is right, because the shop was "
            "closed or because you set it, say so once: clienteling retention confirm-clock "
            "--by NAME."
        )


class ClockDoubtedError(RefusedError):
    """The clock may have jumped: nothing is deleted by it."""


def doubt(identity: Session, now: datetime) -> Doubt | None:
    """Return why the clock is not believed; None: it is."""
    row = identity.get(BelievedClockRow, 1)
    believed = _believed(identity, row)
    if believed is None:
        return None
    stepped = row is not None and row.stepped
    return Doubt(believed, now) if stepped or now - believed > LONGEST_SILENCE else None


def clock_doubt(office: Office) -> Doubt | None:
    """As `doubt`, for this shop now."""
    with office.databases.identity.read() as identity:
        return doubt(identity, office.now())


def believe(office: Office) -> None:
    """Note the present time as one that was believed.

    Raises:
        ClockDoubtedError: it is not.
    """
    now = office.now()
    with office.databases.identity.write() as identity:
        found = doubt(identity, now)
        if found is not None:
            raise ClockDoubtedError(str(found))
        identity.merge(BelievedClockRow(id=1, at=stamp(now), stepped=False))


def note_step(office: Office, before: datetime) -> None:
    """Note that the clock of a running hub stepped; the time before it was the last believed.

    The log says it only when somebody has confirmed the clock: an entry at a wrong time would make
    the right one look as if it went back.
    """
    with office.databases.identity.write() as identity:
        row = identity.get(BelievedClockRow, 1)
        if row is None or not row.stepped:
            identity.merge(BelievedClockRow(id=1, at=stamp(before), stepped=True))


def confirm(office: Office, *, by: str, actor: str) -> Doubt | None:
    """Believe the clock, because this person looked; returns what had been doubted.

    After a clock that ran ahead was set right the log's newest entries lie in the future. Then this
    entry takes the log back to the right time, though never behind the time last believed.

    Raises:
        UsageError: nobody is named. RefusedError: the clock is behind the time last believed.
    """
    by, now = by.strip(), office.now()
    if not by or len(by) > _LONGEST_NAME:
        raise UsageError("Say who looked at the clock, in at most 60 characters.")
    with office.databases.identity.write() as identity:
        believed = _believed(identity, identity.get(BelievedClockRow, 1))
        if believed is None or now + TOLERANCE < believed:
            raise RefusedError(
                f"The clock says {now:%Y-%m-%d %H:%M} UTC, which is before the time last believed"
                f"{f' ({believed:%Y-%m-%d %H:%M})' if believed else ''}. Set it first."
            )
        found = doubt(identity, now)
        ahead = ledger.is_ahead(identity, now)
        if found is None and not ahead:
            return None
        ledger.append(
            identity,
            office.ring,
            EventKind.CLOCK_CONFIRMED,
            actor=actor,
            about=None,
            detail={"by": by, "believed": stamp(believed), "log_was_ahead": ahead},
            now=now,
        )
        identity.merge(BelievedClockRow(id=1, at=stamp(now), stepped=False))
    return found or Doubt(believed, now)


def _believed(identity: Session, row: BelievedClockRow | None) -> datetime | None:
    """Return the time last believed; before the first note, that of the last run or entry."""
    if row is not None:
        return parse(row.at)
    last = identity.scalar(select(func.max(RetentionRunRow.at))) or identity.scalar(
        select(LogEntryRow.at).order_by(LogEntryRow.leaf_index.desc()).limit(1)
    )
    return None if last is None else parse(last)


def _steady() -> float:
    """Seconds that no setting of the clock moves, and that count a suspended machine's sleep."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class StepWatch:
    """Holds the clock of a running process against one that nobody can set."""

    def __init__(self, now: Callable[[], datetime], steady: Callable[[], float] = _steady) -> None:
        """Begin to look."""
        self._now, self._steady = now, steady
        self._at, self._elapsed = now(), steady()

    def stepped(self) -> datetime | None:
        """Return the time before the clock stepped forward too far, since the last look."""
        before, elapsed = self._at, self._elapsed
        self._at, self._elapsed = self._now(), self._steady()
        passed = timedelta(seconds=self._elapsed - elapsed)
        return before if self._at - before - passed > LARGEST_STEP else None
