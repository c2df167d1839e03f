"""Cosignatures of witnesses (c2sp.org/tlog-cosignature, Ed25519): "at this time I had seen this".

A witness checks that the log only grew since it last looked, and adds a signature line of its own
to the checkpoint: "— <name> base64(key hash || time as 8 bytes || signature)", over the lines
"cosignature/v1", "time <POSIX seconds>" and the checkpoint's text.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent import sealing
from consent.errors import LedgerError
from consent.log.notes import (
    COSIGNATURE,
    Checkpoint,
    key_hash,
    parse_verifier_key,
    read_line,
    signature_line,
    signature_lines,
    signed_text,
    verifier_key,
)

_TIME_BYTES: Final = 8
#: Names stand in lines and in verifier keys; schema-less URLs (`dpo.example/witness`) fit.
_LONGEST_NAME: Final = 120


def witness_key(name: str, public: bytes) -> str:
    """Return a witness's key as C2SP text, type 0x04."""
    return verifier_key(name, public, COSIGNATURE)


def parse_witness_key(text: str) -> tuple[str, bytes]:
    """Return (name, public key) of `witness_key`'s text.

    Raises:
        LedgerError: not the key of a witness.
    """
    name, public = parse_verifier_key(text, COSIGNATURE)
    if not is_witness_name(name):
        raise LedgerError("The name in this key cannot be a witness's.")
    return name, public


def is_witness_name(name: str) -> bool:
    """Tell whether a witness may be called so: printable ASCII without spaces or a plus."""
    plain = name.isascii() and name.isprintable()
    return plain and 0 < len(name) <= _LONGEST_NAME and not {" ", "+"} & set(name)


def cosign(key: Ed25519PrivateKey, name: str, checkpoint: Checkpoint, now: datetime) -> str:
    """Return the cosignature's line, without a line end. Whoever calls has checked consistency."""
    seconds = int(now.timestamp())
    signature = sealing.sign(key, _message(seconds, checkpoint))
    hashed = key_hash(name, key.public_key().public_bytes_raw(), COSIGNATURE)
    return signature_line(name, hashed + seconds.to_bytes(_TIME_BYTES) + signature)


def cosigned_at(checkpoint: Checkpoint, name: str, public: bytes) -> datetime | None:
    """Return when this witness cosigned the checkpoint, by the newest valid line of its note."""
    times = (time_of(checkpoint, line, name, public) for line in signature_lines(checkpoint))
    return max((at for at in times if at is not None), default=None)


def time_of(checkpoint: Checkpoint, line: str, name: str, public: bytes) -> datetime | None:
    """Return when the line was made, if it is this witness's over this checkpoint; else None."""
    signature = read_line(line, name, key_hash(name, public, COSIGNATURE))
    if signature is None:
        return None
    seconds = int.from_bytes(signature[:_TIME_BYTES])
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    valid = sealing.verify(public, _message(seconds, checkpoint), signature[_TIME_BYTES:])
    return at if valid else None


def with_lines(note: str, lines: Iterable[str]) -> str:
    """Return the note with these signature lines below its own."""
    return note + "".join(f"{line}\n" for line in lines)


def _message(seconds: int, checkpoint: Checkpoint) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n".encode() + signed_text(checkpoint)
