"""The shop's public keys as it publishes them: two C2SP verifier keys, one a line.

The log's checks checkpoints, the receipts' checks receipts. Each line names what it is for, so
their order does not matter.
"""

import hashlib
from dataclasses import dataclass

from consent.errors import LedgerError, ReceiptError
from consent.log.notes import origin_of, parse_verifier_key, verifier_key

_RECEIPTS = "clienteling.example/receipts/"


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """The shop's Ed25519 keys (32 bytes each), from where the reader keeps them."""

    log: bytes
    receipt: bytes


def key_lines(keys: PublicKeys) -> str:
    """Return both keys as text to publish."""
    receipts = verifier_key(_receipts_name(keys.receipt), keys.receipt)
    return f"{verifier_key(origin_of(keys.log), keys.log)}\n{receipts}\n"


def parse_keys(text: str) -> PublicKeys:
    """Read what `key_lines` wrote.

    Raises:
        ReceiptError: not these two keys.
    """
    try:
        named = dict(parse_verifier_key(line) for line in text.splitlines() if line.strip())
    except LedgerError as error:
        raise ReceiptError(f"These are not the shop's published keys. {error}") from error
    log = next((key for name, key in named.items() if name == origin_of(key)), None)
    receipt = next((key for name, key in named.items() if name == _receipts_name(key)), None)
    if log is None or receipt is None:
        raise ReceiptError(
            "The shop's published keys are two lines, the log's and the receipts'. One is missing: "
            "take the file shop.vkeys from the data folder, or /receipts/keys from the hub."
        )
    return PublicKeys(log, receipt)


def _receipts_name(public: bytes) -> str:
    return _RECEIPTS + hashlib.sha256(public).hexdigest()[:16]
