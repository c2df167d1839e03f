"""Tables of the consent package, and the three databases that everything lives in.

Identity (with the log), templates and keys are three databases (R19): no transaction and no
foreign key spans them. Other packages hang their own tables on the same bases.

Times are stored as UTC, ISO 8601 text with microseconds and "Z" (`consent.clock.stamp`): the same
text is hashed into the log, so the database must give back exactly what it was given.
"""

from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from consent import triggers

_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: Counts to 2^32, which PostgreSQL's INTEGER does not hold.
_COUNTER = BigInteger().with_variant(Integer(), "sqlite")


class IdentityBase(DeclarativeBase):
    """Who is who, what was consented to, and the log."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {dict[str, Any]: JSON, list[str]: JSON}


class TemplatesBase(DeclarativeBase):
    """Sealed face templates under a random alias; nothing here says whose they are."""

    metadata = MetaData(naming_convention=_NAMES)


class KeysBase(DeclarativeBase):
    """Wrapped keys, and nothing else. Its backups live at most 7 days."""

    metadata = MetaData(naming_convention=_NAMES)


class SubjectRow(IdentityBase):
    """A data subject: a random id and nothing personal. Deleted at erasure."""

    __tablename__ = "subject"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[str] = mapped_column(String(32))


class ConsentRow(IdentityBase):
    """One consent event for one purpose (PRIVACY.md section B); rows are only ever added.

    The state of a purpose is that of its newest row. After erasure the rows stay as pseudonymous
    proof: `subject_id` is then a number that leads nowhere.
    """

    __tablename__ = "consent_record"
    __table_args__ = (Index("ix_consent_record_subject_purpose", "subject_id", "purpose"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    record_id: Mapped[str] = mapped_column(String(36), unique=True)
    subject_id: Mapped[str] = mapped_column(String(36))
    purpose: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))  # given | refused | withdrawn | expired
    event_time: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[str | None] = mapped_column(String(32))
    leaf_index: Mapped[int]
    #: The whole record with the field names of section B, as it was hashed into the log.
    body: Mapped[dict[str, Any]]


class LogEntryRow(IdentityBase):
    """A leaf of the Merkle log. Insert-only (triggers): no personal data may ever enter."""

    __tablename__ = "log_entry"

    leaf_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    at: Mapped[str] = mapped_column(String(32), index=True)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)  # RFC 8785 JSON


class LogNodeRow(IdentityBase):
    """Hash of a complete subtree (RFC 9162); level 0 are the leaves. Insert-only.

    Kept so that appending and proving stay logarithmic.
    """

    __tablename__ = "log_node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LogCheckpointRow(IdentityBase):
    """A signed checkpoint (C2SP signed note) for a tree size. Insert-only."""

    __tablename__ = "log_checkpoint"

    tree_size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)


class LogWitnessRow(IdentityBase):
    """A witness of the log, and the key that its cosignatures are checked with."""

    __tablename__ = "log_witness"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    added_at: Mapped[str] = mapped_column(String(32))
    removed_at: Mapped[str | None] = mapped_column(String(32))


class LogCosignatureRow(IdentityBase):
    """A witness's signature line under a checkpoint (consent.log.cosignatures). Insert-only."""

    __tablename__ = "log_cosignature"

    witness: Mapped[str] = mapped_column(ForeignKey("log_witness.name"), primary_key=True)
    at: Mapped[str] = mapped_column(String(32), primary_key=True)
    tree_size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    line: Mapped[str] = mapped_column(Text)


class LogDetailRow(IdentityBase):
    """What a leaf commits to, with its salt (R47). Deleting the row unlinks the leaf for good.

    `about` is the data subject of the entry (or null), `actor` who acted (a user, device or
    command). Neither is in the leaf.
    """

    __tablename__ = "log_detail"

    leaf_index: Mapped[int] = mapped_column(
        ForeignKey("log_entry.leaf_index"), primary_key=True, autoincrement=False
    )
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    about: Mapped[str | None] = mapped_column(String(36), index=True)
    actor: Mapped[str] = mapped_column(String(80), index=True)
    detail: Mapped[dict[str, Any]]


class FlowRow(IdentityBase):
    """A flow over more than one database: opened here, resumed by the worker until done.

    `step` is the number of steps completed; every step is idempotent.
    """

    __tablename__ = "flow"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # enrol | withdraw | erase
    subject_id: Mapped[str] = mapped_column(String(36), index=True)
    purposes: Mapped[list[str]]
    step: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[str] = mapped_column(String(32))
    closed_at: Mapped[str | None] = mapped_column(String(32), index=True)
    leaf_index: Mapped[int]
    data: Mapped[dict[str, Any]]


class ReceiptRow(IdentityBase):
    """A receipt as it was signed, and a keyed hash of the code that withdraws."""

    __tablename__ = "receipt"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(36), index=True)
    issued_at: Mapped[str] = mapped_column(String(32))
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    body: Mapped[dict[str, Any]]


class RootKeyRow(KeysBase):
    """Which root key wraps the rows of `store_key` and `service_key`, and since when: one row."""

    __tablename__ = "root_key"

    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    since: Mapped[str] = mapped_column(String(32))


class RestrictionRow(IdentityBase):
    """A customer whose data stays but is used for nothing (GDPR 18); lifted: the row is deleted."""

    __tablename__ = "restriction"

    subject_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    since: Mapped[str] = mapped_column(String(32))
    ground: Mapped[str] = mapped_column(String(12))
    #: The log entry that set it: cameras that know of it hold no template of the customer.
    leaf_index: Mapped[int]
    #: How and when the customer was told that it will be lifted (GDPR 18(3)).
    told_by: Mapped[str | None] = mapped_column(String(8))
    told_at: Mapped[str | None] = mapped_column(String(32))


class RequestRow(IdentityBase):
    """Somebody exercises a right, or complains. Free text is sealed; the rest is codes and dates.

    `subject_id` is null for somebody who is no customer. After erasure the row stays without its
    text: proof that the request was answered in time.
    """

    __tablename__ = "rights_request"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    subject_id: Mapped[str | None] = mapped_column(String(36), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    #: A complaint "I was greeted as somebody else".
    wrong_person: Mapped[bool] = mapped_column(default=False)
    channel: Mapped[str] = mapped_column(String(8))
    received_at: Mapped[str] = mapped_column(String(32))
    received_by: Mapped[str] = mapped_column(String(80))
    due_on: Mapped[str] = mapped_column(String(10), index=True)
    extended_for: Mapped[str | None] = mapped_column(String(12))
    extension_told: Mapped[str | None] = mapped_column(String(8))
    identity: Mapped[str | None] = mapped_column(String(12))
    owner: Mapped[str | None] = mapped_column(String(80))
    outcome: Mapped[str | None] = mapped_column(String(16))
    reply_by: Mapped[str | None] = mapped_column(String(8))
    closed_at: Mapped[str | None] = mapped_column(String(32), index=True)
    #: The consent that the sealed texts are bound to; null: sealed under the request's own key.
    consent_id: Mapped[str | None] = mapped_column(String(36))
    text: Mapped[bytes | None] = mapped_column(LargeBinary)
    reply: Mapped[bytes | None] = mapped_column(LargeBinary)


class StoreKeyRow(KeysBase):
    """Key-encryption key of a store, wrapped by the root key.

    One is not retired; a retired one goes when no data key is left under it (`rotation`).
    """

    __tablename__ = "store_key"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[str] = mapped_column(String(32))
    retired_at: Mapped[str | None] = mapped_column(String(32))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    #: Data keys wrapped with this key (R21: at most 2^32 random nonces a key).
    uses: Mapped[int] = mapped_column(_COUNTER, default=0, server_default="0")


class DataKeyRow(KeysBase):
    """Data key of one subject and purpose, wrapped by the store key. Deleting it is erasure.

    A request by somebody who is no customer has a key too: its id, and the purpose "request".
    """

    __tablename__ = "data_key"

    subject_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(36), unique=True)
    store_key_id: Mapped[str] = mapped_column(String(36), ForeignKey("store_key.id"))
    created_at: Mapped[str] = mapped_column(String(32))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    #: Seals made with this key (R21: at most 2^32 random nonces a key).
    uses: Mapped[int] = mapped_column(_COUNTER, default=0)


class ServiceKeyRow(KeysBase):
    """Keys of the service itself (log signing, receipt signing, look-up HMAC), wrapped by root."""

    __tablename__ = "service_key"

    name: Mapped[str] = mapped_column(String(46), primary_key=True)
    created_at: Mapped[str] = mapped_column(String(32))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


for _table in IdentityBase.metadata.sorted_tables:
    if _table.name in triggers.INSERT_ONLY_TRIGGERS:
        triggers.attach(_table)
