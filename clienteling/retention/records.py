"""What is left when people are gone: who read what, proofs, requests, approvals, codes, visits."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from clienteling.access.approvals import Matter
from clienteling.access.models import ApprovalRow, PairingRow
from clienteling.customers.models import RecordRow, VisitRow
from clienteling.customers.records import RecordKind
from clienteling.retention.rule import Ahead, after, before, log_swept
from consent.clock import stamp
from consent.log.events import PROOF_KINDS, READ_KINDS, EventKind
from consent.models import LogDetailRow, LogEntryRow, RequestRow
from consent.office import Office


def forget_visits(office: Office, limit: int) -> int:
    """Remove visits that are older than the profile says."""
    return delete_over(office, "visits", VisitRow.id, _old_visits(office), limit)


def visits_ahead(office: Office) -> Ahead:
    """Count the visits that are too old."""
    with office.databases.identity.read() as identity:
        due = count_over(identity, VisitRow.id, _old_visits(office))
        first = identity.scalar(select(func.min(VisitRow.day)))
    days = timedelta(days=office.profile.retention.visits)
    return Ahead(due, date.fromisoformat(first) + days if first else None)


def _old_visits(office: Office) -> ColumnElement[bool]:
    return VisitRow.day <= before(office, office.profile.retention.visits)[:10]


def forget_purchases(office: Office, limit: int) -> int:
    """Remove sales that are older than the profile says."""
    return delete_over(office, "purchases", RecordRow.id, _old_purchases(office), limit)


def purchases_ahead(office: Office) -> Ahead:
    """Count the sales that are too old."""
    with office.databases.identity.read() as identity:
        due = count_over(identity, RecordRow.id, _old_purchases(office))
        first = identity.scalar(
            select(func.min(RecordRow.day)).where(RecordRow.kind == RecordKind.SALE.value)
        )
    days = timedelta(days=office.profile.retention.purchases)
    return Ahead(due, date.fromisoformat(first) + days if first else None)


def _old_purchases(office: Office) -> ColumnElement[bool]:
    oldest = before(office, office.profile.retention.purchases)[:10]
    return (RecordRow.kind == RecordKind.SALE.value) & (RecordRow.day <= oldest)


#: A list is work to do: what nobody did in that time after its day, nobody will.
LISTED_DAYS = 90


def forget_listed(office: Office, limit: int) -> int:
    """Remove entries of staff's lists that are long past their day."""
    return delete_over(office, "lists", RecordRow.id, _old_listed(office), limit)


def listed_ahead(office: Office) -> Ahead:
    """Count the entries of lists that are long past their day."""
    with office.databases.identity.read() as identity:
        due = count_over(identity, RecordRow.id, _old_listed(office))
        first = identity.scalar(
            select(func.min(RecordRow.day)).where(RecordRow.kind == RecordKind.LIST.value)
        )
    return Ahead(due, date.fromisoformat(first) + timedelta(days=LISTED_DAYS) if first else None)


def _old_listed(office: Office) -> ColumnElement[bool]:
    limit = before(office, LISTED_DAYS)[:10]
    return and_(RecordRow.kind == RecordKind.LIST.value, RecordRow.day <= limit)


def forget_intents(office: Office, limit: int) -> int:
    """Remove what customers came for on an earlier day."""
    return delete_over(office, "intents", RecordRow.id, _old_intents(office), limit)


def intents_ahead(office: Office) -> Ahead:
    """Count what customers came for on an earlier day."""
    with office.databases.identity.read() as identity:
        return Ahead(count_over(identity, RecordRow.id, _old_intents(office)), None)


def _old_intents(office: Office) -> ColumnElement[bool]:
    of_a_day = RecordRow.kind == RecordKind.INTENT.value
    return of_a_day & (RecordRow.day < office.today().isoformat())


def unlink_reads(office: Office, limit: int) -> int:
    """Delete salt, reader and customer of old entries about reading: their leaves say no more."""
    return _unlink(office, "reads", _kinds(READ_KINDS), office.profile.retention.access_log, limit)


def reads_ahead(office: Office) -> Ahead:
    """Count the entries about reading that still say who and whom."""
    return _linked(office, _kinds(READ_KINDS), office.profile.retention.access_log)


def unlink_acts(office: Office, limit: int) -> int:
    """Unlink old entries about a customer that prove no consent."""
    return _unlink(office, "acts", _no_proof(), office.profile.retention.proof, limit)


def acts_ahead(office: Office) -> Ahead:
    """Count the old entries about a customer that prove no consent."""
    return _linked(office, _no_proof(), office.profile.retention.proof)


def _kinds(kinds: Iterable[EventKind]) -> ColumnElement[bool]:
    return LogEntryRow.kind.in_([kind.value for kind in kinds])


def _no_proof() -> ColumnElement[bool]:
    return LogDetailRow.about.is_not(None) & ~_kinds(PROOF_KINDS)


def _unlink(office: Office, rule: str, which: ColumnElement[bool], days: int, limit: int) -> int:
    with office.databases.identity.write() as identity:
        leaves = identity.scalars(
            select(LogDetailRow.leaf_index)
            .join(LogEntryRow, LogEntryRow.leaf_index == LogDetailRow.leaf_index)
            .where(which, LogEntryRow.at <= before(office, days))
            .order_by(LogDetailRow.leaf_index)
            .limit(limit)
        ).all()
        if leaves:
            identity.execute(delete(LogDetailRow).where(LogDetailRow.leaf_index.in_(leaves)))
            log_swept(identity, office, rule, len(leaves))
    return len(leaves)


def _linked(office: Office, which: ColumnElement[bool], days: int) -> Ahead:
    joined = select(func.min(LogEntryRow.at), func.count()).join(
        LogDetailRow, LogEntryRow.leaf_index == LogDetailRow.leaf_index
    )
    with office.databases.identity.read() as identity:
        first, _all = identity.execute(joined.where(which)).one()
        due = identity.execute(joined.where(which, LogEntryRow.at <= before(office, days))).one()
    return Ahead(due[1], after(first, days))


def forget_requests(office: Office, limit: int) -> int:
    """Remove closed requests whose proof is over."""
    return delete_over(office, "requests", RequestRow.id, _old_requests(office), limit)


def requests_ahead(office: Office) -> Ahead:
    """Count the closed requests whose proof is over."""
    with office.databases.identity.read() as identity:
        due = count_over(identity, RequestRow.id, _old_requests(office))
        first = identity.scalar(select(func.min(RequestRow.closed_at)))
    return Ahead(due, after(first, office.profile.retention.proof))


def _old_requests(office: Office) -> ColumnElement[bool]:
    return RequestRow.closed_at <= before(office, office.profile.retention.proof)


def forget_approvals(office: Office, limit: int) -> int:
    """Remove proposals that are void or used, but not thresholds that are in force."""
    return delete_over(office, "approvals", ApprovalRow.id, _old_approvals(office), limit)


def approvals_ahead(office: Office) -> Ahead:
    """Count the proposals whose time is over."""
    with office.databases.identity.read() as identity:
        return Ahead(count_over(identity, ApprovalRow.id, _old_approvals(office)), None)


def _old_approvals(office: Office) -> ColumnElement[bool]:
    standing = (ApprovalRow.matter == Matter.THRESHOLD.value) & ApprovalRow.approved.is_(True)
    over = ApprovalRow.expires_at <= before(office, office.profile.retention.access_log)
    return over & or_(ApprovalRow.approved.is_(None), ~standing)


def forget_codes(office: Office, limit: int) -> int:
    """Remove pairing codes that open nothing any more."""
    return delete_over(office, "codes", PairingRow.code_hash, _old_codes(office), limit)


def codes_ahead(office: Office) -> Ahead:
    """Count the pairing codes that open nothing any more."""
    with office.databases.identity.read() as identity:
        return Ahead(count_over(identity, PairingRow.code_hash, _old_codes(office)), None)


def _old_codes(office: Office) -> ColumnElement[bool]:
    return PairingRow.expires_at <= stamp(office.now())


def count_over(
    identity: Session, key: InstrumentedAttribute[str], over: ColumnElement[bool]
) -> int:
    """Return how many rows are over."""
    return identity.scalar(select(func.count(key)).where(over)) or 0


def delete_over(
    office: Office,
    rule: str,
    key: InstrumentedAttribute[str],
    over: ColumnElement[bool],
    limit: int,
) -> int:
    """Delete at most so many of the rows that are over, and log it, in one transaction."""
    with office.databases.identity.write() as identity:
        ids = identity.scalars(select(key).where(over).limit(limit)).all()
        if ids:
            identity.execute(delete(key.class_).where(key.in_(ids)))
            log_swept(identity, office, rule, len(ids))
    return len(ids)
