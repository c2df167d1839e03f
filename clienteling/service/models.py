"""Tables of the service in the shop: figures and zones. Arrivals live in memory, never here."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from consent.models import IdentityBase


class FigureRow(IdentityBase):
    """How often something happened on a day: a number and nobody's trace (R4)."""

    __tablename__ = "figure"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)  # UTC, YYYY-MM-DD
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class ZoneRow(IdentityBase):
    """Where a camera looks, as a manager marked it: fractions of its picture."""

    __tablename__ = "camera_zone"

    camera: Mapped[str] = mapped_column(String(40), primary_key=True)
    x: Mapped[float]
    y: Mapped[float]
    w: Mapped[float]
    h: Mapped[float]
    min_face_height: Mapped[float]
    changed_at: Mapped[str] = mapped_column(String(32))
