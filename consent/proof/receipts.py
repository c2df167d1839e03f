"""Receipts: what the customer takes home, and can check without us (R17).

A receipt is JSON, signed with Ed25519 over its RFC 8785 form. For each record, and for each event
without one (an erasure that begins or ends), it opens the commitment of the log entry and proves
that entry to the newest checkpoint, which it keeps. It never names a template, a model or a key.
`verify_receipt` needs nothing but the receipt and the public keys.
"""

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from consent import sealing
from consent.canonical import JSON, canonical
from consent.clock import stamp
from consent.errors import LedgerError
from consent.keystore.keys import KeyRing
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.notes import origin_of, verifier_key
from consent.models import ConsentRow, FlowRow, LogDetailRow, LogEntryRow, ReceiptRow
from consent.proof.public_keys import PublicKeys
from consent.proof.receipt_check import VERSION, ReceiptCheck, verify_receipt
from consent.setting import Controller

__all__ = [
    "Issued",
    "PublicKeys",
    "ReceiptCheck",
    "completion_of",
    "fingerprint",
    "issue",
    "receipt_by_fingerprint",
    "subject_by_code",
    "verify_receipt",
]

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})
_CODE_BYTES = 10
_CODE_LETTERS = 16
#: Built once: it is asked for everything that a receipt proves.
_ENTRY = (
    select(
        LogEntryRow.kind,
        LogEntryRow.at,
        LogDetailRow.salt,
        LogDetailRow.about,
        LogDetailRow.actor,
        LogDetailRow.detail,
    )
    .join(LogDetailRow, LogDetailRow.leaf_index == LogEntryRow.leaf_index)
    .where(LogEntryRow.leaf_index == bindparam("index"))
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A signed receipt, and the withdrawal code that only its holder will know."""

    receipt: dict[str, Any]
    code: str | None


def issue(
    identity: Session,
    ring: KeyRing,
    store: Controller,
    subject_id: str,
    records: Sequence[ConsentRow],
    now: datetime,
    *,
    code: bool,
    events: Sequence[int] = (),
) -> Issued:
    """Sign, keep and log a receipt over these records, in the caller's transaction.

    Args:
        identity: A writing session, in which the records were made.
        ring: Signs; keys the code's hash.
        store: Who answers for the data.
        subject_id: Whom it is for.
        records: What it proves.
        now: When.
        code: Whether it comes with a code that withdraws (4 groups of 4 letters, 80 random bits).
        events: Log entries of the same act that have no record, which it proves too.
    """
    receipt_id = str(uuid.uuid4())
    body = _body(identity, ring, store, subject_id, records, events, receipt_id, now)
    signature = sealing.sign(ring.receipt_signing, canonical(body))
    body["signature"] = base64.b64encode(signature).decode("ascii")
    text = _new_code() if code else None
    identity.add(
        ReceiptRow(
            id=receipt_id,
            subject_id=subject_id,
            issued_at=stamp(now),
            code_hash=_code_hash(ring, text) if text else None,
            body=body,
        )
    )
    ledger.append(
        identity,
        ring,
        EventKind.RECEIPT_ISSUED,
        actor="clienteling",
        about=subject_id,
        detail={"receipt": receipt_id, "records": [row.record_id for row in records]},
        now=now,
    )
    return Issued(
        body, "-".join(text[i : i + 4] for i in range(0, _CODE_LETTERS, 4)) if text else None
    )


def _body(
    identity: Session,
    ring: KeyRing,
    store: Controller,
    subject_id: str,
    records: Sequence[ConsentRow],
    events: Sequence[int],
    receipt_id: str,
    now: datetime,
) -> dict[str, JSON]:
    checkpoint = ledger.latest_checkpoint(identity)
    return {
        "v": VERSION,
        "receipt_id": receipt_id,
        "issued_at": stamp(now),
        "controller": {
            "name": store.name,
            "address": store.address,
            "contact": store.contact,
            "dpo": store.dpo,
            "demo": store.demo,
        },
        "pii_principal_id": subject_id,
        "records": [
            {"record": row.body, "entry": _entry(identity, row.leaf_index, checkpoint.size)}
            for row in records
        ],
        "events": [{"entry": _entry(identity, index, checkpoint.size)} for index in events],
        "checkpoint": checkpoint.note,
        "log_key": verifier_key(origin_of(ring.log_public), ring.log_public),
        "receipt_key": base64.b64encode(ring.receipt_public).decode("ascii"),
    }


def _entry(identity: Session, index: int, tree_size: int) -> dict[str, JSON]:
    """Return everything that recomputes the leaf and leads from it to the root."""
    entry = identity.execute(_ENTRY, {"index": index}).one_or_none()
    if entry is None:
        raise LedgerError(f"Entry {index} of the log is missing. Run `clienteling log verify`.")
    return {
        "index": index,
        "kind": entry.kind,
        "at": entry.at,
        "salt": base64.b64encode(entry.salt).decode("ascii"),
        "about": entry.about,
        "actor": entry.actor,
        "detail": entry.detail,
        "path": [
            base64.b64encode(step).decode("ascii")
            for step in ledger.inclusion_proof(identity, index, tree_size)
        ],
    }


def subject_by_code(identity: Session, ring: KeyRing, code: str) -> str | None:
    """Return whose receipt carries this code; None if no such code stands.

    Case, spaces and hyphens do not matter; O is read as 0, I and L as 1. A malformed code costs the
    same work as a well-formed one.
    """
    hashed = _code_hash(ring, code.upper().translate(_LOOKALIKES))
    return identity.scalar(select(ReceiptRow.subject_id).where(ReceiptRow.code_hash == hashed))


def fingerprint(receipt: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a receipt's canonical form, as URL-safe base64 without padding.

    Who has it has seen the receipt: it is printed on the paper, and in no log.
    """
    hashed = hashlib.sha256(canonical(receipt)).digest()
    return base64.urlsafe_b64encode(hashed).decode("ascii").rstrip("=")


def receipt_by_fingerprint(identity: Session, reference: str) -> ReceiptRow | None:
    """Return the receipt that a printed reference (`<receipt id>.<fingerprint>`) names, or None."""
    receipt_id, _, given = reference.partition(".")
    row = identity.get(ReceiptRow, receipt_id[:36])
    known = fingerprint(row.body) if row is not None else ""
    if row is None or not hmac.compare_digest(known.encode(), given.encode()):
        return None
    return row


def completion_of(identity: Session, flow_id: str | None) -> dict[str, Any] | None:
    """Return the receipt of an erasure's completion; None: not complete yet, or no erasure."""
    flow = identity.get(FlowRow, flow_id) if flow_id else None
    row = identity.get(ReceiptRow, flow.data.get("receipt", "")) if flow is not None else None
    return row.body if row is not None else None


def _new_code() -> str:
    number = int.from_bytes(secrets.token_bytes(_CODE_BYTES), "big")
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(75, -1, -5))


def _code_hash(ring: KeyRing, code: str) -> str:
    return hmac.new(ring.receipt_code, code.encode(), "sha256").hexdigest()
