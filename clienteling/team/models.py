"""Tables of the people who work here: their stories, surprises, compliments and private notes.

No customer stands in any of them. Who wrote, gave or spent is a number of `user`; it is forgotten
when that row goes. Months are "2026-11", days "2026-11-24", both UTC; amounts are cents of a euro.
"""

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from consent.models import IdentityBase

_BONUS = text("bonus_cents IS NOT NULL")


def _person() -> ForeignKey:
    return ForeignKey("user.id", ondelete="SET NULL")


class MomentRow(IdentityBase):
    """A story of good service on the wall."""

    __tablename__ = "team_moment"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    author_id: Mapped[int | None] = mapped_column(_person(), index=True)
    title: Mapped[str] = mapped_column(String(80))
    story: Mapped[str] = mapped_column(String(600))
    day: Mapped[str] = mapped_column(String(10), index=True)
    told_at: Mapped[str] = mapped_column(String(32))


class ReactionRow(IdentityBase):
    """That a story made somebody's day: once a person and story."""

    __tablename__ = "team_reaction"

    moment_id: Mapped[str] = mapped_column(
        ForeignKey("team_moment.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )


class BestRow(IdentityBase):
    """The story of a day that the manager chose as its best: one a day."""

    __tablename__ = "team_best"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    moment_id: Mapped[str] = mapped_column(
        ForeignKey("team_moment.id", ondelete="CASCADE"), index=True
    )


class AmountsRow(IdentityBase):
    """What the manager set for everybody; there is one row."""

    __tablename__ = "team_amounts"
    __table_args__ = (
        CheckConstraint("id = 1", "single"),
        CheckConstraint("surprise_cents >= 0 AND bonus_cents >= 0", "amounts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: What each may spend on surprises in a month.
    surprise_cents: Mapped[int]
    #: What a bonus compliment is worth; 0: there are none.
    bonus_cents: Mapped[int]


class AllowanceRow(IdentityBase):
    """Another amount for surprises, for one person."""

    __tablename__ = "team_allowance"
    __table_args__ = (CheckConstraint("surprise_cents >= 0", "amount"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    surprise_cents: Mapped[int]


class SurpriseRow(IdentityBase):
    """Money spent on a surprise. For whom it was stands with that customer, sealed, not here."""

    __tablename__ = "team_surprise"
    __table_args__ = (
        CheckConstraint("cents > 0", "cents"),
        Index("ix_team_surprise_by_id_month", "by_id", "month"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    by_id: Mapped[int | None] = mapped_column(_person())
    month: Mapped[str] = mapped_column(String(7), index=True)
    spent_at: Mapped[str] = mapped_column(String(32))
    cents: Mapped[int]
    what: Mapped[str] = mapped_column(String(120))


class ComplimentRow(IdentityBase):
    """A compliment between colleagues; at most one of a giver and month carries the bonus."""

    __tablename__ = "team_compliment"
    __table_args__ = (
        CheckConstraint("giver_id <> receiver_id", "not_oneself"),
        CheckConstraint("bonus_cents IS NULL OR bonus_cents > 0", "bonus"),
        Index(
            "uq_team_compliment_bonus",
            "giver_id",
            "month",
            unique=True,
            sqlite_where=_BONUS,
            postgresql_where=_BONUS,
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    giver_id: Mapped[int | None] = mapped_column(_person())
    receiver_id: Mapped[int | None] = mapped_column(_person(), index=True)
    words: Mapped[str] = mapped_column(String(300))
    month: Mapped[str] = mapped_column(String(7), index=True)
    given_at: Mapped[str] = mapped_column(String(32))
    bonus_cents: Mapped[int | None]


class ValueRow(IdentityBase):
    """A value of the shop; one is of the week. `picked_for`: the Monday it was picked for."""

    __tablename__ = "team_value"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    meaning: Mapped[str] = mapped_column(String(300))
    added_at: Mapped[str] = mapped_column(String(32))
    picked_for: Mapped[str | None] = mapped_column(String(10), unique=True)


class CaseRow(IdentityBase):
    """A case to talk over: a situation and a question, and no answer."""

    __tablename__ = "team_case"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    situation: Mapped[str] = mapped_column(String(600))
    question: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[str] = mapped_column(String(32))


class CoachRow(IdentityBase):
    """Whom somebody chose to read along in their learning notes."""

    __tablename__ = "team_coach"
    __table_args__ = (CheckConstraint("user_id <> coach_id", "not_oneself"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    coach_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)


class LearningRow(IdentityBase):
    """A private learning note, sealed under its writer's own key."""

    __tablename__ = "team_learning"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    written_at: Mapped[str] = mapped_column(String(32))
    #: The day on which its writer last had the notes open: what nobody uses goes.
    used_on: Mapped[str] = mapped_column(String(10), index=True)
    note: Mapped[bytes] = mapped_column(LargeBinary)
