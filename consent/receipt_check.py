"""Checking a receipt offline: with the receipt, the public keys, and nothing else of ours.

1 signature    the receipt is what the shop signed
2 checkpoint   it is signed by the shop's log
3 records      each record is the one that its log entry commits to
4 inclusion    each entry is in the log that the checkpoint covers
5 outside      where the reader has a later checkpoint: the log only grew since
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consent import merkle, sealing
from consent.canonical import canonical
from consent.commitments import commitment, digest, leaf_bytes
from consent.errors import LedgerError
from consent.notes import Checkpoint, is_signed, parse_checkpoint


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """The shop's Ed25519 keys (32 bytes each), from where the reader keeps them."""

    log: bytes
    receipt: bytes


@dataclass(frozen=True, slots=True)
class ReceiptCheck:
    """Whether a receipt holds, and in sentences what does not."""

    ok: bool
    findings: tuple[str, ...]


def verify_receipt(
    body: Mapping[str, Any],
    keys: PublicKeys,
    outside: Checkpoint | None = None,
    consistency: Sequence[bytes] = (),
) -> ReceiptCheck:
    """Check a receipt.

    Args:
        body: The receipt's JSON.
        keys: Whose signatures count.
        outside: Another checkpoint of the log, at least as new.
        consistency: The proof (`ledger.consistency_proof`) from the receipt's checkpoint to it.
    """
    try:
        findings = _findings(body, keys, outside, consistency)
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error, LedgerError):
        findings = ["This is not a receipt, or a part of it is missing."]
    return ReceiptCheck(ok=not findings, findings=tuple(findings))


def _findings(
    body: Mapping[str, Any],
    keys: PublicKeys,
    outside: Checkpoint | None,
    consistency: Sequence[bytes],
) -> list[str]:
    unsigned = {name: value for name, value in body.items() if name != "signature"}
    if not sealing.verify(keys.receipt, canonical(unsigned), _binary(body["signature"])):
        return ["The receipt was altered, or is not from this shop."]
    checkpoint = parse_checkpoint(body["checkpoint"])
    if not is_signed(checkpoint, keys.log):
        return ["The receipt's checkpoint is not signed by this shop's log."]
    findings = [finding for item in body["records"] for finding in _check_record(item, checkpoint)]
    if outside is not None:
        findings += _check_outside(checkpoint, outside, keys, consistency)
    return findings


def _check_record(item: Mapping[str, Any], checkpoint: Checkpoint) -> list[str]:
    record, entry = item["record"], item["entry"]
    name = record["purpose"]
    findings = []
    if entry["detail"]["sha256"] != digest(record) or entry["kind"] != (
        f"consent.{record['event_state']}"
    ):
        findings.append(f"The record for {name!r} is not the one that was logged.")
    salt = _binary(entry["salt"])
    committed = commitment(salt, entry["about"], entry["actor"], entry["detail"])
    leaf = merkle.leaf_hash(leaf_bytes(entry["index"], entry["kind"], entry["at"], committed))
    path = [_binary(step) for step in entry["path"]]
    if not merkle.verify_inclusion(leaf, entry["index"], checkpoint.size, path, checkpoint.root):
        findings.append(f"The entry for {name!r} is not in the log that the checkpoint covers.")
    return findings


def _check_outside(
    checkpoint: Checkpoint, outside: Checkpoint, keys: PublicKeys, consistency: Sequence[bytes]
) -> list[str]:
    if not is_signed(outside, keys.log):
        return ["The other checkpoint is not signed by this shop's log."]
    if not merkle.verify_consistency(
        checkpoint.size, outside.size, checkpoint.root, outside.root, consistency
    ):
        return ["The log of the other checkpoint does not continue the one of this receipt."]
    return []


def _binary(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
