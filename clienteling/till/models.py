"""What is remembered so that a till may send a request again."""

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from consent.models import IdentityBase


class AnswerRow(IdentityBase):
    """The answer to a request with an idempotency key, for a day; nothing personal is in one.

    `status` null: the first request is still being answered.
    """

    __tablename__ = "till_answer"

    device_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: A keyed hash of the request, so that the same key with another request is noticed.
    fingerprint: Mapped[str] = mapped_column(String(64))
    at: Mapped[str] = mapped_column(String(32), index=True)
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON)
