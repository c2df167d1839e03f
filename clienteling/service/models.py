"""Tables of the service: figures, zones, signs, service requests. Arrivals live in memory only."""

from sqlalchemy import ForeignKey, Index, LargeBinary, String, true
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
    """The newest export of a paper, and the hash of what it described then (R40).

    `changed_at`: when it was first noticed that the shop is another one now.
    """

    __tablename__ = "paper_export"

    paper: Mapped[str] = mapped_column(String(20), primary_key=True)
    described: Mapped[str] = mapped_column(String(64))  # hex SHA-256 of what it is made of
    exported_at: Mapped[str] = mapped_column(String(32))
    changed_at: Mapped[str | None] = mapped_column(String(32))


class HelpRequestRow(IdentityBase):
    """What somebody asks the shop to do (`service.helpbar`): codes and times; the words sealed.

    `subject_id` is null for somebody without an account; their words have a key of their own.
    """

    __tablename__ = "help_request"
    __table_args__ = (Index("ix_help_request_status_due", "status", "due_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    subject_id: Mapped[str | None] = mapped_column(String(36), index=True)
    consent_id: Mapped[str | None] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[str] = mapped_column(String(32))
    opened_by: Mapped[str] = mapped_column(String(80))
    #: When its status last changed: from then on the time counts that it is kept.
    changed_at: Mapped[str] = mapped_column(String(32), index=True)
    due_at: Mapped[str | None] = mapped_column(String(32))
    appointment_at: Mapped[str | None] = mapped_column(String(32))
    #: The day ("2026-11-24", as the shop counts days) and the number of the queue.
    queue_day: Mapped[str | None] = mapped_column(String(10), index=True)
    queue_number: Mapped[int | None]
    owner: Mapped[str | None] = mapped_column(String(80))
    #: What it was about, and the product, once it is done; where the count of it stands.
    reason: Mapped[str | None] = mapped_column(String(36))
    product_id: Mapped[str | None] = mapped_column(String(36))
    counted_in: Mapped[str | None] = mapped_column(String(7))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class HelpNoteRow(IdentityBase):
    """A colleague's note or idea about a service request, sealed as the request is."""

    __tablename__ = "help_note"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    request_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("help_request.id", ondelete="CASCADE"), index=True
    )
    subject_id: Mapped[str | None] = mapped_column(String(36), index=True)
    kind: Mapped[str] = mapped_column(String(4))
    at: Mapped[str] = mapped_column(String(32))
    author: Mapped[str] = mapped_column(String(80))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ReasonRow(IdentityBase):
    """A contact reason that a manager added, or one of ours that a manager put away."""

    __tablename__ = "contact_reason"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    #: Empty: one of ours, whose words the pages have in each language.
    label: Mapped[str] = mapped_column(String(60), server_default="")
    active: Mapped[bool] = mapped_column(server_default=true())


class ReasonCountRow(IdentityBase):
    """How often a reason was given in a month, by product: a number and nobody's trace."""

    __tablename__ = "contact_reason_count"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)  # as the shop counts, YYYY-MM
    reason: Mapped[str] = mapped_column(String(36), primary_key=True)
    #: Empty: no product was named.
    product_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class InvitationRow(IdentityBase):
    """What the shop says to whoever would tell others of their visit: one row."""

    __tablename__ = "smile_invitation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(String(280), server_default="")
    link: Mapped[str] = mapped_column(String(200), server_default="")
