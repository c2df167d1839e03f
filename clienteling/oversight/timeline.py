"""Everything that can be said about one customer to that customer or an authority.

Who consented to what, shown which text, when; who looked; what is held where. Neither a template
nor a taste nor an allergy is opened for it (R44): the officer answers for acts, not for content.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.oversight.actors import names
from clienteling.oversight.copies import Copies, copies_of
from clienteling.oversight.flows import FlowState, flows_of
from clienteling.oversight.search import exists, note
from consent import records
from consent.errors import SubjectUnknownError
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.ledger import EntryView
from consent.models import ConsentRow, ReceiptRow
from consent.office import Office
from consent.purposes import TERMS, Purpose

#: Entries that mean that somebody looked.
LOOKS = (
    EventKind.PROFILE_READ,
    EventKind.ALLERGIES_READ,
    EventKind.CARD_READ,
    EventKind.SUGGESTIONS_READ,
    EventKind.CUSTOMER_SEARCHED,
    EventKind.REPLAY_READ,
    EventKind.LOG_SEARCHED,
)
_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One consent event as it was recorded; `standing` says whether it holds now."""

    purpose: Purpose
    state: str
    standing: bool
    at: str
    valid_until: str | None
    notice_version: str | None
    notice_sha256: str | None
    language: str | None
    method: str
    actor: str
    attestation: str | None
    second_act: bool
    minimum_age: int | None
    record_id: str
    leaf_index: int


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One receipt that was issued; `withdraws` says whether its code still works."""

    id: str
    issued_at: str
    records: int
    withdraws: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """A customer's file.

    Attributes:
        restricted: The data is kept and used for nothing (GDPR 18).
        now: The newest record of each purpose, in the order of the purposes.
        earlier: Every other record, newest first.
        looks: Who looked, newest first, up to 200.
        entries: Everything else that the log can still link, newest first, up to 200.
        more: Whether the log holds more than is listed here.
        names: Names of who acted.
    """

    subject_id: str
    erased: bool
    restricted: bool
    now: tuple[ConsentLine, ...]
    earlier: tuple[ConsentLine, ...]
    receipts: tuple[ReceiptLine, ...]
    flows: tuple[FlowState, ...]
    looks: tuple[EntryView, ...]
    entries: tuple[EntryView, ...]
    more: bool
    copies: Copies
    names: Mapping[str, str]

    @property
    def withdrawable(self) -> tuple[Purpose, ...]:
        """Purposes that stand and can be withdrawn one by one."""
        return tuple(
            line.purpose
            for line in self.now
            if line.standing and line.purpose is not Purpose.ACCOUNT
        )


def timeline(office: Office, subject_id: str, *, reader: str) -> Timeline:
    """Return a customer's file, also of one who was erased, and log that `reader` read it.

    Raises:
        SubjectUnknownError: nobody ever had this number here.
        LedgerError: the read cannot be logged, so nothing is returned.
    """
    now = office.now()
    with office.databases.identity.read() as identity:
        rows = records.history(identity, subject_id)
        if not rows:
            raise SubjectUnknownError("There is no customer with this number here.")
        stands = records.standing_for_the_customer(identity, subject_id, now)
        looks = ledger.search(identity, kinds=LOOKS, about=subject_id, limit=_ENTRIES + 1)
        others = [kind for kind in EventKind if kind not in LOOKS]
        entries = ledger.search(identity, kinds=others, about=subject_id, limit=_ENTRIES + 1)
        receipts = _receipts(identity, subject_id)
        flows = flows_of(identity, subject_id, now)
        erased = not exists(identity, subject_id)
        restricted = records.is_restricted(identity, subject_id)
        acted = [entry.actor for entry in (*looks, *entries)]
        who = names(identity, [*acted, *(row.body["entity_id"] for row in rows)])
    note(
        office,
        EventKind.PROFILE_READ,
        actor=reader,
        about=subject_id,
        detail={"what": "timeline"},
    )
    standing = {grant.record_id for grant in stands.values()}
    lines = [_line(row, standing=row.record_id in standing) for row in rows]
    newest = {line.purpose: line for line in lines}
    return Timeline(
        subject_id=subject_id,
        erased=erased,
        restricted=restricted,
        now=tuple(newest[purpose] for purpose in TERMS if purpose in newest),
        earlier=tuple(line for line in reversed(lines) if newest[line.purpose] is not line),
        receipts=receipts,
        flows=flows,
        looks=looks[:_ENTRIES],
        entries=entries[:_ENTRIES],
        more=len(looks) > _ENTRIES or len(entries) > _ENTRIES,
        copies=copies_of(office, subject_id),
        names=who,
    )


def _line(row: ConsentRow, *, standing: bool) -> ConsentLine:
    notice = row.body.get("privacy_notice") or {}
    return ConsentLine(
        purpose=Purpose(row.purpose),
        state=row.state,
        standing=standing,
        at=row.event_time,
        valid_until=row.expires_at,
        notice_version=notice.get("version"),
        notice_sha256=notice.get("sha256"),
        language=row.body.get("language"),
        method=row.body["collection_method"],
        actor=row.body["entity_id"],
        attestation=row.body.get("attestation"),
        second_act=bool(row.body.get("second_act")),
        minimum_age=row.body.get("minimum_age"),
        record_id=row.record_id,
        leaf_index=row.leaf_index,
    )


def _receipts(identity: Session, subject_id: str) -> tuple[ReceiptLine, ...]:
    rows = identity.scalars(
        select(ReceiptRow)
        .where(ReceiptRow.subject_id == subject_id)
        .order_by(ReceiptRow.issued_at.desc())
    )
    return tuple(
        ReceiptLine(row.id, row.issued_at, len(row.body["records"]), row.code_hash is not None)
        for row in rows
    )


def receipt_of(office: Office, wanted: str, *, reader: str) -> Mapping[str, Any]:
    """Return the receipt with this number, or a customer's newest; log that `reader` read it.

    Raises:
        SubjectUnknownError: neither is here.
    """
    with office.databases.identity.read() as identity:
        newest = identity.scalar(
            select(ReceiptRow.id)
            .where(ReceiptRow.subject_id == wanted)
            .order_by(ReceiptRow.issued_at.desc())
            .limit(1)
        )
    return receipt_body(office, newest or wanted, reader=reader)


def receipt_body(office: Office, receipt_id: str, *, reader: str) -> Mapping[str, Any]:
    """Return a receipt as it was signed, and log that `reader` read it.

    Raises:
        SubjectUnknownError: no such receipt.
    """
    with office.databases.identity.read() as identity:
        row = identity.get(ReceiptRow, receipt_id)
    if row is None:
        raise SubjectUnknownError("There is no receipt with this number here.")
    note(
        office,
        EventKind.PROFILE_READ,
        actor=reader,
        about=row.subject_id,
        detail={"what": "receipt", "receipt": row.id},
    )
    return row.body
