"""Forgetting a person and keeping what the shop needs for its figures: pieces by product and month.

The counts carry no number of anybody. A row is only ever shown where at least `PEOPLE` people are
in it; until then it stands among "other", so that no figure is one person's.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from clienteling.customers.models import RecordRow
from clienteling.customers.purchases import Sale, opened
from clienteling.customers.records import RecordKind, records_of
from clienteling.upkeep.models import SoldRow
from consent.clock import stamp
from consent.errors import SubjectUnknownError
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.models import SubjectRow
from consent.office import Office, Withdrawal, erase
from consent.purposes import Purpose
from consent.records import standing

#: So many people at least behind a figure that is shown.
PEOPLE: Final = 5
#: The product of what the catalogue does not have, or too few people bought.
OTHER: Final = ""


@dataclass(frozen=True, slots=True)
class Sold:
    """Pieces sold to people who are forgotten. `product_id` "": other."""

    month: str
    product_id: str
    pieces: int


def depersonalise(office: Office, subject_id: str, *, actor: str) -> Withdrawal:
    """Add a customer's purchases to the counts, then erase everything of them.

    The purchases go in the transaction that counts them, so that repeating it counts nothing twice.

    Raises:
        SubjectUnknownError: never joined, or erased.
    """
    with office.databases.identity.read() as identity:
        if identity.get(SubjectRow, subject_id) is None:
            raise SubjectUnknownError("There is no such customer here: never joined, or erased.")
        grant = standing(identity, subject_id, office.now()).get(Purpose.PURCHASES)
    # Restricted, or withdrawn: used for nothing, so not for figures either.
    kept = () if grant is None else records_of(office, grant, RecordKind.SALE)
    pieces = _pieces(opened(record) for record in kept)
    with office.databases.identity.write() as identity:
        gone = identity.scalars(
            delete(RecordRow)
            .where(
                RecordRow.subject_id == subject_id,
                RecordRow.kind == RecordKind.SALE.value,
                RecordRow.id.in_([record.id for record in kept]),
            )
            .returning(RecordRow.id)
        ).all()
        if len(gone) == len(kept):
            _add(identity, pieces)
        append(
            identity,
            office.ring,
            EventKind.CUSTOMER_DEPERSONALISED,
            actor=actor,
            about=subject_id,
            detail={"at": stamp(office.now())[:7]},
            now=office.now(),
        )
    office.after_step("depersonalised")
    return erase(office, subject_id, actor=actor, method="depersonalised")


def sold(identity: Session) -> tuple[Sold, ...]:
    """Return the counts by month and product; what too few people bought is among "other"."""
    shown: Counter[tuple[str, str]] = Counter()
    others: dict[str, list[SoldRow]] = {}
    for row in identity.scalars(select(SoldRow).order_by(SoldRow.month, SoldRow.product_id)):
        if row.product_id != OTHER and row.people >= PEOPLE:
            shown[row.month, row.product_id] += row.pieces
        else:
            others.setdefault(row.month, []).append(row)
    for month, rows in others.items():
        if max(row.people for row in rows) >= PEOPLE:
            shown[month, OTHER] += sum(row.pieces for row in rows)
    return tuple(Sold(*key, pieces) for key, pieces in sorted(shown.items()))


def _pieces(sales: Iterable[Sale]) -> Counter[tuple[str, str]]:
    pieces: Counter[tuple[str, str]] = Counter()
    for sale in sales:
        for line in sale.lines:
            # Only the catalogue's own numbers: a line's words could be about the person.
            pieces[stamp(sale.at)[:7], line.product_id or OTHER] += line.quantity
    return pieces


def _add(identity: Session, pieces: Counter[tuple[str, str]]) -> None:
    for (month, product_id), number in pieces.items():
        row = identity.get(SoldRow, (month, product_id))
        if row is None:
            row = SoldRow(month=month, product_id=product_id, pieces=0, people=0)
            identity.add(row)
        row.pieces += number
        row.people += 1
