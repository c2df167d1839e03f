"""Requests by people who exercise a right, and complaints: one place, each with its clock.

GDPR 12(3): the answer is due within a month; it may be extended once, by two further months, if the
customer is told why within the first. What can be done about a request is in `request_acts`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent.clock import parse, stamp
from consent.models import RequestRow

#: Days before the deadline from which a request counts as soon due.
SOON = timedelta(days=7)


class RequestKind(StrEnum):
    """Which right (GDPR 15 to 21, 77)."""

    ACCESS = "access"
    PORTABILITY = "portability"
    CORRECTION = "correction"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    ERASURE = "erasure"
    COMPLAINT = "complaint"


class Channel(StrEnum):
    """How somebody asked, or was told. A choice, not free text: no reason is owed (GDPR 7(3))."""

    SHOP = "shop"
    LETTER = "letter"
    PHONE = "phone"
    EMAIL = "email"
    KIOSK = "kiosk"
    OWN_PAGE = "page"

    @property
    def method(self) -> str:
        """The words that records and receipts carry."""
        return _METHODS[self]


_METHODS = {
    Channel.SHOP: "asked in the shop",
    Channel.LETTER: "asked by letter",
    Channel.PHONE: "asked by phone",
    Channel.EMAIL: "asked by e-mail",
    Channel.KIOSK: "kiosk",
    Channel.OWN_PAGE: "own page",
}


class Identity(StrEnum):
    """How it was checked that the request comes from the customer (GDPR 12(6))."""

    CODE = "code"
    EMAIL = "email"
    DOCUMENT = "document"
    KNOWN = "known"


class Extension(StrEnum):
    """The two reasons that GDPR 12(3) knows."""

    COMPLEXITY = "complexity"
    NUMBER = "number"


class Outcome(StrEnum):
    """How a request ended."""

    DONE = "done"
    PARTLY = "partly"
    NOTHING_HELD = "nothing_held"
    UNFOUNDED = "unfounded"
    NOT_IDENTIFIED = "not_identified"


#: Outcomes after which the customer must be told why, and where to complain (GDPR 12(4)).
REFUSALS = frozenset({Outcome.PARTLY, Outcome.UNFOUNDED, Outcome.NOT_IDENTIFIED})
#: Kinds whose answer hands something out or changes it: the person must be the customer.
PERSONAL = frozenset(RequestKind) - {RequestKind.COMPLAINT, RequestKind.OBJECTION}


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request without its text.

    Attributes:
        due_on: Last day on which an answer is in time, with the extension.
        late: Not answered by then, or answered after it.
        days: Days left until `due_on`; negative: days late. Of an open request.
        soon: Open, and a week or less is left.
    """

    id: str
    subject_id: str | None
    kind: RequestKind
    wrong_person: bool
    channel: Channel
    received_at: datetime
    received_by: str
    due_on: date
    extended_for: Extension | None
    extendable: bool
    identity: Identity | None
    owner: str | None
    outcome: Outcome | None
    reply_by: Channel | None
    closed_at: datetime | None
    late: bool
    days: int
    soon: bool


def open_requests(identity: Session, now: datetime) -> tuple[RequestView, ...]:
    """Return what is not answered, the first due first."""
    rows = identity.scalars(
        select(RequestRow)
        .where(RequestRow.closed_at.is_(None))
        .order_by(RequestRow.due_on, RequestRow.received_at)
    )
    return tuple(view_of(row, now) for row in rows)


def closed_requests(identity: Session, now: datetime, limit: int) -> tuple[RequestView, ...]:
    """Return the newest that were answered."""
    rows = identity.scalars(
        select(RequestRow)
        .where(RequestRow.closed_at.is_not(None))
        .order_by(RequestRow.closed_at.desc())
        .limit(limit)
    )
    return tuple(view_of(row, now) for row in rows)


def requests_of(identity: Session, subject_id: str, now: datetime) -> tuple[RequestView, ...]:
    """Return a customer's requests, newest first."""
    rows = identity.scalars(
        select(RequestRow)
        .where(RequestRow.subject_id == subject_id)
        .order_by(RequestRow.received_at.desc())
    )
    return tuple(view_of(row, now) for row in rows)


@dataclass(frozen=True, slots=True)
class ComplaintFigures:
    """How many complaints there are: numbers for the manager, nobody's trace.

    Attributes:
        open: Not answered.
        late: Not answered by their deadline.
        wrong_person: "I was greeted as somebody else", in the last 30 days.
    """

    open: int
    late: int
    wrong_person: int


def complaint_figures(identity: Session, now: datetime) -> ComplaintFigures:
    """Count the complaints."""
    complaints = select(func.count()).where(RequestRow.kind == RequestKind.COMPLAINT.value)
    unanswered = complaints.where(RequestRow.closed_at.is_(None))
    recent = complaints.where(
        RequestRow.wrong_person, RequestRow.received_at >= stamp(now - timedelta(days=30))
    )
    late = unanswered.where(RequestRow.due_on < now.date().isoformat())
    return ComplaintFigures(*(identity.scalar(query) or 0 for query in (unanswered, late, recent)))


def view_of(row: RequestRow, now: datetime) -> RequestView:
    """Return a request as it stands at this moment."""
    due = date.fromisoformat(row.due_on)
    closed_at = parse(row.closed_at) if row.closed_at else None
    days = (due - (closed_at or now).date()).days
    return RequestView(
        id=row.id,
        subject_id=row.subject_id,
        kind=RequestKind(row.kind),
        wrong_person=row.wrong_person,
        channel=Channel(row.channel),
        received_at=parse(row.received_at),
        received_by=row.received_by,
        due_on=due,
        extended_for=Extension(row.extended_for) if row.extended_for else None,
        extendable=closed_at is None and row.extended_for is None and days >= 0,
        identity=Identity(row.identity) if row.identity else None,
        owner=row.owner,
        outcome=Outcome(row.outcome) if row.outcome else None,
        reply_by=Channel(row.reply_by) if row.reply_by else None,
        closed_at=closed_at,
        late=days < 0,
        days=days,
        soon=closed_at is None and 0 <= days <= SOON.days,
    )
