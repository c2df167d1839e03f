"""Tables of the people. Personal content is sealed; what stands open leads nowhere by itself."""

from sqlalchemy import Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from consent.models import IdentityBase, TemplatesBase
from consent.purposes import Purpose


class SectionRow(IdentityBase):
    """What a customer told us for one purpose, sealed under that purpose's own key."""

    __tablename__ = "customer_section"

    subject_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    consent_id: Mapped[str] = mapped_column(String(36))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class RecordRow(IdentityBase):
    """One of many things kept about a customer (`clienteling.customers.records`), sealed."""

    __tablename__ = "customer_record"
    __table_args__ = (
        Index("ix_customer_record_subject_kind", "subject_id", "kind"),
        Index("ix_customer_record_kind_day", "kind", "day"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(36))
    purpose: Mapped[str] = mapped_column(String(20))
    consent_id: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(12))
    #: So that what is too old can be removed, and what is of today found, without being opened.
    day: Mapped[str] = mapped_column(String(10))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ChoiceRow(IdentityBase):
    """An entry of one of the shop's own lists: a tag, or a kind of size. About nobody."""

    __tablename__ = "shop_choice"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    nl: Mapped[str] = mapped_column(String(30))
    en: Mapped[str] = mapped_column(String(30))


class LookupRow(IdentityBase):
    """A keyed hash (HMAC) of a contact (`contact`): finds a customer without storing it openly."""

    __tablename__ = "customer_lookup"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(36), index=True)


class ReleaseRow(IdentityBase):
    """The name under a release, with its salt, sealed under the account's key (R42).

    The consent record that it belongs to holds the commitment which both open.
    """

    __tablename__ = "release_signature"

    record_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(36), index=True)
    consent_id: Mapped[str] = mapped_column(String(36))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class AliasRow(IdentityBase):
    """Whose template an alias is. Edges know the alias; only the hub reads this row."""

    __tablename__ = "template_alias"

    alias: Mapped[str] = mapped_column(String(36), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(36), index=True)
    consent_id: Mapped[str] = mapped_column(String(36))
    model_id: Mapped[str] = mapped_column(String(60))
    images: Mapped[int]
    made_at: Mapped[str] = mapped_column(String(32))
    #: Staff said "not this person" of somebody recognised as this customer: so many steps more are
    #: asked for, one less a week after `stricter_since`. Nothing is kept of whom it was.
    stricter: Mapped[int] = mapped_column(default=0, server_default="0")
    stricter_since: Mapped[str | None] = mapped_column(String(32))
    #: Another customer here looks very much like this one; not who.
    look_alike: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Month ("2026-11") in which it was made or staff last confirmed somebody recognised by it:
    #: enough to tell that it is unused, too little to be a visit (0166).
    used_in: Mapped[str] = mapped_column(
        String(7), index=True, default=lambda row: row.get_current_parameters()["made_at"][:7]
    )
    #: It opens only with the customer's pass, from whose secret the alias is derived (R26).
    holder: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: For what it may be compared; it is sealed under that purpose's key.
    purpose: Mapped[str] = mapped_column(
        String(20), default=Purpose.RECOGNISE.value, server_default=Purpose.RECOGNISE.value
    )


class TemplateRow(TemplatesBase):
    """A sealed face template under a random alias."""

    __tablename__ = "template"

    alias: Mapped[str] = mapped_column(String(36), primary_key=True)
    model_id: Mapped[str] = mapped_column(String(60))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[str] = mapped_column(String(32))
    #: The transform key that turned it (R23); None: none, as with what a pass opens.
    transform: Mapped[str | None] = mapped_column(String(46), index=True)


class VisitRow(IdentityBase):
    """A visit, kept only with the purpose `visits`, sealed under its key (R36)."""

    __tablename__ = "visit"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(36), index=True)
    consent_id: Mapped[str] = mapped_column(String(36))
    #: So that what is too old can be removed without being opened.
    day: Mapped[str] = mapped_column(String(10), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
