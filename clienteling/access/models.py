"""Who may come in: people with a role, and paired devices.

`User` and `Role` are Flask-Security-Too's, on plain SQLAlchemy (docs/decisions/0041). Neither holds
a name or an e-mail address of a customer.
"""

from typing import Any

from flask_security import RoleMixin, UserMixin
from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consent.models import IdentityBase

user_role = Table(
    "user_role",
    IdentityBase.metadata,
    Column("user_id", ForeignKey("user.id"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Role(IdentityBase, RoleMixin):
    """What a person may do: staff, trained, manager, officer or admin."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    description: Mapped[str] = mapped_column(String(120))


class User(IdentityBase, UserMixin):
    """Somebody who works here and signs in."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    #: What colleagues see on a claimed card.
    name: Mapped[str] = mapped_column(String(64))
    password: Mapped[str] = mapped_column(String(255))  # Argon2id
    active: Mapped[bool] = mapped_column(default=True)
    #: What the session cookie names; a new one ends every session of this person.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[str] = mapped_column(String(32))
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # the mixin says RoleMixin
        secondary=user_role, lazy="selectin"
    )


class DeviceRow(IdentityBase):
    """A camera box (edge), kiosk, greeting display or tablet that was paired with a code."""

    __tablename__ = "device"
    __table_args__ = (Index("ix_device_kind_camera", "kind", "camera"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(64))
    #: The camera that an edge drives or a greeting display stands beside.
    camera: Mapped[str | None] = mapped_column(String(40))
    sign_public: Mapped[str | None] = mapped_column(String(64))  # base64; edges only
    open_public: Mapped[str | None] = mapped_column(String(2048))  # base64 HPKE key; edges only
    #: SHA-256 of the 256-bit token in the device's cookie; not for edges, which sign.
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    paired_at: Mapped[str] = mapped_column(String(32))
    revoked_at: Mapped[str | None] = mapped_column(String(32))
    seen_at: Mapped[str | None] = mapped_column(String(32))
    #: Highest sighting number accepted from this edge (R48).
    sequence: Mapped[int] = mapped_column(default=0)
    #: Gallery version that the edge last acknowledged, and until when it may use any.
    gallery_version: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[str | None] = mapped_column(String(32))
    health: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class PairingRow(IdentityBase):
    """A one-time pairing code, by its hash; ten minutes old it is worth nothing."""

    __tablename__ = "pairing"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(64))
    camera: Mapped[str | None] = mapped_column(String(40))
    expires_at: Mapped[str] = mapped_column(String(32))
    used_at: Mapped[str | None] = mapped_column(String(32))


class ApprovalRow(IdentityBase):
    """Something that needs two persons (R44): who proposed it, who decided, whether it was used."""

    __tablename__ = "approval"
    __table_args__ = (Index("ix_approval_matter_what", "matter", "what"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    matter: Mapped[str] = mapped_column(String(12))
    #: Exactly what, in words; names no customer but by number.
    what: Mapped[str] = mapped_column(String(200))
    #: The customer whom it concerns, if it does; the row goes when that customer is erased.
    about: Mapped[str | None] = mapped_column(String(36), index=True)
    proposed_by: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[str] = mapped_column(String(32))
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[str | None] = mapped_column(String(32))
    approved: Mapped[bool | None]
    used_at: Mapped[str | None] = mapped_column(String(32))
