"""Tables of the service in the shop: figures, zones, signs. Arrivals live in memory, never here."""

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


class SignRow(IdentityBase):
    """The newest attestation that a camera's sign hangs; earlier ones are in the log (R7)."""

    __tablename__ = "camera_sign"

    camera: Mapped[str] = mapped_column(String(40), primary_key=True)
    attested_on: Mapped[str] = mapped_column(String(10))  # YYYY-MM-DD
    role: Mapped[str] = mapped_column(String(60))
    attested_by: Mapped[str] = mapped_column(String(80))  # as the log names who acted
    recorded_at: Mapped[str] = mapped_column(String(32))


class ExportRow(IdentityBase):
    """The newest export of a paper, and the hash of what it described then (R40)."""

    __tablename__ = "paper_export"

    paper: Mapped[str] = mapped_column(String(20), primary_key=True)
    described: Mapped[str] = mapped_column(String(64))  # hex SHA-256 of what it is made of
    exported_at: Mapped[str] = mapped_column(String(32))
