"""What can be done about a request: take it in, check who asks, extend, answer, forget.

Every step is in the log, without content.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from consent.canonical import JSON
from consent.clock import parse, stamp
from consent.errors import (
    ConsentMissingError,
    KeyUnavailableError,
    PolicyRefusedError,
    SubjectUnknownError,
)
from consent.log import ledger
from consent.log.events import EventKind
from consent.models import RequestRow, SubjectRow
from consent.records import Grant
from consent.rights.deadlines import due_on
from consent.rights.request_notes import note_answered, note_received
from consent.rights.request_text import account_grant, open_text, seal_text
from consent.rights.requests import (
    PERSONAL,
    REFUSALS,
    Channel,
    Extension,
    Identity,
    Outcome,
    RequestKind,
    RequestView,
    requests_of,
    view_of,
)
from consent.setting import Office


@dataclass(frozen=True, slots=True)
class Received:
    """What is known when a request comes in. `subject_id` None: no customer, a complaint only."""

    kind: RequestKind
    channel: Channel
    subject_id: str | None
    identity: Identity | None = None
    text: str = ""
    wrong_person: bool = False


@dataclass(frozen=True, slots=True)
class Texts:
    """What was written; `gone`: its key was destroyed."""

    text: str = ""
    reply: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request was answered. `authority_named`: told why, and where to complain."""

    outcome: Outcome
    channel: Channel
    reply: str = ""
    authority_named: bool = False


def receive(office: Office, received: Received, *, actor: str) -> RequestView:
    """Take a request in; its clock starts now.

    Raises:
        ConsentMissingError: somebody who is no customer asks for more than a complaint.
        SubjectUnknownError: no such customer, or erased.
    """
    now, request_id = office.now(), str(uuid.uuid4())
    subject_id, grant = received.subject_id, None
    if subject_id is None and received.kind is not RequestKind.COMPLAINT:
        raise ConsentMissingError("Look the customer up first. Who is no customer can complain.")
    if subject_id is not None:
        with office.databases.identity.read() as identity:
            if identity.get(SubjectRow, subject_id) is None:
                raise SubjectUnknownError("There is no such customer here.")
            grant = account_grant(identity, subject_id, now)
    row = RequestRow(
        id=request_id,
        subject_id=subject_id,
        kind=received.kind.value,
        wrong_person=received.wrong_person and received.kind is RequestKind.COMPLAINT,
        channel=received.channel.value,
        received_at=stamp(now),
        received_by=actor,
        due_on=due_on(now).isoformat(),
        identity=received.identity.value if received.identity else None,
        consent_id=grant.consent_id if grant else None,
        text=seal_text(office, request_id, "text", received.text, grant),
    )
    detail: dict[str, JSON] = {"kind": received.kind.value, "channel": received.channel.value}
    note_received(office, row)  # first: an older copy that is put back must know of it
    with office.databases.identity.write() as identity:
        identity.add(row)
        identity.flush()
        _log(identity, office, EventKind.REQUEST_RECEIVED, row, actor, detail)
        return view_of(row, now)


def done_at_once(
    office: Office, kind: RequestKind, subject_id: str, *, channel: Channel, actor: str
) -> None:
    """Keep that a customer exercised a right who was identified by their code, and had it at once.

    Who looks twice on one day made one request.

    Raises:
        SubjectUnknownError: no such customer, or erased.
    """
    now = office.now()
    with office.databases.identity.read() as identity:
        before = requests_of(identity, subject_id, now)
    if any(
        (one.kind, one.channel, one.received_by) == (kind, channel, actor)
        and one.received_at.date() == now.date()
        for one in before
    ):
        return
    asked = Received(kind, channel, subject_id, Identity.CODE)
    made = receive(office, asked, actor=actor)
    answer(office, made.id, Answer(Outcome.DONE, channel), actor=actor)


def read_request(office: Office, request_id: str, *, reader: str) -> tuple[RequestView, Texts]:
    """Return a request with its texts, and log that `reader` read it.

    Raises:
        SubjectUnknownError: no such request.
    """
    with office.databases.identity.write() as identity:
        row = _require(identity, request_id)
        _log(identity, office, EventKind.REQUEST_READ, row, reader, {})
        view = view_of(row, office.now())
    return view, texts_of(office, view)


def texts_of(office: Office, request: RequestView) -> Texts:
    """Open the texts of a request; the caller has logged that somebody reads."""
    with office.databases.identity.read() as identity:
        row = _require(identity, request.id)
        try:
            grant = _grant(identity, row, office.now())
        except ConsentMissingError:
            return Texts(gone=True)
    try:
        return Texts(open_text(office, row, "text", grant), open_text(office, row, "reply", grant))
    except KeyUnavailableError:
        return Texts(gone=True)


def take(office: Office, request_id: str, *, actor: str) -> None:
    """Make the actor the one who answers for it.

    Raises:
        SubjectUnknownError: no such request. PolicyRefusedError: it is answered.
    """
    with office.databases.identity.write() as identity:
        row = _require_open(identity, request_id)
        row.owner = actor
        _log(identity, office, EventKind.REQUEST_CHANGED, row, actor, {"what": "owner"})


def identify(office: Office, request_id: str, how: Identity, *, actor: str) -> None:
    """Note how it was checked that the request comes from the customer.

    Raises:
        SubjectUnknownError: no such request. PolicyRefusedError: it is answered.
    """
    with office.databases.identity.write() as identity:
        row = _require_open(identity, request_id)
        row.identity = how.value
        detail: dict[str, JSON] = {"what": "identity", "how": how.value}
        _log(identity, office, EventKind.REQUEST_CHANGED, row, actor, detail)


def extend(
    office: Office, request_id: str, reason: Extension, told_by: Channel, *, actor: str
) -> RequestView:
    """Extend by two further months; the customer was told so, and why (GDPR 12(3)).

    Raises:
        SubjectUnknownError: no such request.
        PolicyRefusedError: answered, extended already, or the first month is over.
    """
    with office.databases.identity.write() as identity:
        row = _require_open(identity, request_id)
        if not view_of(row, office.now()).extendable:
            raise PolicyRefusedError(
                "A request can be extended once, and only within the first month. Answer it now."
            )
        row.extended_for, row.extension_told = reason.value, told_by.value
        row.due_on = due_on(parse(row.received_at), extended=True).isoformat()
        detail: dict[str, JSON] = {"what": "extended", "reason": reason.value, "until": row.due_on}
        _log(identity, office, EventKind.REQUEST_CHANGED, row, actor, detail)
        return view_of(row, office.now())


def answer(office: Office, request_id: str, given: Answer, *, actor: str) -> RequestView:
    """Close a request with its answer.

    Raises:
        SubjectUnknownError: no such request.
        PolicyRefusedError: answered already; nobody checked who asks; or a refusal without the
            reasons and the authority (GDPR 12(4)).
    """
    with office.databases.identity.read() as identity:
        row = _require_open(identity, request_id)
        grant = None
        if given.reply.strip():
            grant = _grant(identity, row, office.now())
    # 1 who asks was checked, where the answer hands something out or changes it
    refused = given.outcome in REFUSALS
    if RequestKind(row.kind) in PERSONAL and row.identity is None and not refused:
        raise PolicyRefusedError("Note first how you checked that it is this customer.")
    # 2 a refusal comes with its reasons, and with where to complain
    if refused and not given.authority_named:
        raise PolicyRefusedError(
            "Tell the customer why, and that they can complain to the authority or go to court."
        )
    # 3 the reply, sealed, then the end
    sealed = seal_text(office, request_id, "reply", given.reply, grant)
    at = stamp(office.now())
    note_answered(office, row, given.outcome, given.channel, at)
    with office.databases.identity.write() as identity:
        row = _require_open(identity, request_id)
        row.outcome, row.reply_by, row.reply = given.outcome.value, given.channel.value, sealed
        row.closed_at, row.owner = at, row.owner or actor
        view = view_of(row, office.now())
        detail: dict[str, JSON] = {"outcome": given.outcome.value, "in_time": not view.late}
        _log(identity, office, EventKind.REQUEST_ANSWERED, row, actor, detail)
    return view


def _grant(identity: Session, row: RequestRow, now: datetime) -> Grant | None:
    return account_grant(identity, row.subject_id, now) if row.subject_id is not None else None


def _require(identity: Session, request_id: str) -> RequestRow:
    row = identity.get(RequestRow, request_id)
    if row is None:
        raise SubjectUnknownError("There is no request with this number here.")
    return row


def _require_open(identity: Session, request_id: str) -> RequestRow:
    row = _require(identity, request_id)
    if row.closed_at is not None:
        raise PolicyRefusedError("This request is answered. A new wish is a new request.")
    return row


def _log(
    identity: Session,
    office: Office,
    kind: EventKind,
    row: RequestRow,
    actor: str,
    detail: Mapping[str, JSON],
) -> None:
    subject_id = row.subject_id
    gone = subject_id is not None and identity.get(SubjectRow, subject_id) is None
    ledger.append(
        identity,
        office.ring,
        kind,
        actor=actor,
        about=None if gone else subject_id,  # an erased customer is not linked anew
        detail={"request": row.id, **detail},
        now=office.now(),
    )
