"""Daily counters. What was counted leaves no other trace (R4)."""

from collections.abc import Collection
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
    GREETED = "greeted"
    SUGGESTION_LIKED = "suggestion_liked"
    GREETED_SOON = "greeted_soon"  # within a minute of the recognition
    SIGHTING_REFUSED = "sighting_refused"
    SMILE_DELIGHTED = "smile_delighted"
    SMILE_FINE = "smile_fine"
    SMILE_DISAPPOINTED = "smile_disappointed"
    HELP_OPENED = "help_opened"
    HELP_SOLVED = "help_solved"
    HELP_TAKEN_UP = "help_taken_up"  # again, after it was called solved
    VISIT_KEPT = "visit_kept"  # a customer's first of the day, of who wants visits kept
    CAME_BACK = "came_back"  # of these: of who was here on an earlier day
    JOINED = "joined"  # at the kiosk
    JOINED_RECOGNISED = "joined_recognised"  # of these: to be recognised
    ENROLLED = "enrolled"  # of these: whose template was made
    ENROLMENT_SECONDS = "enrolment_seconds"  # of these together, from the first question


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


def daily(
    identity: Session, wanted: Collection[Figure], first: date, last: date
) -> dict[Figure, dict[date, int]]:
    """Return figures by day, both ends included; a day on which one never happened is absent."""
    rows = identity.execute(
        select(FigureRow.name, FigureRow.day, FigureRow.count).where(
            FigureRow.name.in_([figure.value for figure in wanted]),
            FigureRow.day.between(first.isoformat(), last.isoformat()),
        )
    )
    found: dict[Figure, dict[date, int]] = {figure: {} for figure in wanted}
    for name, day, number in rows:
        found[Figure(name)][date.fromisoformat(day)] = number
    return found
