"""Daily counters. What was counted leaves no other trace (R4)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from clienteling.service.models import FigureRow


class Figure(StrEnum):
    """Everything that is counted, and nothing else is."""

    WINDOW_OPENED = "window_opened"
    PRESS_REFUSED = "press_refused"  # pressed too often of late
    PASS_REFUSED = "pass_refused"  # noqa: S105  # a code that opens nothing here
    MATCH = "match"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    SPOOF = "spoof"
    ABORT = "abort"
    NONE = "none"
    ARRIVAL = "arrival"
    ARRIVAL_CONFIRMED = "arrival_confirmed"
    ARRIVAL_DISMISSED = "arrival_dismissed"
    SIGHTING_REFUSED = "sighting_refused"


def count(identity: Session, figure: Figure, now: datetime, by: int = 1) -> None:
    """Add to today's figure. Runs in the caller's transaction."""
    served = identity.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if served else sqlite.insert
    row = insert(FigureRow).values(day=now.date().isoformat(), name=figure.value, count=by)
    identity.execute(
        row.on_conflict_do_update(
            index_elements=[FigureRow.day, FigureRow.name],
            set_={"count": FigureRow.count + by},
        )
    )


def figures(identity: Session, day: date) -> dict[Figure, int]:
    """Return every figure of the day; what never happened is 0."""
    rows = identity.execute(
        select(FigureRow.name, FigureRow.count).where(FigureRow.day == day.isoformat())
    )
    found = {name: number for name, number in rows}  # noqa: C416 - Row is not a tuple type
    return {figure: found.get(figure.value, 0) for figure in Figure}
