"""What staff do with a service request. Each act is in the log, without content."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clienteling.errors import UsageError
from clienteling.service.figures import Figure, count
from clienteling.service.helpbar.kinds import (
    LONGEST,
    LONGEST_NAME,
    LONGEST_PHONE,
    NEXT,
    Asked,
    HelpStatus,
    NewHelp,
    NoteKind,
)
from clienteling.service.helpbar.reasons import count_reason, is_reason
from clienteling.service.helpbar.texts import (
    cleaned,
    grant_of,
    note_item,
    request_item,
    seal_words,
)
from clienteling.service.models import HelpNoteRow, HelpRequestRow
from clienteling.webhooks.events import Event, RequestData, Told
from clienteling.webhooks.outbox import tell
from consent.canonical import JSON
from consent.clock import stamp
from consent.errors import PolicyRefusedError, SubjectUnknownError
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office


def open_request(office: Office, new: NewHelp, *, actor: str) -> str:
    """Take a request in; returns its id.

    Raises:
        UsageError: nothing is asked, or too long. ConsentMissingError: the account has ended, or
            the customer's data is used for nothing at present.
    """
    asked = _checked(new.asked)
    request_id, now = str(uuid.uuid4()), office.wall_now()
    with office.databases.identity.read() as identity:
        grant = grant_of(office, identity, new.subject_id)
    content = json.dumps(
        {"what": asked.what, "first_name": asked.first_name, "phone": asked.phone}
    ).encode()
    with office.databases.keys.write() as keys:
        sealed = seal_words(office, keys, request_id, grant, request_item(request_id), content)
    row = HelpRequestRow(
        id=request_id,
        subject_id=new.subject_id,
        consent_id=None if grant is None else grant.consent_id,
        kind=new.kind.value,
        status=HelpStatus.OPEN.value,
        opened_at=stamp(now),
        opened_by=actor,
        changed_at=stamp(now),
        due_at=_stamped(new.due_at),
        appointment_at=_stamped(new.appointment_at),
        owner=new.owner,
        sealed=sealed,
    )
    with office.databases.identity.write() as identity:
        # Asked again where it is written: an erasure in between must not leave a row behind.
        grant_of(office, identity, new.subject_id)
        if new.in_queue:
            _give_number(identity, row, now)
        identity.add(row)
        count(identity, Figure.HELP_OPENED, now)
        _log(identity, office, EventKind.HELP_OPENED, row, actor, {"kind": new.kind.value})
        tell(identity, office, Told(Event.REQUEST_OPENED, RequestData(request=request_id)))
    return request_id


def claim(office: Office, request_id: str, *, actor: str) -> None:
    """Make the actor the one who takes care of it.

    Raises:
        SubjectUnknownError: no such request. PolicyRefusedError: it is closed.
    """
    with office.databases.identity.write() as identity:
        row = _require_open(identity, request_id)
        row.owner = actor
        _log(identity, office, EventKind.HELP_CHANGED, row, actor, {"what": "owner"})


def give_back(office: Office, request_id: str, *, actor: str) -> None:
    """Let anybody take care of it again.

    Raises:
        SubjectUnknownError: no such request. PolicyRefusedError: it is closed.
    """
    with office.databases.identity.write() as identity:
        row = _require_open(identity, request_id)
        row.owner = None
        _log(identity, office, EventKind.HELP_CHANGED, row, actor, {"what": "no owner"})


def move(office: Office, request_id: str, status: HelpStatus, *, actor: str) -> None:
    """Say how far it is; the same status again changes nothing.

    Raises:
        SubjectUnknownError: no such request.
        PolicyRefusedError: it cannot go there from where it is; done needs a reason (`close`).
    """
    if status is HelpStatus.DONE:
        raise PolicyRefusedError("Say what it was about: then the request is done.")
    with office.databases.identity.write() as identity:
        row = require(identity, request_id)
        if row.status == status.value:
            return
        _go(identity, row, status, office.now())
        _log(identity, office, EventKind.HELP_CHANGED, row, actor, {"status": status.value})


def close(
    office: Office, request_id: str, reason: str, product_id: str | None = None, *, actor: str
) -> None:
    """Say that it is done, and what it was about: that is counted for the month.

    Raises:
        UsageError: no such reason. SubjectUnknownError: no such request.
        PolicyRefusedError: it is closed already.
    """
    now = office.wall_now()
    with office.databases.identity.write() as identity:
        if not is_reason(identity, reason):
            raise UsageError("Choose what it was about.")
        row = require(identity, request_id)
        if row.status == HelpStatus.DONE.value:
            return
        _go(identity, row, HelpStatus.DONE, now)
        row.reason, row.product_id = reason, product_id
        row.counted_in = f"{now:%Y-%m}"
        count_reason(identity, row.counted_in, reason, product_id)
        count(identity, Figure.HELP_SOLVED, now)
        detail: dict[str, JSON] = {"status": HelpStatus.DONE.value, "reason": reason}
        _log(identity, office, EventKind.HELP_CHANGED, row, actor, detail)
        tell(identity, office, Told(Event.REQUEST_SOLVED, RequestData(request=request_id)))


def add_note(office: Office, request_id: str, kind: NoteKind, text: str, *, actor: str) -> None:
    """Add what was done, or how it could be solved; anybody may.

    Raises:
        UsageError: nothing was written, or too much. SubjectUnknownError: no such request.
        ConsentMissingError: the account has ended, or its data is used for nothing at present.
        KeyUnavailableError: its key is destroyed.
    """
    text = cleaned(text, LONGEST, "Write something first.")
    note_id, now = str(uuid.uuid4()), office.wall_now()
    with office.databases.identity.read() as identity:
        row = require(identity, request_id)
        grant = grant_of(office, identity, row.subject_id)
    with office.databases.keys.write() as keys:
        sealed = seal_words(office, keys, request_id, grant, note_item(note_id), text.encode())
    with office.databases.identity.write() as identity:
        row = require(identity, request_id)
        grant_of(office, identity, row.subject_id)
        identity.add(
            HelpNoteRow(
                id=note_id,
                request_id=request_id,
                subject_id=row.subject_id,
                kind=kind.value,
                at=stamp(now),
                author=actor,
                sealed=sealed,
            )
        )
        _log(identity, office, EventKind.HELP_CHANGED, row, actor, {"what": kind.value})


def promise(
    office: Office,
    request_id: str,
    due_at: datetime | None,
    appointment_at: datetime | None,
    *,
    actor: str,
) -> None:
    """Note what was promised, and when the customer comes.

    Raises:
        SubjectUnknownError: no such request. PolicyRefusedError: it is closed.
    """
    with office.databases.identity.write() as identity:
        row = _require_open(identity, request_id)
        row.due_at, row.appointment_at = _stamped(due_at), _stamped(appointment_at)
        _log(identity, office, EventKind.HELP_CHANGED, row, actor, {"what": "times"})


def queue(office: Office, request_id: str, *, actor: str) -> int:
    """Give the customer who waits in the shop a number of today; returns it.

    Raises:
        SubjectUnknownError: no such request. PolicyRefusedError: it is closed.
    """
    now = office.wall_now()
    with office.databases.identity.write() as identity:
        row = _require_open(identity, request_id)
        if row.queue_day != day_of(now) or row.queue_number is None:
            _give_number(identity, row, now)
            _log(identity, office, EventKind.HELP_CHANGED, row, actor, {"what": "queue"})
        assert row.queue_number is not None
        return row.queue_number


def require(identity: Session, request_id: str) -> HelpRequestRow:
    """Return the row of a request.

    Raises:
        SubjectUnknownError: there is none.
    """
    row = identity.get(HelpRequestRow, request_id)
    if row is None:
        raise SubjectUnknownError("There is no such service request (any more).")
    return row


def day_of(moment: datetime) -> str:
    """Return the day of a moment in the shop's zone."""
    return moment.date().isoformat()


def _require_open(identity: Session, request_id: str) -> HelpRequestRow:
    row = require(identity, request_id)
    if HelpStatus(row.status).is_closed:
        raise PolicyRefusedError("This service request is closed. Take it up again first.")
    return row


def _go(identity: Session, row: HelpRequestRow, status: HelpStatus, now: datetime) -> None:
    if status not in NEXT[HelpStatus(row.status)]:
        raise PolicyRefusedError("This service request is closed. Take it up again first.")
    if row.counted_in is not None and row.reason is not None:  # it was not solved: not counted
        count_reason(identity, row.counted_in, row.reason, row.product_id, by=-1)
        count(identity, Figure.HELP_TAKEN_UP, now)
        row.reason = row.product_id = row.counted_in = None
    row.status, row.changed_at = status.value, stamp(now)


def _give_number(identity: Session, row: HelpRequestRow, now: datetime) -> None:
    today = day_of(now)
    last = identity.scalar(
        select(func.max(HelpRequestRow.queue_number)).where(HelpRequestRow.queue_day == today)
    )
    row.queue_day, row.queue_number = today, (last or 0) + 1


def _checked(asked: Asked) -> Asked:
    return Asked(
        what=cleaned(asked.what, LONGEST, "Say in a few words what the customer needs."),
        first_name=cleaned(asked.first_name, LONGEST_NAME, ""),
        phone=cleaned(asked.phone, LONGEST_PHONE, ""),
    )


def _stamped(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


def _log(
    identity: Session,
    office: Office,
    kind: EventKind,
    row: HelpRequestRow,
    actor: str,
    detail: Mapping[str, JSON],
) -> None:
    ledger.append(
        identity,
        office.ring,
        kind,
        actor=actor,
        about=row.subject_id,
        detail={"help": row.id, **detail},
        now=office.now(),
    )
