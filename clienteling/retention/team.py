"""What the team keeps about itself goes too: `clienteling.team.terms` says when."""

from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from clienteling.access.models import User
from clienteling.retention.records import count_over, delete_over
from clienteling.retention.rule import Ahead, Rule, after, before, note_swept
from clienteling.team.learning import forget
from clienteling.team.models import ComplimentRow, LearningRow, MomentRow, SurpriseRow
from clienteling.team.terms import COMPLIMENTS, LEARNING_UNUSED, MOMENTS, SURPRISES
from consent.office import Office

_Text = InstrumentedAttribute[str]


def _aged(name: str, key: _Text, at: _Text, kept: timedelta) -> Rule:
    """Return the rule by which rows go so long after the moment in their column `at`."""

    def ahead(office: Office) -> Ahead:
        with office.databases.identity.read() as identity:
            due = count_over(identity, key, at <= before(office, kept.days))
            first = identity.scalar(select(func.min(at)))
        return Ahead(due, after(first, kept.days))

    def sweep(office: Office, limit: int) -> int:
        return delete_over(office, name, key, at <= before(office, kept.days), limit)

    return Rule(name, lambda _profile: kept.days, None, ahead, sweep, staff=True)


def forget_learning(office: Office, limit: int) -> int:
    """Forget the notes of who has left, or has not had them open for long; the key goes first."""
    with office.databases.identity.read() as identity:
        writers = identity.scalars(
            select(LearningRow.user_id).where(_unused(office)).distinct().limit(limit)
        ).all()
    if writers:
        note_swept(office, "learning", forget(office, writers))
    return len(writers)


def learning_ahead(office: Office) -> Ahead:
    """Count the writers whose notes would go."""
    with office.databases.identity.read() as identity:
        due = identity.scalar(
            select(func.count(LearningRow.user_id.distinct())).where(_unused(office))
        )
        first = identity.scalar(select(func.min(LearningRow.used_on)))
    at = None if first is None else f"{first}T00:00:00.000000Z"
    return Ahead(due or 0, after(at, LEARNING_UNUSED.days))


def _unused(office: Office) -> ColumnElement[bool]:
    left = select(User.id).where(User.active.is_(False))
    old = LearningRow.used_on <= before(office, LEARNING_UNUSED.days)[:10]
    return or_(old, LearningRow.user_id.in_(left))


TEAM_RULES: tuple[Rule, ...] = (
    _aged("moments", MomentRow.id, MomentRow.told_at, MOMENTS),
    _aged("surprises", SurpriseRow.id, SurpriseRow.spent_at, SURPRISES),
    _aged("compliments", ComplimentRow.id, ComplimentRow.given_at, COMPLIMENTS),
    Rule(
        "learning",
        lambda _profile: LEARNING_UNUSED.days,
        None,
        learning_ahead,
        forget_learning,
        staff=True,
    ),
)
