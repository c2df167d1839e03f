"""The same request twice is done once (draft-ietf-httpapi-idempotency-key-header-07).

A till that hears no answer sends again, with the same key, and gets the first answer. While that is
still being made, it is told to wait; the same key with another request is the till's mistake.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from clienteling.errors import ClientelingError
from clienteling.retention.rule import Ahead, log_swept
from clienteling.till.models import AnswerRow
from consent.clock import parse, stamp
from consent.office import Office

#: How long an answer is remembered, and how long a request may take before it counts as dead.
REMEMBERED = timedelta(hours=24)
_DEAD = timedelta(minutes=1)


class KeyReusedError(ClientelingError):
    """The key came before, with another request."""


class InProgressError(ClientelingError):
    """The first request with this key is still being answered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with a key.

    Attributes:
        device_id: Whose key it is; another device's is another key.
        request: Method, path and body, as sent.
    """

    device_id: str
    key: str
    request: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """Status and body. The body must hold nothing personal: it is stored."""

    status: int
    body: dict[str, Any]


def _nothing(_identity: Session, _answered: Answered) -> None:
    pass


def once(
    office: Office,
    asked: Asked,
    act: Callable[[], Answered],
    *,
    also: Callable[[Session, Answered], None] = _nothing,
) -> tuple[Answered, bool]:
    """Return what `act` answers, or what it answered before, and whether it is from before.

    An act that raises is forgotten, so that it may be tried again. `also` is done once with the
    answer, in the transaction that remembers it.

    Raises:
        KeyReusedError: the key belongs to another request.
        InProgressError: the same request is being answered now.
    """
    place = (asked.device_id, hashlib.sha256(asked.key.encode()).hexdigest())
    print_ = hmac.digest(office.ring.lookup, b"till\0" + asked.request, hashlib.sha256).hex()
    known = _begin(office, place, print_)
    if known is not None:
        return known, True
    try:
        answered = act()
    except BaseException:
        with office.databases.identity.write() as identity:
            identity.delete(identity.get_one(AnswerRow, place))
        raise
    with office.databases.identity.write() as identity:
        row = identity.get_one(AnswerRow, place)
        row.status, row.body = answered.status, answered.body
        also(identity, answered)
    return answered, False


def answers_ahead(office: Office) -> Ahead:
    """Count the answers that are no longer remembered, and say when the next one is over."""
    with office.databases.identity.read() as identity:
        due = identity.scalar(select(func.count()).select_from(AnswerRow).where(_over(office)))
        first = identity.scalar(select(func.min(AnswerRow.at)))
    return Ahead(due or 0, (parse(first) + REMEMBERED).date() if first else None)


def forget_answers(office: Office, limit: int) -> int:
    """Forget answers after a day; returns how many."""
    with office.databases.identity.write() as identity:
        rows = identity.scalars(select(AnswerRow).where(_over(office)).limit(limit)).all()
        for row in rows:
            identity.delete(row)
        if rows:
            log_swept(identity, office, "answers", len(rows))
    return len(rows)


def _over(office: Office) -> ColumnElement[bool]:
    return AnswerRow.at <= stamp(office.now() - REMEMBERED)


def _begin(office: Office, place: tuple[str, str], print_: str) -> Answered | None:
    """Take the key, or return the answer that it has. A writer is alone, so nobody comes between.

    Raises:
        KeyReusedError, InProgressError: as `once`.
    """
    now = office.now()
    with office.databases.identity.write() as identity:
        row = identity.get(AnswerRow, place)
        if row is not None and parse(row.at) + REMEMBERED > now:
            if not hmac.compare_digest(row.fingerprint, print_):
                raise KeyReusedError(
                    "This Idempotency-Key came with another request. Take a new one."
                )
            if row.status is not None:
                return Answered(row.status, row.body or {})
            if parse(row.at) + _DEAD > now:
                raise InProgressError("This request is being answered. Send it again in a moment.")
        # New, of yesterday, or of a request that died on its way.
        device_id, key_digest = place
        identity.merge(
            AnswerRow(
                device_id=device_id,
                key_digest=key_digest,
                fingerprint=print_,
                at=stamp(now),
                status=None,
                body=None,
            )
        )
    return None
