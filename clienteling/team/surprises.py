"""Surprises: a budget a month that each member of staff spends without asking anybody.

Nobody approves one, and nobody ranks who gives most. What was spent stands here without the
customer; whom it was for stands with that customer, sealed, if they allow it.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clienteling.customers.directory import Directory
from clienteling.customers.records import NewRecord, RecordKind, keep
from clienteling.errors import RefusedError, UsageError
from clienteling.team.amounts import allowance, month_of, next_month
from clienteling.team.models import SurpriseRow
from clienteling.team.people import number_of
from clienteling.team.telling import plain, refuse_names
from consent.clock import parse, stamp
from consent.errors import ConsentMissingError, KeyUnavailableError
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office
from consent.records import Grant

WHAT = 120


class BudgetSpentError(RefusedError):
    """It costs more than is left of this person's month; nothing was spent.

    Attributes:
        left_cents: What is left.
        renews_on: When the new month begins.
    """

    def __init__(self, left_cents: int, renews_on: date) -> None:
        super().__init__(
            f"This costs more than is left of your month: {left_cents / 100:.2f} euros. A new "
            f"month begins on {renews_on.isoformat()}; your manager can also set more."
        )
        self.left_cents = left_cents
        self.renews_on = renews_on


@dataclass(frozen=True, slots=True)
class Budget:
    """A person's month, in cents. `renews_on`: when the next one begins."""

    allowed: int
    spent: int
    renews_on: date

    @property
    def left(self) -> int:
        """What may still be spent; an amount that was lowered since leaves nothing, not less."""
        return max(0, self.allowed - self.spent)


@dataclass(frozen=True, slots=True)
class Surprise:
    """What was bought, on which day, for how much."""

    id: str
    what: str
    cents: int
    day: date


@dataclass(frozen=True, slots=True)
class Noted:
    """A surprise that was paid. `with_customer`: it also stands with the customer."""

    id: str
    with_customer: bool


def budget_of(identity: Session, person: str, now: datetime) -> Budget:
    """Return how a person's month stands."""
    spent = identity.scalar(
        select(func.coalesce(func.sum(SurpriseRow.cents), 0)).where(
            SurpriseRow.by_id == number_of(person), SurpriseRow.month == month_of(now)
        )
    )
    return Budget(allowance(identity, person), spent or 0, next_month(now))


def note_surprise(
    office: Office,
    what: str,
    cents: int,
    *,
    by: str,
    customer: Grant | None = None,
    directory: Directory | None = None,
) -> Noted:
    """Pay a surprise from the month of `by`.

    Args:
        office: The setting.
        what: What it is, without a customer's name.
        cents: What it costs.
        by: Who gives it, `user:<n>`.
        customer: The standing consent for `preferences` of whom it is for, to keep it with them.
        directory: Customers by name, for the check that none is named; None: accounts are opened.

    Raises:
        UsageError: no amount, no words, or too many. CustomerNamedError: it names a customer.
        BudgetSpentError: it costs more than is left; also when two at once would.
    """
    what = plain(what, WHAT)
    if cents <= 0:
        raise UsageError("Say what it costs.")
    refuse_names(office, what, reader=by, directory=directory)
    now = office.now()
    with office.databases.identity.write() as identity:  # one writer: the sum stays true
        budget = budget_of(identity, by, office.wall(now))
        if cents > budget.left:
            raise BudgetSpentError(budget.left, budget.renews_on)
        row = SurpriseRow(
            id=str(uuid.uuid4()),
            by_id=number_of(by),
            month=month_of(office.wall(now)),
            spent_at=stamp(now),
            cents=cents,
            what=what,
        )
        identity.add(row)
        ledger.append(
            identity,
            office.ring,
            EventKind.SURPRISE_SPENT,
            actor=by,
            about=None,
            detail={"cents": cents},
            now=now,
        )
    return Noted(row.id, customer is not None and _keep(office, customer, what))


def take_back(office: Office, surprise_id: str, *, by: str) -> None:
    """Take back one's own surprise of today that was a slip of the finger.

    Raises:
        UsageError: there is none such of today, or it is a colleague's.
    """
    with office.databases.identity.write() as identity:
        row = identity.get(SurpriseRow, surprise_id)
        mine = row is not None and row.by_id == number_of(by)
        if row is None or not mine or office.wall(parse(row.spent_at)).date() != office.today():
            raise UsageError("You can take back a surprise of today that you noted yourself.")
        identity.delete(row)
        ledger.append(
            identity,
            office.ring,
            EventKind.SURPRISE_SPENT,
            actor=by,
            about=None,
            detail={"cents": -row.cents},
            now=office.now(),
        )


def spent_by(
    identity: Session, person: str, month: str, zone: tzinfo = UTC
) -> tuple[Surprise, ...]:
    """Return a person's surprises of a month, for themselves, newest first."""
    return _surprises(identity, month, number_of(person), zone)


def spent_in(identity: Session, month: str, zone: tzinfo = UTC) -> tuple[Surprise, ...]:
    """Return everybody's surprises of a month, newest first, and not who gave them."""
    return _surprises(identity, month, None, zone)


def months(identity: Session) -> tuple[str, ...]:
    """Return the months in which something was spent, newest first."""
    rows = identity.scalars(select(SurpriseRow.month).distinct())
    return tuple(sorted(rows, reverse=True))


def _surprises(
    identity: Session, month: str, by_id: int | None, zone: tzinfo
) -> tuple[Surprise, ...]:
    which = select(SurpriseRow).where(SurpriseRow.month == month)
    if by_id is not None:
        which = which.where(SurpriseRow.by_id == by_id)
    rows = identity.scalars(which.order_by(SurpriseRow.spent_at.desc()))
    return tuple(
        Surprise(row.id, row.what, row.cents, parse(row.spent_at).astimezone(zone).date())
        for row in rows
    )


def _keep(office: Office, customer: Grant, what: str) -> bool:
    """Keep with the customer what they were given; not what it cost. False: consent ended."""
    content = json.dumps({"what": what}, ensure_ascii=False).encode()
    try:
        keep(office, customer, NewRecord(RecordKind.SURPRISE, content))
    except (ConsentMissingError, KeyUnavailableError):
        return False
    return True
