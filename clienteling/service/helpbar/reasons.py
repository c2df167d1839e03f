"""Contact reasons: what requests were about, counted by month, so that the cause can be mended.

Ours are there from the start, in words of the reader's language; a manager puts away those that the
shop has no use for, and adds its own.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from clienteling.errors import UsageError
from clienteling.service.models import ReasonCountRow, ReasonRow
from consent.rights.deadlines import add_months

LONGEST_REASON = 60
_MOST = 40


class CommonReason(StrEnum):
    """The reasons that every shop begins with."""

    NOTHING = "nothing"  # all was well: nothing to mend
    DID_NOT_FIT = "did_not_fit"
    BROKE = "broke"
    NOT_AS_EXPECTED = "not_as_expected"
    INSTRUCTIONS = "instructions"
    STOCK = "stock"
    LATE = "late"
    PRICE = "price"
    WRONG_ITEM = "wrong_item"
    SERVICE = "service"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason. `label` is "" for ours, whose words the pages have."""

    id: str
    label: str
    active: bool


@dataclass(frozen=True, slots=True)
class ReasonMonths:
    """How often a reason was given, the oldest month first."""

    reason: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """In all these months."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class ReasonProduct:
    """A product, how often it was named with a reason, in all the months asked for."""

    reason: str
    product_id: str
    count: int


def reasons(identity: Session) -> tuple[Reason, ...]:
    """Return every reason, ours first; those put away too."""
    rows = {row.id: row for row in identity.scalars(select(ReasonRow))}
    ours = [
        Reason(one.value, "", active=one.value not in rows or rows[one.value].active)
        for one in CommonReason
    ]
    added = [Reason(row.id, row.label, row.active) for row in rows.values() if row.label]
    return (*ours, *sorted(added, key=lambda reason: reason.label.casefold()))


def is_reason(identity: Session, reason: str) -> bool:
    """Whether a request can be closed with it."""
    return any(one.id == reason and one.active for one in reasons(identity))


def add_reason(identity: Session, label: str) -> str:
    """Add a reason of the shop's own; returns its id.

    Raises:
        UsageError: no words, too many, the same as another, or there are forty already.
    """
    label = " ".join(label.split())
    if not 0 < len(label) <= LONGEST_REASON:
        raise UsageError(f"Give the reason a few words, at most {LONGEST_REASON} characters.")
    known = reasons(identity)
    if any(one.label.casefold() == label.casefold() for one in known):
        raise UsageError("This reason is there already.")
    if len(known) >= _MOST:
        raise UsageError(f"There are {_MOST} reasons. More cannot be told apart.")
    row = ReasonRow(id=str(uuid.uuid4()), label=label, active=True)
    identity.add(row)
    return row.id


def use_reason(identity: Session, reason: str, *, active: bool) -> None:
    """Put a reason away, or take it back; what was counted stays.

    Raises:
        UsageError: there is no such reason, or none would be left.
    """
    known = {one.id: one for one in reasons(identity)}
    if reason not in known:
        raise UsageError("There is no such reason.")
    if not active and not any(one.active for one in known.values() if one.id != reason):
        raise UsageError("Keep at least one reason: a request is closed with it.")
    identity.merge(ReasonRow(id=reason, label=known[reason].label, active=active))


def count_reason(
    identity: Session, month: str, reason: str, product_id: str | None, by: int = 1
) -> None:
    """Add to a month's count. Runs in the caller's transaction."""
    served = identity.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if served else sqlite.insert
    row = insert(ReasonCountRow).values(
        month=month, reason=reason, product_id=product_id or "", count=by
    )
    keys = [ReasonCountRow.month, ReasonCountRow.reason, ReasonCountRow.product_id]
    identity.execute(
        row.on_conflict_do_update(index_elements=keys, set_={"count": ReasonCountRow.count + by})
    )


def months_until(last: date, how_many: int) -> tuple[str, ...]:
    """Return months as "2026-11", the oldest first, ending with that of `last`."""
    first = last.replace(day=1)
    return tuple(f"{add_months(first, -back):%Y-%m}" for back in range(how_many - 1, -1, -1))


def counted(identity: Session, months: Sequence[str]) -> tuple[ReasonMonths, ...]:
    """Return the counts of every reason that was given in these months, the most frequent first.

    "Nothing to mend" is not among them.
    """
    found: dict[str, dict[str, int]] = {}
    for row in _rows(identity, months):
        by_month = found.setdefault(row.reason, {})
        by_month[row.month] = by_month.get(row.month, 0) + row.count
    several = [
        ReasonMonths(reason, tuple(by_month.get(month, 0) for month in months))
        for reason, by_month in found.items()
    ]
    return tuple(sorted((one for one in several if one.total), key=lambda one: -one.total))


def products_named(identity: Session, months: Sequence[str]) -> tuple[ReasonProduct, ...]:
    """Return which products were named with which reason, the most frequent first."""
    found: dict[tuple[str, str], int] = {}
    for row in _rows(identity, months):
        if row.product_id:
            key = (row.reason, row.product_id)
            found[key] = found.get(key, 0) + row.count
    named = (ReasonProduct(*key, count) for key, count in found.items() if count)
    return tuple(sorted(named, key=lambda one: -one.count))


def _rows(identity: Session, months: Sequence[str]) -> Sequence[ReasonCountRow]:
    return identity.scalars(
        select(ReasonCountRow).where(
            ReasonCountRow.month.in_(months), ReasonCountRow.reason != CommonReason.NOTHING.value
        )
    ).all()
