"""The wall of moments: stories of good service, told by who was there, with no customer named."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clienteling.customers.directory import Directory
from clienteling.errors import RefusedError, UsageError
from clienteling.team.amounts import log_change
from clienteling.team.models import BestRow, MomentRow, ReactionRow
from clienteling.team.people import names, number_of
from clienteling.team.telling import plain, refuse_names
from consent.clock import stamp
from consent.office import Office

TITLE = 80
STORY = 600
#: A story is of the last days: older ones were told already.
RECENT = timedelta(days=31)
#: Stories on one page of the wall.
PAGE = 30
#: So many days back, the last best moment is still worth telling in the morning.
FRESH = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Moment:
    """A story as somebody sees it on the wall.

    Attributes:
        author: None: a former colleague.
        mine: It is the viewer's own.
        reactions: How many say that it made their day.
        reacted: The viewer says so.
        best: It is the best of its day.
    """

    id: str
    title: str
    story: str
    day: date
    author: str | None
    mine: bool
    reactions: int
    reacted: bool
    best: bool


def tell(
    office: Office,
    title: str,
    story: str,
    day: date,
    *,
    author: str,
    directory: Directory | None = None,
) -> str:
    """Put a story on the wall; returns its id.

    Raises:
        UsageError: empty, too long, or of another time.
        CustomerNamedError: it names a customer.
    """
    today = office.today()
    if not today - RECENT <= day <= today:
        raise UsageError("Give the day on which it happened: today, or in the last month.")
    title, story = plain(title, TITLE), plain(story, STORY)
    refuse_names(office, title, story, reader=author, directory=directory)
    row = MomentRow(
        id=str(uuid.uuid4()),
        author_id=number_of(author),
        title=title,
        story=story,
        day=day.isoformat(),
        told_at=stamp(office.now()),
    )
    with office.databases.identity.write() as identity:
        identity.add(row)
    return row.id


def remove(office: Office, moment_id: str, *, actor: str, manager: bool = False) -> None:
    """Take a story off the wall: one's own, or any as a manager, which is logged.

    Raises:
        UsageError: there is no such story. RefusedError: it is a colleague's.
    """
    with office.databases.identity.write() as identity:
        row = _find(identity, moment_id)
        mine = row.author_id == number_of(actor)
        if not mine and not manager:
            raise RefusedError("This story is a colleague's. Ask them, or your manager.")
        identity.delete(row)
        if not mine:
            log_change(identity, office, "moment_removed", actor)


def react(office: Office, moment_id: str, *, person: str) -> bool:
    """Say that a story made one's day, or take that back; returns whether it stands now.

    Raises:
        UsageError: there is no such story.
    """
    key = (moment_id, number_of(person))
    with office.databases.identity.write() as identity:
        _find(identity, moment_id)
        there = identity.get(ReactionRow, key)
        if there is not None:
            identity.delete(there)
            return False
        identity.add(ReactionRow(moment_id=key[0], user_id=key[1]))
        return True


def choose_best(office: Office, moment_id: str, *, actor: str) -> None:
    """Choose the best story of its day; it takes the place of another. Logged.

    Raises:
        UsageError: there is no such story.
    """
    with office.databases.identity.write() as identity:
        row = _find(identity, moment_id)
        identity.merge(BestRow(day=row.day, moment_id=row.id))
        log_change(identity, office, "best_chosen", actor)


def wall(identity: Session, viewer: str, *, page: int = 1) -> tuple[Moment, ...]:
    """Return a page of the wall, newest day first."""
    rows = identity.scalars(
        select(MomentRow)
        .order_by(MomentRow.day.desc(), MomentRow.told_at.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return _shown(identity, rows, viewer)


def best_lately(identity: Session, today: date, viewer: str) -> Moment | None:
    """Return the best story of the last day before `today` that has one, a week back at most.

    A day whose stories nobody reacted to has a best one too: the first that was told.
    """
    before, since = today.isoformat(), (today - FRESH).isoformat()
    last = identity.scalar(
        select(func.max(MomentRow.day)).where(MomentRow.day < before, MomentRow.day >= since)
    )
    if last is None:
        return None
    rows = identity.scalars(
        select(MomentRow).where(MomentRow.day == last).order_by(MomentRow.told_at)
    ).all()
    shown = _shown(identity, rows, viewer)
    return next((moment for moment in shown if moment.best), shown[0])


def _shown(identity: Session, rows: Sequence[MomentRow], viewer: str) -> tuple[Moment, ...]:
    people, me = names(identity), number_of(viewer)
    counts = _reactions(identity, {row.day for row in rows})
    best = _best(identity, counts)
    reacted = set(
        identity.scalars(
            select(ReactionRow.moment_id).where(
                ReactionRow.user_id == me, ReactionRow.moment_id.in_([row.id for row in rows])
            )
        )
    )
    return tuple(
        Moment(
            id=row.id,
            title=row.title,
            story=row.story,
            day=date.fromisoformat(row.day),
            author=None if row.author_id is None else people.get(row.author_id),
            mine=row.author_id == me,
            reactions=counts[row.day][row.id],
            reacted=row.id in reacted,
            best=best.get(row.day) == row.id,
        )
        for row in rows
    )


def _reactions(identity: Session, days: set[str]) -> dict[str, dict[str, int]]:
    """Return for each of these days how many reacted to each story, first told first."""
    counted = (
        select(MomentRow.day, MomentRow.id, func.count(ReactionRow.user_id))
        .outerjoin(ReactionRow, ReactionRow.moment_id == MomentRow.id)
        .where(MomentRow.day.in_(days))
        .group_by(MomentRow.day, MomentRow.id, MomentRow.told_at)
        .order_by(MomentRow.told_at)
    )
    found: dict[str, dict[str, int]] = {day: {} for day in days}
    for day, moment_id, number in identity.execute(counted):
        found[day][moment_id] = number
    return found


def _best(identity: Session, counts: dict[str, dict[str, int]]) -> dict[str, str]:
    """Return the best story of each day: as chosen, or the first with the most reactions."""
    best = {
        day: max(of_day, key=lambda moment_id: of_day[moment_id])
        for day, of_day in counts.items()
        if any(of_day.values())
    }
    chosen = identity.scalars(select(BestRow).where(BestRow.day.in_(counts)))
    return best | {row.day: row.moment_id for row in chosen}


def _find(identity: Session, moment_id: str) -> MomentRow:
    row = identity.get(MomentRow, moment_id)
    if row is None:
        raise UsageError("This story is no longer on the wall.")
    return row
