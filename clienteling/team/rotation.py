"""What the huddle talks about: values that change weekly, cases that change daily.

Which one it is follows from the day alone, so that every tablet shows the same. What is added comes
into the round from the next week or day on: nothing that people talk about changes under them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clienteling.errors import UsageError
from clienteling.team.amounts import log_change
from clienteling.team.models import CaseRow, ValueRow
from clienteling.team.telling import plain
from consent.clock import stamp
from consent.office import Office

TITLE, MEANING = 80, 300
SITUATION, QUESTION = 600, 200
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the shop, and what it means on an ordinary day."""

    id: str
    title: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Case:
    """A situation and a question; what to do about it, the team finds out together."""

    id: str
    situation: str
    question: str


class _Added(Protocol):
    @property
    def added_at(self) -> str: ...


_Row = TypeVar("_Row", bound=_Added)


def add_value(office: Office, title: str, meaning: str, *, actor: str) -> str:
    """Add a value; returns its id. Logged.

    Raises:
        UsageError: empty or too long.
    """
    title, meaning = plain(title, TITLE), plain(meaning, MEANING)
    row = ValueRow(id=str(uuid.uuid4()), title=title, meaning=meaning, added_at=stamp(office.now()))
    _add(office, row, "value_added", actor)
    return row.id


def add_case(office: Office, situation: str, question: str, *, actor: str) -> str:
    """Add a case; returns its id. Logged.

    Raises:
        UsageError: empty or too long.
    """
    situation, question = plain(situation, SITUATION), plain(question, QUESTION)
    row = CaseRow(
        id=str(uuid.uuid4()),
        situation=situation,
        question=question,
        added_at=stamp(office.now()),
    )
    _add(office, row, "case_added", actor)
    return row.id


def remove_value(office: Office, value_id: str, *, actor: str) -> None:
    """Remove a value. Logged.

    Raises:
        UsageError: there is no such value.
    """
    _remove(office, ValueRow, value_id, "value_removed", actor)


def remove_case(office: Office, case_id: str, *, actor: str) -> None:
    """Remove a case. Logged.

    Raises:
        UsageError: there is no such case.
    """
    _remove(office, CaseRow, case_id, "case_removed", actor)


def pick_value(office: Office, value_id: str, *, actor: str) -> None:
    """Make a value the one of this week, instead of whose turn it is. Logged.

    Raises:
        UsageError: there is no such value.
    """
    monday = monday_of(office.today()).isoformat()
    with office.databases.identity.write() as identity:
        row = identity.get(ValueRow, value_id)
        if row is None:
            raise UsageError("This is no longer here. Load the page again.")
        identity.execute(
            update(ValueRow).where(ValueRow.picked_for == monday).values(picked_for=None)
        )
        row.picked_for = monday
        log_change(identity, office, "value_picked", actor)


def values(identity: Session) -> tuple[Value, ...]:
    """Return every value, in the order of their turns."""
    return tuple(Value(row.id, row.title, row.meaning) for row in _values(identity))


def cases(identity: Session) -> tuple[Case, ...]:
    """Return every case, in the order of their turns."""
    return tuple(Case(row.id, row.situation, row.question) for row in _cases(identity))


def value_of_week(identity: Session, day: date) -> Value | None:
    """Return the value of the week of this day: the picked one, or whose turn it is."""
    monday = monday_of(day)
    rows = _values(identity)
    picked = (row for row in rows if row.picked_for == monday.isoformat())
    row = next(picked, None) or turn(rows, monday, monday.toordinal() // _DAYS)
    return None if row is None else Value(row.id, row.title, row.meaning)


def case_of_day(identity: Session, day: date) -> Case | None:
    """Return the case of this day: whose turn it is."""
    row = turn(_cases(identity), day, day.toordinal())
    return None if row is None else Case(row.id, row.situation, row.question)


def monday_of(day: date) -> date:
    """Return the Monday on which the week of this day began."""
    return day - timedelta(days=day.weekday())


def turn(rows: Sequence[_Row], begins: date, number: int) -> _Row | None:
    """Return whose turn it is: of those added before it begins, or of all if none was."""
    earlier = [row for row in rows if row.added_at < begins.isoformat()]
    among = earlier or rows
    return among[number % len(among)] if among else None


def _values(identity: Session) -> Sequence[ValueRow]:
    return identity.scalars(select(ValueRow).order_by(ValueRow.added_at, ValueRow.id)).all()


def _cases(identity: Session) -> Sequence[CaseRow]:
    return identity.scalars(select(CaseRow).order_by(CaseRow.added_at, CaseRow.id)).all()


def _add(office: Office, row: ValueRow | CaseRow, what: str, actor: str) -> None:
    with office.databases.identity.write() as identity:
        identity.add(row)
        log_change(identity, office, what, actor)


def _remove(
    office: Office, table: type[ValueRow] | type[CaseRow], row_id: str, what: str, actor: str
) -> None:
    with office.databases.identity.write() as identity:
        row = identity.get(table, row_id)
        if row is None:
            raise UsageError("This is no longer here. Load the page again.")
        identity.delete(row)
        log_change(identity, office, what, actor)
