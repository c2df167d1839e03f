"""Tables of the service in the shop: figures only. Arrivals live in memory, never here."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from consent.models import IdentityBase


class FigureRow(IdentityBase):
    """How often something happened on a day: a number and nobody's trace (R4)."""

    __tablename__ = "figure"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)  # UTC, YYYY-MM-DD
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
