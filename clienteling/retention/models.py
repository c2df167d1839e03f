"""When each retention rule last ran. Holds nothing about anybody."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from consent.models import IdentityBase


class RetentionRunRow(IdentityBase):
    """The last run of one rule, for the officer: that the job runs at all must be seen."""

    __tablename__ = "retention_run"

    rule: Mapped[str] = mapped_column(String(30), primary_key=True)
    at: Mapped[str] = mapped_column(String(32))
    removed: Mapped[int]
