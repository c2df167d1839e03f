"""Who looked at unusually many customers (PRIVACY.md E, "Curious staff").

Only numbers of looks count: never at what, and never how fast anybody works. Each person or device
is held against its own past and against its peers, with the median and the median absolute
deviation, so that one busy day among the others moves neither. A quiet shop gives no alarm: below a
smallest number, or without enough days to compare with, nothing is said.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.config import OversightConfig
from consent.clock import parse, stamp
from consent.log.events import EventKind
from consent.models import LogDetailRow, LogEntryRow

#: What counts: a card opened, a file read, a customer looked up.
LOOKS: Final = (
    EventKind.CARD_READ,
    EventKind.ALLERGIES_READ,
    EventKind.PROFILE_READ,
    EventKind.REPLAY_READ,
    EventKind.CUSTOMER_SEARCHED,
)
#: So far back anybody's usual is taken from.
WINDOW: Final = timedelta(weeks=8)
#: A look-up is followed by a card within so long, if the customer stands there.
FOLLOWED: Final = timedelta(minutes=30)

#: Above the median by so many standard deviations (as the MAD estimates them)…
_DEVIATIONS: Final = 5.0
#: …and more than so many times the median.
_TIMES: Final = 2.0
#: Days or weeks that are needed before anything is called unusual.
_LEAST_PERIODS: Final = 5
#: The MAD of a normal distribution, times this, is its standard deviation.
_MAD: Final = 1.4826


class Unusual(StrEnum):
    """What is unusual."""

    DAY = "day"  # many customers on one day
    WEEK = "week"  # many customers in one week
    HOURS = "hours"  # looks while the shop is closed
    LOOKUPS = "lookups"  # look-ups in a week after which no card was opened


#: Below so many nothing is unusual.
LEAST: Final = {Unusual.DAY: 10, Unusual.WEEK: 25, Unusual.HOURS: 3, Unusual.LOOKUPS: 10}


@dataclass(frozen=True, slots=True)
class Look:
    """One entry: when, by whom, at whom (None: a search that found several or nobody)."""

    at: datetime
    actor: str
    about: str | None
    search: bool


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something to ask about; it accuses nobody.

    Attributes:
        start: The day, or the Monday of the week.
        number: Of customers, looks or look-ups.
        usual: The median of this actor's own other days or weeks; None: there are too few.
        peers: The median of the others; None likewise.
        days: How many customers this actor looked at on each of the last 28 days, oldest first.
    """

    what: Unusual
    actor: str
    start: date
    number: int
    usual: float | None
    peers: float | None
    days: tuple[int, ...]

    @property
    def end(self) -> date:
        """The last day that it is about."""
        weekly = self.what in {Unusual.WEEK, Unusual.LOOKUPS}
        return self.start + timedelta(days=6 if weekly else 0)


def anomalies(identity: Session, now: datetime, hours: OversightConfig) -> tuple[Anomaly, ...]:
    """Return what was unusual in the last eight weeks, newest first."""
    return find_anomalies(looks_since(identity, now - WINDOW), now, hours)


def looks_since(identity: Session, since: datetime) -> tuple[Look, ...]:
    """Return the looks that the log can still link, oldest first."""
    rows = identity.execute(
        select(LogEntryRow.kind, LogEntryRow.at, LogDetailRow.actor, LogDetailRow.about)
        .join(LogDetailRow, LogDetailRow.leaf_index == LogEntryRow.leaf_index)
        .where(LogEntryRow.kind.in_([kind.value for kind in LOOKS]), LogEntryRow.at >= stamp(since))
        .order_by(LogEntryRow.leaf_index)
    )
    search = EventKind.CUSTOMER_SEARCHED.value
    return tuple(Look(parse(at), actor, about, kind == search) for kind, at, actor, about in rows)


def find_anomalies(
    looks: Sequence[Look], now: datetime, hours: OversightConfig
) -> tuple[Anomaly, ...]:
    """Return what is unusual among these looks, newest first."""
    by_day = _customers(looks, lambda day: day)
    found = [
        *_unusual(Unusual.DAY, by_day, by_day, now),
        *_unusual(Unusual.WEEK, _customers(looks, _monday), by_day, now),
        *_unusual(Unusual.LOOKUPS, _unfollowed(looks), by_day, now),
        *_closed(looks, by_day, now, hours),
    ]
    order = list(Unusual)
    return tuple(sorted(found, key=lambda one: (-one.start.toordinal(), order.index(one.what))))


Counts = Mapping[str, Mapping[date, int]]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _customers(looks: Iterable[Look], period: Callable[[date], date]) -> Counts:
    """Return how many different customers each actor looked at in each period."""
    seen: dict[str, dict[date, set[str]]] = defaultdict(lambda: defaultdict(set))
    for look in looks:
        if look.about is not None:
            seen[look.actor][period(look.at.date())].add(look.about)
    return {actor: {day: len(who) for day, who in days.items()} for actor, days in seen.items()}


def _unfollowed(looks: Sequence[Look]) -> Counts:
    """Return how many look-ups each week were followed by no card of the same actor."""
    found: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    opened: dict[str, datetime] = {}
    for look in reversed(looks):
        if not look.search:
            opened[look.actor] = look.at
        elif look.actor not in opened or opened[look.actor] - look.at > FOLLOWED:
            found[look.actor][_monday(look.at.date())] += 1
    return found


def _unusual(what: Unusual, counts: Counts, by_day: Counts, now: datetime) -> Iterator[Anomaly]:
    for actor, periods in counts.items():
        others = [n for name, theirs in counts.items() if name != actor for n in theirs.values()]
        for start, number in periods.items():
            if number < LEAST[what]:
                continue
            own = [n for other, n in periods.items() if other != start]
            baselines = [line for line in (own, others) if len(line) >= _LEAST_PERIODS]
            if baselines and all(_stands_out(number, line) for line in baselines):
                days = _days(by_day, actor, now)
                yield Anomaly(what, actor, start, number, _usual(own), _usual(others), days)


def _stands_out(number: int, others: Sequence[int]) -> bool:
    middle = median(others)
    mad = median(abs(one - middle) for one in others)
    # Counts scatter by at least their square root, however even the others happen to be.
    deviation = max(_MAD * mad, math.sqrt(max(middle, 1.0)))
    return number > _TIMES * middle and number > middle + _DEVIATIONS * deviation


def _usual(others: Sequence[int]) -> float | None:
    return float(median(others)) if len(others) >= _LEAST_PERIODS else None


def _closed(
    looks: Iterable[Look], by_day: Counts, now: datetime, hours: OversightConfig
) -> Iterator[Anomaly]:
    """Looks outside opening hours, where the shop says which they are."""
    counts: dict[tuple[str, date], int] = defaultdict(int)
    for look in looks:
        if not hours.is_open(look.at):
            counts[look.actor, look.at.date()] += 1
    for (actor, day), number in counts.items():
        if number >= LEAST[Unusual.HOURS]:
            yield Anomaly(Unusual.HOURS, actor, day, number, None, None, _days(by_day, actor, now))


def _days(by_day: Counts, actor: str, now: datetime) -> tuple[int, ...]:
    first = now.date() - timedelta(days=27)
    days = by_day.get(actor, {})
    return tuple(days.get(first + timedelta(days=n), 0) for n in range(28))
