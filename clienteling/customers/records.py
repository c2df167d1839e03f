"""Sealed records: the many small things kept about a customer, each under its purpose's own key.

A section (`clienteling.customers.sections`) is what a customer told for a purpose as a whole; a
record is one of many, with a day: a note, a wish, a sale. What a kind's content means, the module
of that kind knows; here it is bytes. Reading or writing needs a `Grant`. What is asked of all
customers at once is in `clienteling.customers.everybody`.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from clienteling.customers.models import RecordRow
from clienteling.errors import UsageError
from consent.clock import stamp
from consent.errors import ConsentMissingError
from consent.keystore.seals import seal_all_for, unseal_all_for
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, grant_for
from consent.sealing import AssociatedData
from consent.storage import Databases


class RecordKind(StrEnum):
    """What a record is. The purpose that allows it stands in `PURPOSE_OF`."""

    NOTE = "note"
    TAG = "tag"
    SIZE = "size"
    WISH = "wish"
    DATE = "date"
    INTENT = "intent"
    OPINION = "opinion"
    SURPRISE = "surprise"
    ORDER = "order"
    LIST = "list"
    SALE = "sale"


PURPOSE_OF: Mapping[RecordKind, Purpose] = {
    RecordKind.NOTE: Purpose.PREFERENCES,
    RecordKind.TAG: Purpose.PREFERENCES,
    RecordKind.SIZE: Purpose.PREFERENCES,
    RecordKind.WISH: Purpose.PREFERENCES,
    RecordKind.DATE: Purpose.PREFERENCES,
    RecordKind.INTENT: Purpose.PREFERENCES,
    RecordKind.OPINION: Purpose.PREFERENCES,
    RecordKind.SURPRISE: Purpose.PREFERENCES,
    # What a customer ordered is kept to carry the order out, whatever else they chose.
    RecordKind.ORDER: Purpose.ACCOUNT,
    # That somebody is to be called back is the shop's own work, not a taste of the customer.
    RecordKind.LIST: Purpose.ACCOUNT,
    RecordKind.SALE: Purpose.PURCHASES,
}


@dataclass(frozen=True, slots=True)
class Record:
    """An opened record; `repr` shows none of its content.

    Attributes:
        day: The day it belongs to, "2026-11-24": by it a record is found and forgotten unopened.
        content: JSON, as the kind's module wrote it.
    """

    id: str
    subject_id: str
    kind: RecordKind
    day: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to be kept. `id`: given where repeating an act must not keep it twice."""

    kind: RecordKind
    content: bytes = field(repr=False)
    day: str | None = None
    id: str | None = None


def keep(office: Office, grant: Grant, new: NewRecord) -> str:
    """Seal and keep a record; returns its id. The same id again replaces what was there.

    Raises:
        UsageError: the grant is for another purpose than the kind's.
        ConsentMissingError: the consent ended meanwhile. KeyUnavailableError: its key did.
    """
    return keep_all(office, grant, (new,))[0]


def keep_all(office: Office, grant: Grant, several: Sequence[NewRecord]) -> tuple[str, ...]:
    """As `keep`, of several records of one customer, all or none.

    Raises:
        As `keep`.
    """
    for new in several:
        _check(grant, new.kind)
    today = stamp(office.now())[:10]
    ids = tuple(new.id or str(uuid.uuid4()) for new in several)
    plain = [
        (new.content, binding_of(office, grant, new.kind, id_))
        for new, id_ in zip(several, ids, strict=True)
    ]
    with office.databases.keys.write() as keys:
        sealed = seal_all_for(keys, office.ring, grant, plain)
    rows = [
        RecordRow(
            id=id_,
            subject_id=grant.subject_id,
            purpose=grant.purpose.value,
            consent_id=grant.consent_id,
            kind=new.kind.value,
            day=new.day or today,
            sealed=bytes_,
        )
        for new, id_, bytes_ in zip(several, ids, sealed, strict=True)
    ]
    with office.databases.identity.write() as identity:
        # Asked again where it is written: a withdrawal in between must not leave a row behind.
        if grant_for(identity, grant.subject_id, grant.purpose, office.now()) is None:
            raise ConsentMissingError("The customer has just withdrawn this. Nothing was kept.")
        for row in rows:
            there = identity.get(RecordRow, row.id)
            if there is not None and there.subject_id != row.subject_id:
                raise UsageError("This number is another customer's record. Nothing was kept.")
            identity.merge(row)
    return ids


def records_of(office: Office, grant: Grant, kind: RecordKind) -> tuple[Record, ...]:
    """Return the customer's records of a kind, the newest day first.

    Raises:
        UsageError: the grant is for another purpose than the kind's.
        KeyUnavailableError: the key was destroyed since the grant was read.
        SealError: stored bytes were altered or moved.
    """
    _check(grant, kind)
    with office.databases.identity.read() as identity:
        rows = identity.scalars(
            select(RecordRow).where(
                RecordRow.subject_id == grant.subject_id,
                RecordRow.kind == kind.value,
                RecordRow.consent_id == grant.consent_id,
            )
        ).all()
    # Asked to order by day, SQLite would go through this kind of all customers, by their days.
    rows = sorted(sorted(rows, key=lambda row: row.id), key=lambda row: row.day, reverse=True)
    return tuple(_open(office, grant, rows))


def record(office: Office, grant: Grant, record_id: str) -> Record | None:
    """Return one record of this customer, or None: gone, another's, or under another purpose.

    Raises:
        KeyUnavailableError, SealError: as `records_of`.
    """
    with office.databases.identity.read() as identity:
        row = identity.get(RecordRow, record_id)
    if row is None or (row.subject_id, row.consent_id) != (grant.subject_id, grant.consent_id):
        return None
    return next(iter(_open(office, grant, [row])))


def change(office: Office, grant: Grant, record_id: str, content: bytes) -> bool:
    """Put other content into a record; returns whether it was there.

    Raises:
        KeyUnavailableError: the key was destroyed since the grant was read.
    """
    mine = (RecordRow.id == record_id, *_owned_by(grant))
    with office.databases.identity.read() as identity:
        kind = identity.scalar(select(RecordRow.kind).where(*mine))
    if kind is None:
        return False
    binding = binding_of(office, grant, RecordKind(kind), record_id)
    with office.databases.keys.write() as keys:
        sealed = seal_all_for(keys, office.ring, grant, [(content, binding)])[0]
    with office.databases.identity.write() as identity:
        changed = identity.execute(
            update(RecordRow).where(*mine).values(sealed=sealed).returning(RecordRow.id)
        )
        return changed.scalar() is not None


def remove(office: Office, grant: Grant, record_id: str) -> bool:
    """Remove a record; returns whether it was there."""
    with office.databases.identity.write() as identity:
        gone = identity.execute(
            delete(RecordRow)
            .where(RecordRow.id == record_id, *_owned_by(grant))
            .returning(RecordRow.id)
        )
        return gone.scalar() is not None


def move_records(office: Office, source: Grant, target: Grant) -> int:
    """Move one customer's records to another account of the same person; returns how many.

    Each is sealed anew under the target's key and keeps its number, so that it is moved once.

    Raises:
        UsageError: the grants are for two purposes.
        ConsentMissingError: one of the consents ended meanwhile; nothing was moved.
        KeyUnavailableError: its key did.
    """
    if source.purpose is not target.purpose:
        raise UsageError("Records move under one purpose only.")
    with office.databases.identity.read() as identity:
        rows = identity.scalars(
            select(RecordRow).where(*_owned_by(source), RecordRow.purpose == source.purpose.value)
        ).all()
    if not rows:
        return 0
    plain = [
        (record.content, binding_of(office, target, record.kind, record.id))
        for record in _open(office, source, rows)
    ]
    with office.databases.keys.write() as keys:
        sealed = seal_all_for(keys, office.ring, target, plain)
    with office.databases.identity.write() as identity:
        for grant in (source, target):
            if grant_for(identity, grant.subject_id, grant.purpose, office.now()) is None:
                raise ConsentMissingError("A consent has just ended. Nothing was moved.")
        for row, bytes_ in zip(rows, sealed, strict=True):
            identity.execute(
                update(RecordRow)
                .where(RecordRow.id == row.id, *_owned_by(source), RecordRow.sealed == row.sealed)
                .values(subject_id=target.subject_id, consent_id=target.consent_id, sealed=bytes_)
            )
    return len(rows)


def erase_records(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: drop the records of these purposes."""
    with databases.identity.write() as identity:
        identity.execute(
            delete(RecordRow).where(
                RecordRow.subject_id == subject_id,
                RecordRow.purpose.in_([purpose.value for purpose in purposes]),
            )
        )
    return ()


def _check(grant: Grant, kind: RecordKind) -> None:
    if grant.purpose is not PURPOSE_OF[kind]:
        raise UsageError(f"A grant for {grant.purpose} does not open a {kind}.")


def _owned_by(grant: Grant) -> tuple[ColumnElement[bool], ...]:
    return (
        RecordRow.subject_id == grant.subject_id,
        RecordRow.consent_id == grant.consent_id,
    )


def binding_of(office: Office, grant: Grant, kind: RecordKind, record_id: str) -> AssociatedData:
    """Return what a record's seal is bound to: it opens as no other (R20)."""
    return office.binding(grant, item=f"{kind}:{record_id}")


def _open(office: Office, grant: Grant, rows: Sequence[RecordRow]) -> list[Record]:
    with office.databases.keys.read() as keys:
        return opened_with(keys, office, grant, rows)


def opened_with(
    keys: Session, office: Office, grant: Grant, rows: Sequence[RecordRow]
) -> list[Record]:
    """Open records of one customer, in a session of the keys that is open already.

    Raises:
        KeyUnavailableError, SealError: as `records_of`.
    """
    sealed = [(row.sealed, binding_of(office, grant, RecordKind(row.kind), row.id)) for row in rows]
    plain = unseal_all_for(keys, office.ring, grant, sealed)
    return [
        Record(row.id, row.subject_id, RecordKind(row.kind), row.day, content)
        for row, content in zip(rows, plain, strict=True)
    ]
