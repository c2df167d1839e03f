"""Checking a receipt offline: with the receipt, the public keys, and nothing else of ours.

0 form         JSON in which no name stands twice, of a version that this program knows
1 signature    the receipt is what the shop signed
2 checkpoint   it is signed by the shop's log
3 records      each record is the one that its log entry commits to, and all are of one person
4 inclusion    each entry is in the log that the checkpoint covers
5 outside      where the reader has another checkpoint: one log holds both

docs/privacy/check_receipt.py does 1 to 4 with none of this code; keep the two alike.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn

from consent import sealing
from consent.canonical import canonical
from consent.errors import LedgerError, ReceiptError
from consent.log import merkle
from consent.log.commitments import commitment, digest, leaf_bytes
from consent.log.notes import Checkpoint, is_signed, parse_checkpoint
from consent.proof.public_keys import PublicKeys

#: What is issued now. Every earlier version stays checkable: 1 had no `events`.
VERSION = 2

#: Ten times what a receipt over every purpose takes.
LARGEST = 256 * 1024


class Flaw(StrEnum):
    """Why a receipt does not hold, in words."""

    NOT_A_RECEIPT = "This is not a receipt, or a part of it is missing."
    NEWER = "This receipt was made by a newer version. Check it with that version."
    OTHER_SHOP = "This receipt is from another shop: a key that is not this shop's signed it."
    ALTERED = "The receipt was altered after it was signed."
    CHECKPOINT = "The receipt's checkpoint is not signed by this shop's log."
    RECORD = "A record is not the one that was logged, or is somebody else's."
    INCLUSION = "An entry is not in the log that the checkpoint covers."
    OUTSIDE = "The other checkpoint is not signed by this shop's log."
    FORKED = "The log of the other checkpoint does not continue the one of this receipt."


@dataclass(frozen=True, slots=True)
class ReceiptCheck:
    """Whether a receipt holds; if not, what does not, the gravest first and each once."""

    ok: bool
    flaws: tuple[Flaw, ...]

    @property
    def findings(self) -> tuple[str, ...]:
        """The flaws as sentences."""
        return tuple(flaw.value for flaw in self.flaws)


def read_receipt(text: str) -> dict[str, Any]:
    """Return the receipt in a text, without checking it.

    A name that stands twice is refused: two readers could take different values for what was
    signed. So are numbers that are no JSON.

    Raises:
        ReceiptError: too large, or not one JSON object; says which.
    """
    if len(text) > LARGEST:
        raise ReceiptError("This is too large for a receipt. Take the file as you were given it.")
    try:
        body = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ReceiptError(
            "This is not a receipt: it is not whole JSON. Take the file as you were given it, from "
            "its first brace to its last."
        ) from error
    if not isinstance(body, dict):
        raise ReceiptError("This is JSON, but not a receipt. Take the file as you were given it.")
    return body


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


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
        outside: Another checkpoint of the log, older or newer.
        consistency: The proof (`ledger.consistency_proof`) from the smaller of the two checkpoints
            to the larger.
    """
    try:
        flaws = tuple(dict.fromkeys(_flaws(body, keys, outside, consistency)))
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
        OverflowError,
        binascii.Error,
        LedgerError,
    ):
        flaws = (Flaw.NOT_A_RECEIPT,)
    return ReceiptCheck(ok=not flaws, flaws=flaws)


def _flaws(
    body: Mapping[str, Any],
    keys: PublicKeys,
    outside: Checkpoint | None,
    consistency: Sequence[bytes],
) -> Iterator[Flaw]:
    # 1 signature
    signed = canonical({name: value for name, value in body.items() if name != "signature"})
    signature = _binary(body["signature"])
    if not sealing.verify(keys.receipt, signed, signature):
        stated = _binary(body["receipt_key"])
        foreign = stated != keys.receipt and sealing.verify(stated, signed, signature)
        yield Flaw.OTHER_SHOP if foreign else Flaw.ALTERED
        return
    if body["v"] > VERSION:
        yield Flaw.NEWER
        return
    # 2 checkpoint
    checkpoint = parse_checkpoint(body["checkpoint"])
    if not is_signed(checkpoint, keys.log):
        yield Flaw.CHECKPOINT
        return
    # 3 records, 4 inclusion
    yield from _entry_flaws(body, checkpoint)
    # 5 outside
    if outside is not None and not is_signed(outside, keys.log):
        yield Flaw.OUTSIDE
    elif outside is not None and not _continues(checkpoint, outside, consistency):
        yield Flaw.FORKED


def _entry_flaws(body: Mapping[str, Any], checkpoint: Checkpoint) -> Iterator[Flaw]:
    for item in body["records"]:
        if not _is_logged(item["record"], item["entry"]):
            yield Flaw.RECORD
    events = body["events"] if body["v"] > 1 else []
    for item in (*body["records"], *events):
        if item["entry"]["about"] != body["pii_principal_id"]:
            yield Flaw.RECORD
        if not _is_included(item["entry"], checkpoint):
            yield Flaw.INCLUSION


def _is_logged(record: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    return bool(
        entry["detail"]["sha256"] == digest(record)
        and entry["kind"] == f"consent.{record['event_state']}"
        and entry["about"] == record["pii_principal_id"]
    )


def _is_included(entry: Mapping[str, Any], checkpoint: Checkpoint) -> bool:
    salt = _binary(entry["salt"])
    committed = commitment(salt, entry["about"], entry["actor"], entry["detail"])
    leaf = merkle.leaf_hash(leaf_bytes(entry["index"], entry["kind"], entry["at"], committed))
    path = [_binary(step) for step in entry["path"]]
    return merkle.verify_inclusion(leaf, entry["index"], checkpoint.size, path, checkpoint.root)


def _continues(one: Checkpoint, other: Checkpoint, consistency: Sequence[bytes]) -> bool:
    old, new = sorted((one, other), key=lambda checkpoint: checkpoint.size)
    return merkle.verify_consistency(old.size, new.size, old.root, new.root, consistency)


def _binary(text: str) -> bytes:
    """Decode base64 that has one spelling only: another would be another receipt."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode("ascii") != text:
        raise ValueError("base64 with bits to spare")
    return raw
