"""Proof of consent: kept, pseudonymous, for the profile's `proof` days after the consent ended.

Then the records go, with the salts and links of their log entries. The entry that says so names
them by leaf, so that verifying the log tells a record that was due from one that somebody removed.
"""

from collections import defaultdict

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from clienteling.retention.rule import Ahead, after, before, log_swept
from consent.models import ConsentRow, FlowRow, LogDetailRow, ReceiptRow
from consent.office import Office
from consent.records import State


def forget_proof(office: Office, limit: int) -> int:
    """Remove ended consents whose proof is over; returns how many records."""
    with office.databases.identity.write() as identity:
        due = [row for row in _ended(identity) if row.event_time <= _limit(office)][:limit]
        leaves: list[int] = []
        by_subject: dict[str, list[str]] = defaultdict(list)
        for row in due:
            by_subject[row.subject_id].append(row.purpose)
        for subject_id, purposes in by_subject.items():
            leaves += _remove(identity, subject_id, purposes, _limit(office))
        if leaves:
            log_swept(identity, office, "proof", len(leaves), sorted(leaves))
    return len(due)


def proof_ahead(office: Office) -> Ahead:
    """Count the consents whose proof is over."""
    with office.databases.identity.read() as identity:
        ended = [row.event_time for row in _ended(identity)]
    limit = _limit(office)
    due = sum(at <= limit for at in ended)
    return Ahead(due, after(min(ended, default=None), office.profile.retention.proof))


def _limit(office: Office) -> str:
    return before(office, office.profile.retention.proof)


def _ended(identity: Session) -> list[ConsentRow]:
    """Return the newest record of each consent that has ended, oldest first."""
    last = select(func.max(ConsentRow.sequence)).group_by(ConsentRow.subject_id, ConsentRow.purpose)
    busy = select(FlowRow.subject_id).where(FlowRow.closed_at.is_(None))
    rows = identity.scalars(
        select(ConsentRow)
        .where(
            ConsentRow.sequence.in_(last),
            ConsentRow.state != State.GIVEN.value,
            ConsentRow.subject_id.not_in(busy),
        )
        .order_by(ConsentRow.event_time)
    )
    return list(rows)


def _remove(identity: Session, subject_id: str, purposes: list[str], limit: str) -> list[int]:
    """Remove the records of these consents and what rests on them only; returns their leaves."""
    of_subject = ConsentRow.subject_id == subject_id
    leaves = list(
        identity.scalars(
            delete(ConsentRow)
            .where(of_subject, ConsentRow.purpose.in_(purposes))
            .returning(ConsentRow.leaf_index)
        )
    )
    identity.execute(delete(LogDetailRow).where(LogDetailRow.leaf_index.in_(leaves)))
    left = set(identity.scalars(select(ConsentRow.record_id).where(of_subject)))
    receipts = select(ReceiptRow).where(
        ReceiptRow.subject_id == subject_id, ReceiptRow.issued_at <= limit
    )
    for receipt in identity.scalars(receipts):
        proven = {item["record"]["record_id"] for item in receipt.body["records"]}
        if not proven & left and receipt.code_hash is None:
            identity.delete(receipt)
    if not left:  # nothing of this number is left: its cases and links go too
        for table in (FlowRow, ReceiptRow):
            identity.execute(delete(table).where(table.subject_id == subject_id))
        identity.execute(delete(LogDetailRow).where(LogDetailRow.about == subject_id))
    return leaves
