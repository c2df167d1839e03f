"""Who is told what, and what waits to be told. Nothing here says whose anything is."""

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from consent.models import IdentityBase


class WebhookRow(IdentityBase):
    """An address that hears of events. Secrets are sealed (`clienteling.webhooks.secrets`)."""

    __tablename__ = "webhook"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    url: Mapped[str] = mapped_column(String(500))
    events: Mapped[list[str]]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    #: The secret before this one signs too, until then.
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_until: Mapped[str | None] = mapped_column(String(32))
    added_at: Mapped[str] = mapped_column(String(32))
    off_at: Mapped[str | None] = mapped_column(String(32))
    off_because: Mapped[str | None] = mapped_column(String(12))


class DeliveryRow(IdentityBase):
    """One event for one webhook: written where it happened, in the same transaction.

    The body is sealed: the number of a sale beside the time of an act would lead from a receipt
    to the customer who has the sale remembered.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_webhook_state", "webhook_id", "state", "due_at"),)

    #: What the receiver knows it by, however often it is sent.
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("webhook.id", ondelete="CASCADE")
    )
    event: Mapped[str] = mapped_column(String(40))
    at: Mapped[str] = mapped_column(String(32), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[str | None] = mapped_column(String(32))
    tried_at: Mapped[str | None] = mapped_column(String(32))
    #: What came of the last try: a status, or why there was none.
    result: Mapped[str | None] = mapped_column(String(12))
