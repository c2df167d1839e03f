"""What the manager's dashboard shows: what the shop did for customers, by day, week or month.

Each measure is defined in docs/managers/figures.md. All come from daily counters, from the times
of withdrawals, and from what surprises cost: never from a customer's data, never by colleague.
A share or a mean of fewer than `FEWEST` is not told (docs/decisions/0290).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.service.figures import Figure, daily
from clienteling.team.models import SurpriseRow
from consent.clock import parse
from consent.erasure import ERASE, WITHDRAW
from consent.models import FlowRow
from consent.rights.deadlines import add_months

#: Of fewer customers than this no share or mean is told.
FEWEST: Final = 5
_LENGTHS: Final = {"day": 14, "week": 12, "month": 12}


class Span(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Measure(StrEnum):
    """What is shown, in this order."""

    RECOGNISED = "recognised"
    GREETED = "greeted"
    HELPED = "helped"
    SOLVED = "solved"
    DELIGHTED = "delighted"
    CAME_BACK = "came_back"
    SUGGESTIONS = "suggestions"
    SURPRISES = "surprises"
    OPT_IN = "opt_in"
    FALSE_GREETINGS = "false_greetings"
    ENROLMENT = "enrolment"
    WITHDRAWAL = "withdrawal"


class Unit(StrEnum):
    """In what it is told."""

    TIMES = "times"
    PER_DAY = "per_day"
    PERCENT = "percent"
    SECONDS = "seconds"
    EUROS = "euros"


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a week from Monday, or a month; both ends included, in UTC."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has so far."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Value:
    """What a measure was in a period.

    Attributes:
        number: None where nothing was counted, or too little to be told.
        few: It is not told, being of fewer than `FEWEST`.
    """

    number: float | None
    few: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A measure in each period, the oldest first; the last two are compared."""

    measure: Measure
    unit: Unit
    values: tuple[Value, ...]


_COUNTED: Final = {
    Measure.RECOGNISED: (Figure.ARRIVAL,),
    Measure.HELPED: (Figure.HELP_OPENED,),
    Measure.SUGGESTIONS: (Figure.SUGGESTION_LIKED,),
}
_SMILES: Final = (Figure.SMILE_DELIGHTED, Figure.SMILE_FINE, Figure.SMILE_DISAPPOINTED)
#: What is counted, of what.
_SHARES: Final = {
    Measure.GREETED: (Figure.GREETED_SOON, (Figure.ARRIVAL,)),
    Measure.DELIGHTED: (Figure.SMILE_DELIGHTED, _SMILES),
    Measure.CAME_BACK: (Figure.CAME_BACK, (Figure.VISIT_KEPT,)),
    Measure.OPT_IN: (Figure.JOINED_RECOGNISED, (Figure.JOINED,)),
}


def periods(span: Span, today: date) -> tuple[Period, ...]:
    """Return the newest periods up to today, the oldest first."""
    count = _LENGTHS[span]
    if span is Span.MONTH:
        this = today.replace(day=1)
        starts = [add_months(this, -back) for back in range(count - 1, -1, -1)]
    else:
        length = 1 if span is Span.DAY else 7
        this = today - timedelta(days=today.weekday() if span is Span.WEEK else 0)
        starts = [this - timedelta(days=length * back) for back in range(count - 1, -1, -1)]
    ends = [start - timedelta(days=1) for start in starts[1:]]
    return tuple(map(Period, starts, [*ends, today]))


def outcomes(identity: Session, over: Sequence[Period]) -> tuple[Outcome, ...]:
    """Return every measure in each of these periods."""
    first, last = over[0].first, over[-1].last
    counted = _Counted(daily(identity, list(Figure), first, last))
    spent, gone = _spent(identity, first, last), _withdrawals(identity, first, last)

    def outcome(measure: Measure) -> Outcome:
        values = []
        for each in over:
            if measure in _COUNTED:
                value = Value(counted.total(each, *_COUNTED[measure]))
            elif measure in _SHARES:
                part, of = _SHARES[measure]
                value = _mean(100 * counted.total(each, part), counted.total(each, *of))
            elif measure is Measure.SOLVED:
                again = counted.total(each, Figure.HELP_TAKEN_UP)
                value = Value(counted.total(each, Figure.HELP_SOLVED) - again)
            elif measure is Measure.SURPRISES:
                value = Value(sum(cents for day, cents in spent if _in(each, day)) / 100)
            elif measure is Measure.FALSE_GREETINGS:
                value = Value(counted.total(each, Figure.ARRIVAL_DISMISSED) / each.days)
            elif measure is Measure.ENROLMENT:
                seconds = counted.total(each, Figure.ENROLMENT_SECONDS)
                value = _mean(seconds, counted.total(each, Figure.ENROLLED))
            else:
                took = [seconds for day, seconds in gone if _in(each, day)]
                value = _mean(sum(took), len(took))
            values.append(value)
        return Outcome(measure, UNITS.get(measure, Unit.TIMES), tuple(values))

    return tuple(map(outcome, Measure))


UNITS: Final = {
    **dict.fromkeys(_SHARES, Unit.PERCENT),
    Measure.FALSE_GREETINGS: Unit.PER_DAY,
    Measure.ENROLMENT: Unit.SECONDS,
    Measure.WITHDRAWAL: Unit.SECONDS,
    Measure.SURPRISES: Unit.EUROS,
}


@dataclass(frozen=True, slots=True)
class _Counted:
    by_day: Mapping[Figure, Mapping[date, int]]

    def total(self, period: Period, *figures: Figure) -> int:
        return sum(
            number
            for figure in figures
            for day, number in self.by_day[figure].items()
            if _in(period, day)
        )


def _mean(total: float, of: int) -> Value:
    if of < FEWEST:
        return Value(None, few=of > 0)
    return Value(total / of)


def _in(period: Period, day: date) -> bool:
    return period.first <= day <= period.last


def _spent(identity: Session, first: date, last: date) -> list[tuple[date, int]]:
    """Return what each surprise cost, with its day; not who gave it."""
    after = (last + timedelta(days=1)).isoformat()
    rows = identity.execute(
        select(SurpriseRow.spent_at, SurpriseRow.cents).where(
            SurpriseRow.spent_at >= first.isoformat(), SurpriseRow.spent_at < after
        )
    )
    return [(parse(at).date(), cents) for at, cents in rows]


def _withdrawals(identity: Session, first: date, last: date) -> list[tuple[date, float]]:
    """Return the seconds of each withdrawal or erasure, with the day on which it was complete."""
    after = (last + timedelta(days=1)).isoformat()
    rows = identity.execute(
        select(FlowRow.opened_at, FlowRow.closed_at).where(
            FlowRow.kind.in_([WITHDRAW, ERASE]),
            FlowRow.closed_at >= first.isoformat(),
            FlowRow.closed_at < after,
        )
    )
    done = [(parse(begun), parse(ended)) for begun, ended in rows if ended is not None]
    return [(ended.date(), (ended - begun).total_seconds()) for begun, ended in done]
