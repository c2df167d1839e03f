"""When service requests go: with the account, after their time, at once when somebody asks.

The key goes first where there is one of the request's own; what dies in between is unreadable.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from clienteling.service.helpbar.acts import require
from clienteling.service.helpbar.kinds import HelpStatus
from clienteling.service.helpbar.texts import note_item, open_words, request_item, seal_words
from clienteling.service.models import HelpNoteRow, HelpRequestRow
from consent.clock import stamp
from consent.errors import PolicyRefusedError
from consent.keystore import keys as keystore
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, require_grant
from consent.storage import Databases

#: How long the request of somebody without an account stays once it is closed: a design default,
#: in which they can still come back on it (a return takes 14 days, a repair often comes back).
STRANGERS_KEPT = timedelta(days=90)
#: How long any request stays after its last change: a design default, the two years of the
#: guarantee that EU law gives a consumer (Directive 2019/771, article 10).
KEPT = timedelta(days=730)

_CLOSED = [status.value for status in HelpStatus if status.is_closed]


def old_requests(office: Office, limit: int | None = None) -> tuple[str, ...]:
    """Return the requests, of whomever, whose time is over."""
    return _ids(office, limit, HelpRequestRow.changed_at <= stamp(office.now() - KEPT))


def forget_old(office: Office, limit: int) -> int:
    """Remove requests whose time is over, with their keys; returns how many."""
    return _remove(office, old_requests(office, limit))


def old_strangers(office: Office, limit: int | None = None) -> tuple[str, ...]:
    """Return the closed requests of those without an account whose time is over."""
    return _ids(
        office,
        limit,
        HelpRequestRow.subject_id.is_(None),
        HelpRequestRow.status.in_(_CLOSED),
        HelpRequestRow.changed_at <= stamp(office.now() - STRANGERS_KEPT),
    )


def forget_strangers(office: Office, limit: int) -> int:
    """Remove those, with their keys; returns how many."""
    return _remove(office, old_strangers(office, limit))


def forget_now(office: Office, request_id: str, *, actor: str) -> None:
    """Remove the request of somebody without an account who asks for that (GDPR 17).

    Raises:
        SubjectUnknownError: no such request. PolicyRefusedError: it is a customer's, whose data is
            erased with the account.
    """
    with office.databases.identity.read() as identity:
        if require(identity, request_id).subject_id is not None:
            raise PolicyRefusedError("This is a customer’s request: it goes with the account.")
    _remove(office, [request_id])
    with office.databases.identity.write() as identity:
        ledger.append(
            identity,
            office.ring,
            EventKind.HELP_FORGOTTEN,
            actor=actor,
            about=None,
            detail={},
            now=office.now(),
        )


def erase_help(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: with the account go a customer's requests, and what colleagues wrote about them."""
    if Purpose.ACCOUNT in purposes:
        with databases.identity.write() as identity:
            for table in (HelpNoteRow, HelpRequestRow):
                identity.execute(delete(table).where(table.subject_id == subject_id))
    return ()


def carry_over(office: Office, of: Grant, to: Grant) -> int:
    """Seal a customer's requests anew for the account that takes theirs over; returns how many.

    Idempotent: what is carried over is not found again.

    Raises:
        ConsentMissingError, KeyUnavailableError: one of the accounts has ended; what was carried
            over stays so. SealError: stored bytes were altered.
    """
    with office.databases.identity.read() as identity:
        mine = HelpRequestRow.subject_id == of.subject_id
        requests = identity.scalars(select(HelpRequestRow).where(mine)).all()
        notes = identity.scalars(
            select(HelpNoteRow).where(HelpNoteRow.subject_id == of.subject_id)
        ).all()
    for request in requests:
        theirs = [note for note in notes if note.request_id == request.id]
        items = [request_item(request.id), *(note_item(note.id) for note in theirs)]
        sealed = [request.sealed, *(note.sealed for note in theirs)]
        pairs = list(zip(items, sealed, strict=True))
        with office.databases.keys.write() as keys:
            plain = open_words(office, keys, request.id, of, pairs)
            anew = [
                seal_words(office, keys, request.id, to, item, content)
                for item, content in zip(items, plain, strict=True)
            ]
        with office.databases.identity.write() as identity:
            for grant in (of, to):  # asked again where it is written
                require_grant(identity, grant.subject_id, grant.purpose, office.now())
            _give_to(identity, request, theirs, to, anew)
    return len(requests)


def _give_to(
    identity: Session,
    request: HelpRequestRow,
    notes: Sequence[HelpNoteRow],
    to: Grant,
    sealed: Sequence[bytes],
) -> None:
    identity.execute(
        update(HelpRequestRow)
        .where(HelpRequestRow.id == request.id)
        .values(subject_id=to.subject_id, consent_id=to.consent_id, sealed=sealed[0])
    )
    for note, content in zip(notes, sealed[1:], strict=True):
        identity.execute(
            update(HelpNoteRow)
            .where(HelpNoteRow.id == note.id)
            .values(subject_id=to.subject_id, sealed=content)
        )


def _ids(office: Office, limit: int | None, *over: ColumnElement[bool]) -> tuple[str, ...]:
    with office.databases.identity.read() as identity:
        return tuple(identity.scalars(select(HelpRequestRow.id).where(*over).limit(limit)))


def _remove(office: Office, ids: Sequence[str]) -> int:
    with office.databases.keys.write() as keys:
        keystore.destroy_request_keys(keys, ids)
    with office.databases.identity.write() as identity:
        identity.execute(delete(HelpNoteRow).where(HelpNoteRow.request_id.in_(ids)))
        identity.execute(delete(HelpRequestRow).where(HelpRequestRow.id.in_(ids)))
    return len(ids)
