"""What the manager gives the team to spend: a budget for surprises, and what a bonus is worth."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from clienteling.access.models import User
from clienteling.errors import UsageError
from clienteling.team.models import AllowanceRow, AmountsRow
from clienteling.team.people import number_of
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office

#: No amount is larger: 10,000 euros, so that a slip of a finger shows.
LARGEST_CENTS = 1_000_000
_THE_ROW = 1
_DECEMBER = 12


def surprise_amount(identity: Session) -> int:
    """Return what each may spend in a month, in cents; 0 until a manager sets it."""
    row = identity.get(AmountsRow, _THE_ROW)
    return 0 if row is None else row.surprise_cents


def bonus_amount(identity: Session) -> int:
    """Return what a bonus compliment is worth, in cents; 0: there are none."""
    row = identity.get(AmountsRow, _THE_ROW)
    return 0 if row is None else row.bonus_cents


def allowance(identity: Session, person: str) -> int:
    """Return what this person may spend in a month, in cents."""
    own = identity.get(AllowanceRow, number_of(person))
    return surprise_amount(identity) if own is None else own.surprise_cents


def set_amounts(office: Office, surprise_cents: int, bonus_cents: int, *, actor: str) -> None:
    """Set the amounts of everybody; they count from now on, in this month too. Logged.

    Raises:
        UsageError: negative, or more than 10,000 euros.
    """
    _check(surprise_cents)
    _check(bonus_cents)
    with office.databases.identity.write() as identity:
        identity.merge(
            AmountsRow(id=_THE_ROW, surprise_cents=surprise_cents, bonus_cents=bonus_cents)
        )
        log_change(identity, office, "amounts", actor)


def set_allowance(office: Office, person: str, cents: int | None, *, actor: str) -> None:
    """Give one person another amount for surprises, or (None) the amount of everybody. Logged.

    Raises:
        UsageError: negative, more than 10,000 euros, or there is no such person.
    """
    _check(cents or 0)
    number = number_of(person)
    with office.databases.identity.write() as identity:
        user = identity.get(User, number)
        if user is None or not user.active:
            raise UsageError("There is no such person, or the access was ended already.")
        own = identity.get(AllowanceRow, number)
        if cents is not None:
            identity.merge(AllowanceRow(user_id=number, surprise_cents=cents))
        elif own is not None:
            identity.delete(own)
        log_change(identity, office, "allowance", actor)


def month_of(now: datetime) -> str:
    """Return the month that a moment belongs to, "2026-11"."""
    return now.strftime("%Y-%m")


def next_month(now: datetime) -> date:
    """Return the day on which the next month begins."""
    if now.month == _DECEMBER:
        return date(now.year + 1, 1, 1)
    return date(now.year, now.month + 1, 1)


def log_change(identity: Session, office: Office, what: str, actor: str) -> None:
    """Log that a manager changed something of the team, in the caller's transaction."""
    ledger.append(
        identity,
        office.ring,
        EventKind.TEAM_CHANGED,
        actor=actor,
        about=None,
        detail={"what": what},
        now=office.now(),
    )


def _check(cents: int) -> None:
    if not 0 <= cents <= LARGEST_CENTS:
        raise UsageError("Give an amount from 0 to 10,000 euros.")
