"""Compliments between colleagues: as many as one likes, and one a month that carries a bonus."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from clienteling.access.models import User
from clienteling.customers.directory import Directory
from clienteling.errors import RefusedError, UsageError
from clienteling.team.amounts import bonus_amount, month_of
from clienteling.team.models import ComplimentRow
from clienteling.team.people import names, number_of
from clienteling.team.telling import plain, refuse_names
from consent.clock import parse, stamp
from consent.office import Office

WORDS = 300
#: So many days back, the compliments of the last day are still worth hearing in the morning.
FRESH = timedelta(days=3)


class BonusGivenError(RefusedError):
    """This giver gave the bonus of this month already; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Compliment:
    """A compliment. `giver` and `receiver`: None: a former colleague; `bonus_cents`: 0: none."""

    id: str
    giver: str | None
    receiver: str | None
    words: str
    day: date
    bonus_cents: int


@dataclass(frozen=True, slots=True)
class Payout:
    """A bonus to be paid, also to who has left since. `username` tells two of a name apart."""

    day: date
    receiver: str
    username: str
    cents: int
    giver: str


@dataclass(frozen=True, slots=True)
class BonusState:
    """What somebody's bonus is this month: how much, and whether it was given."""

    cents: int
    given: bool


def give(
    office: Office,
    receiver: int,
    words: str,
    *,
    giver: str,
    bonus: bool = False,
    directory: Directory | None = None,
) -> str:
    """Give a compliment; returns its id.

    Args:
        office: The setting.
        receiver: The number of the colleague.
        words: What for.
        giver: Who gives it, `user:<n>`.
        bonus: It carries the giver's bonus of this month.
        directory: Customers by name, for the check that none is named; None: accounts are opened.

    Raises:
        UsageError: to oneself, to nobody, no words, too many, or there are no bonuses here.
        CustomerNamedError: it names a customer.
        BonusGivenError: the giver gave this month's bonus already; also when two come at once.
    """
    me, now = number_of(giver), office.now()
    words = plain(words, WORDS)
    if receiver == me:
        raise UsageError("A compliment is for somebody else. Choose a colleague.")
    refuse_names(office, words, reader=giver, directory=directory)
    with office.databases.identity.write() as identity:
        user = identity.get(User, receiver)
        if user is None or not user.active:
            raise UsageError("Choose a colleague who works here.")
        worth = bonus_amount(identity)
        if bonus and not worth:
            raise UsageError("There are no bonuses here. Give the compliment without one.")
        row = ComplimentRow(
            id=str(uuid.uuid4()),
            giver_id=me,
            receiver_id=receiver,
            words=words,
            month=month_of(office.wall(now)),
            given_at=stamp(now),
            bonus_cents=worth if bonus else None,
        )
        identity.add(row)
        try:
            identity.flush()  # the database itself says whether this month's bonus is given
        except IntegrityError as error:
            raise BonusGivenError(
                "You gave this month's bonus already. Give this compliment without one."
            ) from error
    return row.id


def bonus_state(identity: Session, person: str, now: datetime) -> BonusState:
    """Return what this person's bonus is this month."""
    given = identity.scalar(
        select(func.count()).where(
            ComplimentRow.giver_id == number_of(person),
            ComplimentRow.month == month_of(now),
            ComplimentRow.bonus_cents.is_not(None),
        )
    )
    return BonusState(bonus_amount(identity), bool(given))


def received(identity: Session, person: str, zone: tzinfo = UTC) -> tuple[Compliment, ...]:
    """Return what this person was given, newest first."""
    return _compliments(identity, zone, ComplimentRow.receiver_id == number_of(person))


def given(identity: Session, person: str, zone: tzinfo = UTC) -> tuple[Compliment, ...]:
    """Return what this person gave, newest first."""
    return _compliments(identity, zone, ComplimentRow.giver_id == number_of(person))


def lately(identity: Session, today: date, zone: tzinfo = UTC) -> tuple[Compliment, ...]:
    """Return the compliments of the last day before `today` with any, three days back at most."""
    since, before = _begins(today - FRESH, zone), _begins(today, zone)
    last = identity.scalar(
        select(func.max(ComplimentRow.given_at)).where(
            ComplimentRow.given_at >= since, ComplimentRow.given_at < before
        )
    )
    if last is None:
        return ()
    day = parse(last).astimezone(zone).date()
    return _compliments(
        identity,
        zone,
        ComplimentRow.given_at >= _begins(day, zone),
        ComplimentRow.given_at < before,
    )


def payouts(identity: Session, month: str, zone: tzinfo = UTC) -> tuple[Payout, ...]:
    """Return the bonuses of a month, by the name of who is paid."""
    giver, receiver = aliased(User), aliased(User)
    rows = identity.execute(
        select(ComplimentRow, receiver, giver.name)
        .join(receiver, receiver.id == ComplimentRow.receiver_id)
        .outerjoin(giver, giver.id == ComplimentRow.giver_id)
        .where(ComplimentRow.month == month, ComplimentRow.bonus_cents.is_not(None))
        .order_by(ComplimentRow.given_at)
    )
    found = [
        Payout(
            parse(row.given_at).astimezone(zone).date(),
            to.name,
            to.username,
            row.bonus_cents or 0,
            name or "",
        )
        for row, to, name in rows
    ]
    return tuple(sorted(found, key=lambda each: each.receiver.casefold()))


def months(identity: Session) -> tuple[str, ...]:
    """Return the months in which a bonus was given, newest first."""
    rows: Iterable[str] = identity.scalars(
        select(ComplimentRow.month).where(ComplimentRow.bonus_cents.is_not(None)).distinct()
    )
    return tuple(sorted(rows, reverse=True))


def _begins(day: date, zone: tzinfo) -> str:
    """Return the moment at which a day of the shop begins, as it is kept."""
    return stamp(datetime.combine(day, time(), zone))


def _compliments(
    identity: Session, zone: tzinfo, *which: ColumnElement[bool]
) -> tuple[Compliment, ...]:
    people = names(identity)
    rows = identity.scalars(
        select(ComplimentRow).where(*which).order_by(ComplimentRow.given_at.desc())
    )
    return tuple(
        Compliment(
            id=row.id,
            giver=people.get(row.giver_id or 0),
            receiver=people.get(row.receiver_id or 0),
            words=row.words,
            day=parse(row.given_at).astimezone(zone).date(),
            bonus_cents=row.bonus_cents or 0,
        )
        for row in rows
    )
