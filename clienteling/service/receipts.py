"""Checking a receipt for people: against this shop's log, or with its published keys alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from clienteling.errors import UsageError
from clienteling.service.verify import read_outside
from consent.errors import LedgerError, ReceiptError
from consent.log import ledger
from consent.log.notes import Checkpoint, parse_checkpoint
from consent.office import Office
from consent.proof.public_keys import PublicKeys, parse_keys
from consent.proof.receipt_check import LARGEST, Flaw, ReceiptCheck, read_receipt, verify_receipt
from consent.proof.receipt_ld import signed_part


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a receipt proves; `purpose` is None for an event that has no record."""

    at: str
    what: str
    purpose: str | None


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """How the check of a receipt ended.

    Attributes:
        ok: Everything that was checked holds.
        findings: In sentences, what does not.
        flaws: The same, by kind.
        receipt_id: Its number; None if it does not hold.
        acts: What it proves; empty if it does not hold.
        size: Entries of the log at its moment.
        compared_with: Entries of the other checkpoint that was compared; None: none was.
        summary: In sentences, what was proved and what not.
    """

    ok: bool
    findings: tuple[str, ...]
    flaws: tuple[Flaw, ...]
    receipt_id: str | None
    acts: tuple[Act, ...]
    size: int | None
    compared_with: int | None
    summary: str


def check_here(office: Office, text: str, against: Checkpoint | None = None) -> CheckedReceipt:
    """Check a receipt with this shop's keys, and that the log of now (or `against`) continues it.

    Raises:
        ReceiptError: it cannot be read as a receipt; the sentence says why.
    """
    body = signed_part(read_receipt(text))
    keys = PublicKeys(office.ring.log_public, office.ring.receipt_public)
    with office.databases.identity.read() as identity:
        outside = against or _newest(identity)
        proof = _consistency(identity, _size_of(body), outside)
    return _report(body, verify_receipt(body, keys, outside, proof), outside)


def _newest(identity: Session) -> Checkpoint | None:
    return ledger.latest_checkpoint(identity) if ledger.size(identity) else None


def _consistency(
    identity: Session, size: int | None, outside: Checkpoint | None
) -> tuple[bytes, ...]:
    """Return the proof between the two; none where one is longer than this log: it then fails."""
    if size is None or outside is None:
        return ()
    try:
        return ledger.consistency_proof(identity, min(size, outside.size), max(size, outside.size))
    except LedgerError:
        return ()


def check_with_keys(
    text: str, keys: PublicKeys, against: Checkpoint | None = None
) -> CheckedReceipt:
    """Check a receipt with published keys, where there is no log.

    A checkpoint of another size than the receipt's cannot be compared without the log's proof: it
    is then left out, and the report says that nothing was compared.

    Raises:
        ReceiptError: it cannot be read as a receipt; the sentence says why.
    """
    body = signed_part(read_receipt(text))
    outside = against if against is not None and against.size == _size_of(body) else None
    return _report(body, verify_receipt(body, keys, outside), outside)


def check_file(
    office: Office | None, path: Path, *, key: Path | None, against: Path | None
) -> CheckedReceipt:
    """Check the receipt in a file: with the keys in `key`, else with those of `office`.

    Raises:
        UsageError: a file cannot be read, or is not what it should be.
    """
    outside = read_outside(_text(against, "a checkpoint")) if against is not None else None
    text = _text(path, "a receipt")
    try:
        if key is not None:
            return check_with_keys(text, parse_keys(_text(key, "published keys")), outside)
        assert office is not None
        return check_here(office, text, outside)
    except ReceiptError as error:
        raise UsageError(str(error)) from error


def _size_of(body: Mapping[str, Any]) -> int | None:
    try:
        return parse_checkpoint(str(body.get("checkpoint"))).size
    except LedgerError:
        return None


def _text(path: Path, what: str) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(LARGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as {what}. Check the file.") from error


def acts_of(receipt: Mapping[str, Any]) -> tuple[Act, ...]:
    """Return what a receipt proves, in its order."""
    records = [item["record"] for item in receipt["records"]]
    events = [item["entry"] for item in receipt.get("events", [])]
    return (
        *(Act(one["event_time"], one["event_state"], one["purpose"]) for one in records),
        *(Act(one["at"], one["kind"], None) for one in events),
    )


def _report(
    body: Mapping[str, Any], check: ReceiptCheck, outside: Checkpoint | None
) -> CheckedReceipt:
    if not check.ok:
        summary = " ".join(("The receipt does not hold.", *check.findings))
        return CheckedReceipt(False, check.findings, check.flaws, None, (), None, None, summary)
    size = parse_checkpoint(body["checkpoint"]).size
    compared = outside.size if outside is not None else None
    return CheckedReceipt(
        ok=True,
        findings=(),
        flaws=(),
        receipt_id=body["receipt_id"],
        acts=acts_of(body),
        size=size,
        compared_with=compared,
        summary=_summary(body, size, compared),
    )


def _summary(body: Mapping[str, Any], size: int, compared: int | None) -> str:
    signed = (
        f"The receipt holds: {body['controller']['name']} signed it on {body['issued_at']}, "
        f"and each entry is in its log of then ({size} entries)."
    )
    continued = (
        f"One log holds it and the checkpoint over {compared} entries."
        if compared is not None
        else "Not compared with another checkpoint: that the log goes on from there is not proven."
    )
    limits = "It proves what was declared then; not whether it still stands, nor who holds it."
    acts = [f"  {act.at}  {act.purpose or ''} {act.what}" for act in acts_of(body)]
    return "\n".join((signed, *acts, continued, limits))
