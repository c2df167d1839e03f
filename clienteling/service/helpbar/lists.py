"""Service requests as staff read them: lists, one with its notes, and what is open of a customer.

Whoever reads words of a customer is written into the log.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from clienteling.customers.profile import Account, read
from clienteling.service.helpbar.acts import day_of, require
from clienteling.service.helpbar.kinds import (
    Asked,
    HelpKind,
    HelpNote,
    HelpRequest,
    HelpStatus,
    NoteKind,
)
from clienteling.service.helpbar.texts import grant_of, note_item, open_words, request_item
from clienteling.service.models import HelpNoteRow, HelpRequestRow
from consent.clock import parse, stamp
from consent.errors import ConsentMissingError, KeyUnavailableError
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office
from consent.records import Grant

#: How many a list shows; and for how many days a closed one is shown.
SHOWN, SHOWN_CLOSED = 50, 30
_CLOSED = [status.value for status in HelpStatus if status.is_closed]


class Which(StrEnum):
    """A list."""

    ALL = "all"
    MINE = "mine"
    READY = "ready"
    OVERDUE = "overdue"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class OpenHelp:
    """What is open of one customer, for the card: a complaint comes before every suggestion."""

    complaints: tuple[HelpRequest, ...] = ()
    others: tuple[HelpRequest, ...] = ()
    ready: tuple[HelpRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """Who is next: numbers of today, nothing else.

    Attributes:
        now: Whom somebody is helping.
        waiting: Who waits, in order.
    """

    now: tuple[int, ...]
    waiting: tuple[int, ...]


def listed(
    office: Office, which: Which, *, reader: str, kind: HelpKind | None = None
) -> tuple[HelpRequest, ...]:
    """Return a list with its words, what is overdue first; each customer's entry says who read."""
    now = office.wall_now()
    query = _query(which, reader, now)
    if kind is not None:
        query = query.where(HelpRequestRow.kind == kind.value)
    with office.databases.identity.read() as identity:
        rows = identity.scalars(query.limit(SHOWN)).all()
        grants = _grants(office, identity, rows)
    found = tuple(_opened(office, row, grants.get(row.id), now) for row in rows)
    _log_reads(office, [one for one in found if one.asked is not None], reader)
    return sorted_by_need(found) if which is not Which.CLOSED else found


def read_one(
    office: Office, request_id: str, *, reader: str
) -> tuple[HelpRequest, tuple[HelpNote, ...]]:
    """Return a request with its notes and ideas, the oldest first; the read is logged.

    Raises:
        SubjectUnknownError: no such request.
    """
    with office.databases.identity.read() as identity:
        row = require(identity, request_id)
        grants = _grants(office, identity, [row])
        notes = identity.scalars(
            select(HelpNoteRow)
            .where(HelpNoteRow.request_id == request_id)
            .order_by(HelpNoteRow.at, HelpNoteRow.id)
        ).all()
    found = _opened(office, row, grants.get(row.id), office.wall_now())
    _log_reads(office, [found], reader)
    return found, () if found.asked is None else _notes(office, row, grants[row.id], notes)


def open_for(office: Office, subject_id: str) -> OpenHelp:
    """Return what is open of a customer, with its words; the caller logs that somebody reads."""
    now = office.wall_now()
    with office.databases.identity.read() as identity:
        rows = identity.scalars(
            select(HelpRequestRow).where(
                HelpRequestRow.subject_id == subject_id, HelpRequestRow.status.not_in(_CLOSED)
            )
        ).all()
        grants = _grants(office, identity, rows)
    found = sorted_by_need([_opened(office, row, grants.get(row.id), now) for row in rows])
    ready = tuple(one for one in found if one.status is HelpStatus.READY)
    rest = [one for one in found if one.status is not HelpStatus.READY]
    return OpenHelp(
        complaints=tuple(one for one in rest if one.kind is HelpKind.COMPLAINT),
        others=tuple(one for one in rest if one.kind is not HelpKind.COMPLAINT),
        ready=ready,
    )


def pickups_today(office: Office) -> tuple[HelpRequest, ...]:
    """Return what is ready, or promised for today to be picked up; without any words or names."""
    now = office.wall_now()
    ready = HelpRequestRow.status == HelpStatus.READY.value
    today = and_(
        HelpRequestRow.kind == HelpKind.PICKUP.value,
        HelpRequestRow.status.not_in(_CLOSED),
        HelpRequestRow.due_at < stamp(_midnight(now) + timedelta(days=1)),
    )
    with office.databases.identity.read() as identity:
        rows = identity.scalars(select(HelpRequestRow).where(or_(ready, today))).all()
    return sorted_by_need([view_of(row, now) for row in rows])


def queue_today(identity: Session, now: datetime) -> Queue:
    """Return the numbers of today; `now` in the shop's zone."""
    rows = identity.scalars(
        select(HelpRequestRow)
        .where(
            HelpRequestRow.queue_day == day_of(now),
            HelpRequestRow.status == HelpStatus.OPEN.value,
        )
        .order_by(HelpRequestRow.queue_number)
    ).all()
    numbers = [(row.queue_number, row.owner) for row in rows if row.queue_number is not None]
    return Queue(
        now=tuple(number for number, owner in numbers if owner is not None),
        waiting=tuple(number for number, owner in numbers if owner is None),
    )


def sorted_by_need(several: Sequence[HelpRequest]) -> tuple[HelpRequest, ...]:
    """Return what is overdue first, then what is promised soonest, then the oldest."""
    return tuple(
        sorted(
            several,
            key=lambda one: (
                not one.overdue,
                one.due_at is None,
                one.due_at or one.opened_at,
                one.opened_at,
            ),
        )
    )


def view_of(row: HelpRequestRow, now: datetime) -> HelpRequest:
    """Return a request without its words."""
    status, due = HelpStatus(row.status), parse(row.due_at) if row.due_at else None
    is_today = row.queue_day == day_of(now)
    return HelpRequest(
        id=row.id,
        kind=HelpKind(row.kind),
        status=status,
        subject_id=row.subject_id,
        opened_at=parse(row.opened_at),
        opened_by=row.opened_by,
        due_at=due,
        appointment_at=parse(row.appointment_at) if row.appointment_at else None,
        number=row.queue_number if is_today else None,
        owner=row.owner,
        reason=row.reason,
        overdue=due is not None and due < now and not status.is_closed,
        due_today=due is not None and day_of(due.astimezone(now.tzinfo)) == day_of(now),
    )


def _query(which: Which, reader: str, now: datetime) -> Select[HelpRequestRow]:
    going_on: ColumnElement[bool] = HelpRequestRow.status.not_in(_CLOSED)
    wanted = {
        Which.ALL: (going_on,),
        Which.MINE: (going_on, HelpRequestRow.owner == reader),
        Which.READY: (HelpRequestRow.status == HelpStatus.READY.value,),
        Which.OVERDUE: (going_on, HelpRequestRow.due_at < stamp(now)),
        Which.CLOSED: (
            HelpRequestRow.status.in_(_CLOSED),
            HelpRequestRow.changed_at >= stamp(now - timedelta(days=SHOWN_CLOSED)),
        ),
    }[which]
    query = select(HelpRequestRow).where(*wanted)
    if which is Which.CLOSED:
        return query.order_by(HelpRequestRow.changed_at.desc())
    first = HelpRequestRow.due_at.is_(None)
    return query.order_by(first, HelpRequestRow.due_at, HelpRequestRow.opened_at)


def _grants(
    office: Office, identity: Session, rows: Sequence[HelpRequestRow]
) -> dict[str, Grant | None]:
    """Return the grants by request; a request whose customer's data may not be read is left out."""
    found: dict[str, Grant | None] = {}
    for row in rows:
        with suppress(ConsentMissingError):
            found[row.id] = grant_of(office, identity, row.subject_id)
    return found


def _opened(office: Office, row: HelpRequestRow, grant: Grant | None, now: datetime) -> HelpRequest:
    shown = view_of(row, now)
    if row.subject_id is not None and grant is None:
        return shown
    try:
        with office.databases.keys.read() as keys:
            (plain,) = open_words(office, keys, row.id, grant, [(request_item(row.id), row.sealed)])
        account = None if grant is None else read(office, grant, Account)
    except KeyUnavailableError:
        return shown
    asked = Asked(**json.loads(plain))
    return replace(shown, asked=asked, name=asked.first_name if account is None else account.name)


def _notes(
    office: Office, row: HelpRequestRow, grant: Grant | None, notes: Sequence[HelpNoteRow]
) -> tuple[HelpNote, ...]:
    sealed = [(note_item(note.id), note.sealed) for note in notes]
    try:
        with office.databases.keys.read() as keys:
            plain = open_words(office, keys, row.id, grant, sealed)
    except KeyUnavailableError:
        return ()
    return tuple(
        HelpNote(note.id, NoteKind(note.kind), parse(note.at), note.author, text.decode())
        for note, text in zip(notes, plain, strict=True)
    )


def _log_reads(office: Office, found: Sequence[HelpRequest], reader: str) -> None:
    """Log who read, with each customer's own entry; of people without an account how many."""
    by_subject: dict[str | None, list[str]] = {}
    for one in found:
        by_subject.setdefault(one.subject_id, []).append(one.id)
    if not by_subject:
        return
    with office.databases.identity.write() as identity:
        for subject_id, ids in by_subject.items():
            ledger.append(
                identity,
                office.ring,
                EventKind.HELP_READ,
                actor=reader,
                about=subject_id,
                detail={"requests": len(ids)},
                now=office.now(),
            )


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
