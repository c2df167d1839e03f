"""When each retention rule last ran, and by which clock. Holds nothing about anybody."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from consent.models import IdentityBase


class RetentionRunRow(IdentityBase):
    """The last run of one rule, for the officer: that the job runs at all must be seen."""

    __tablename__ = "retention_run"

    rule: Mapped[str] = mapped_column(String(30), primary_key=True)
    at: Mapped[str] = mapped_column(String(32))
    removed: Mapped[int]


class BelievedClockRow(IdentityBase):
    """The time that the last retention run believed; one row, id 1.

    `stepped`: the clock of a hub stepped since, and nobody has confirmed it yet.
    """

    __tablename__ = "believed_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str] = mapped_column(String(32))
    stepped: Mapped[bool]
