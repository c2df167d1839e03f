"""Keeping the sales of many customers at once: each key is opened once, and each is logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from clienteling.customers.models import RecordRow
from clienteling.customers.purchases import Sale, record_of, sale_id
from clienteling.customers.records import NewRecord, RecordKind, binding_of
from consent.errors import KeyUnavailableError
from consent.keystore.seals import seal_all_for
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, subjects_granting

_ASKED = 400


@dataclass(frozen=True, slots=True)
class KeptSales:
    """What became of the sales of some customers.

    Attributes:
        kept: Sales that are kept now, whether they were before or not.
        without: Sales of customers who do not want purchases remembered: not kept.
        clashing: Numbers of sales that are kept as another customer's: not kept.
    """

    kept: int
    without: int
    clashing: frozenset[str]


def granting(office: Office, subject_ids: Sequence[str]) -> frozenset[str]:
    """Return who of these wants purchases remembered; some hundred at a time."""
    with office.databases.identity.read() as identity:
        grants = subjects_granting(identity, Purpose.PURCHASES, office.now(), subject_ids)
    return frozenset(grant.subject_id for grant in grants)


def keep_sales(office: Office, sales: Mapping[str, Sequence[Sale]], *, actor: str) -> KeptSales:
    """Keep the sales of some hundred customers, by subject; the same number again replaces it.

    Raises:
        StorageError: a database is away or full; nothing of these is kept.
    """
    with office.databases.identity.read() as identity:
        grants = subjects_granting(identity, Purpose.PURCHASES, office.now(), list(sales))
    numbers = {sale_id(office, sale.number): sale.number for of in sales.values() for sale in of}
    rows = _sealed(office, grants, sales)
    kept, put = 0, list[RecordRow]()
    clashing: set[str] = set()
    with office.databases.identity.write() as identity:
        # Asked again where it is written: a withdrawal in between must not leave a row behind.
        still = subjects_granting(identity, Purpose.PURCHASES, office.now(), list(rows))
        theirs = _others(identity, list(numbers))
        for grant in still:
            mine = [row for row in rows[grant.subject_id] if grant.consent_id == row.consent_id]
            free = [row for row in mine if theirs.get(row.id, row.subject_id) == row.subject_id]
            clashing |= {numbers[row.id] for row in mine} - {numbers[row.id] for row in free}
            put += free
            kept += len(free)
            append(
                identity,
                office.ring,
                EventKind.RECORD_KEPT,
                actor=actor,
                about=grant.subject_id,
                detail={"kind": RecordKind.SALE.value, "sales": len(free)},
                now=office.now(),
            )
        _replace(identity, put)
    given = sum(map(len, sales.values()))
    return KeptSales(kept, given - kept - len(clashing), frozenset(clashing))


def _sealed(
    office: Office, grants: Sequence[Grant], sales: Mapping[str, Sequence[Sale]]
) -> dict[str, list[RecordRow]]:
    rows: dict[str, list[RecordRow]] = {}
    with office.databases.keys.write() as keys:
        for grant in grants:
            new = [record_of(office, sale) for sale in sales[grant.subject_id]]
            plain = [
                (one.content, binding_of(office, grant, RecordKind.SALE, one.id or ""))
                for one in new
            ]
            try:
                sealed = seal_all_for(keys, office.ring, grant, plain)
            except KeyUnavailableError:
                continue  # withdrawn this very moment
            rows[grant.subject_id] = [
                _row(grant, one, bytes_) for one, bytes_ in zip(new, sealed, strict=True)
            ]
    return rows


def _row(grant: Grant, new: NewRecord, sealed: bytes) -> RecordRow:
    return RecordRow(
        id=new.id,
        subject_id=grant.subject_id,
        purpose=grant.purpose.value,
        consent_id=grant.consent_id,
        kind=new.kind.value,
        day=new.day,
        sealed=sealed,
    )


def _others(identity: Session, ids: Sequence[str]) -> dict[str, str]:
    """Return whose the records with these ids are, of those that there are."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), _ASKED):
        some = ids[start : start + _ASKED]
        asked = select(RecordRow.id, RecordRow.subject_id).where(RecordRow.id.in_(some))
        found |= {row.id: row.subject_id for row in identity.execute(asked)}
    return found


def _replace(identity: Session, rows: Sequence[RecordRow]) -> None:
    ids = [row.id for row in rows]
    for start in range(0, len(ids), _ASKED):
        some = ids[start : start + _ASKED]
        # Nothing of these is in the session: looking for it would take most of the time.
        gone = delete(RecordRow).where(RecordRow.id.in_(some))
        identity.execute(gone, execution_options={"synchronize_session": False})
    names = RecordRow.__table__.columns.keys()
    if rows:
        identity.execute(insert(RecordRow), [{n: getattr(row, n) for n in names} for row in rows])
