"""Forgetting the words of requests: of strangers after a time, of customers with their account."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consent.clock import stamp
from consent.keystore import keys
from consent.models import RequestRow
from consent.purposes import Purpose
from consent.setting import Office
from consent.storage import Databases

#: How long the words of somebody who is no customer are kept after the answer: a design default, in
#: which they can still come back on it.
TEXT_KEPT = timedelta(days=180)


def old_texts(identity: Session, now: datetime, limit: int | None = None) -> tuple[str, ...]:
    """Return the requests of those who are no customers whose texts have been kept long enough."""
    query = (
        select(RequestRow.id)
        .where(
            RequestRow.subject_id.is_(None),
            RequestRow.closed_at <= stamp(now - TEXT_KEPT),
            RequestRow.text.is_not(None) | RequestRow.reply.is_not(None),
        )
        .limit(limit)
    )
    return tuple(identity.scalars(query))


def forget_texts(office: Office, limit: int | None = None) -> int:
    """Destroy the old texts of those who are no customers; returns of how many requests."""
    with office.databases.identity.read() as identity:
        strangers = old_texts(identity, office.now(), limit)
    with office.databases.keys.write() as session:  # the key first: then nothing can be read
        keys.destroy_request_keys(session, strangers)
    with office.databases.identity.write() as identity:
        identity.execute(
            update(RequestRow).where(RequestRow.id.in_(strangers)).values(text=None, reply=None)
        )
    return len(strangers)


def erase_requests(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: with the account go the texts; that and when it was answered stays as proof."""
    if Purpose.ACCOUNT in purposes:
        with databases.identity.write() as identity:
            identity.execute(
                update(RequestRow)
                .where(RequestRow.subject_id == subject_id)
                .values(text=None, reply=None)
            )
    return ()
