"""Checking the consent records against the log: each is the one that its entry commits to."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.log.commitments import digest
from consent.log.events import EventKind
from consent.models import ConsentRow, LogDetailRow, LogEntryRow

_BATCH = 500
_STATES = {
    EventKind.CONSENT_GIVEN.value: "given",
    EventKind.CONSENT_REFUSED.value: "refused",
    EventKind.CONSENT_WITHDRAWN.value: "withdrawn",
    EventKind.CONSENT_EXPIRED.value: "expired",
}


def check_records(identity: Session) -> Iterator[tuple[int | None, str]]:
    """Yield (entry, what) for each consent record that is altered, missing or not in the log."""
    logged = identity.execute(
        select(LogEntryRow.leaf_index)
        .outerjoin(ConsentRow, ConsentRow.leaf_index == LogEntryRow.leaf_index)
        .where(LogEntryRow.kind.in_(_STATES), ConsentRow.record_id.is_(None))
    )
    due = _swept(identity)
    for (leaf_index,) in logged:
        if leaf_index not in due:
            yield leaf_index, "The consent record of this entry is missing."
    rows = identity.execute(
        select(ConsentRow, LogEntryRow.kind, LogDetailRow)
        .outerjoin(LogEntryRow, LogEntryRow.leaf_index == ConsentRow.leaf_index)
        .outerjoin(LogDetailRow, LogDetailRow.leaf_index == ConsentRow.leaf_index)
        .order_by(ConsentRow.sequence)
        .execution_options(yield_per=_BATCH)
    )
    before = -1
    for row, kind, detail in rows:
        if row.leaf_index <= before:
            yield row.leaf_index, "The consent records are not in the order of the log."
        before = row.leaf_index
        if not _fits(row, kind, detail):
            yield row.leaf_index, "The consent record is not the one that was logged."


def _swept(identity: Session) -> set[int]:
    """Return the entries whose records went when their proof was over, as the log itself says."""
    details = identity.scalars(
        select(LogDetailRow.detail)
        .join(LogEntryRow, LogEntryRow.leaf_index == LogDetailRow.leaf_index)
        .where(LogEntryRow.kind == EventKind.RETENTION_SWEPT.value)
    )
    return {leaf for detail in details for leaf in detail.get("leaves", ())}


def _fits(row: ConsentRow, kind: str | None, detail: LogDetailRow | None) -> bool:
    if detail is None or kind is None:
        return False
    body: dict[str, Any] = row.body
    committed = {"purpose": row.purpose, "record": row.record_id, "sha256": digest(body)}
    columns = {
        "record_id": row.record_id,
        "pii_principal_id": row.subject_id,
        "purpose": row.purpose,
        "event_state": row.state,
        "event_time": row.event_time,
        "valid_until": row.expires_at,
    }
    return (
        detail.detail == committed
        and detail.about == row.subject_id
        and _STATES.get(kind) == row.state
        and all(body.get(name) == value for name, value in columns.items())
    )
