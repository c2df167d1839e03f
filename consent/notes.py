"""Checkpoints as C2SP signed notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), Ed25519.

A checkpoint is text: origin, tree size, root in base64, an empty line, and the signature line
"— <key name> <base64(key hash || signature)>". The key name is the origin.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent import sealing
from consent.errors import LedgerError

_ED25519 = b"\x01"
_DASH = "\u2014"
_HASH_BYTES = 4
_ROOT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: the log `origin` had `size` entries under `root`. `note` is its text."""

    origin: str
    size: int
    root: bytes
    note: str


def origin_of(public: bytes) -> str:
    """Return the name of the log that signs with this key; it holds as long as the key."""
    return f"clienteling.example/log/{hashlib.sha256(public).hexdigest()[:16]}"


def _key_hash(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:_HASH_BYTES]


def verifier_key(name: str, public: bytes) -> str:
    """Return the key as C2SP text: name+hash+base64(type || key)."""
    encoded = base64.b64encode(_ED25519 + public).decode("ascii")
    return f"{name}+{_key_hash(name, public).hex()}+{encoded}"


def parse_verifier_key(text: str) -> tuple[str, bytes]:
    """Return (name, public key) of `verifier_key`'s text.

    Raises:
        LedgerError: not a verifier key for Ed25519.
    """
    try:
        name, hashed, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error) as error:
        raise LedgerError("This is not a verifier key (name+hash+base64).") from error
    public = raw[1:]
    if raw[:1] != _ED25519 or _key_hash(name, public).hex() != hashed:
        raise LedgerError("This verifier key is damaged, or not for Ed25519.")
    return name, public


def _text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode('ascii')}\n"


def sign_checkpoint(key: Ed25519PrivateKey, size: int, root: bytes) -> Checkpoint:
    """Return the checkpoint for a tree."""
    public = key.public_key().public_bytes_raw()
    origin = origin_of(public)
    text = _text(origin, size, root)
    signature = _key_hash(origin, public) + sealing.sign(key, text.encode())
    note = f"{text}\n{_DASH} {origin} {base64.b64encode(signature).decode('ascii')}\n"
    return Checkpoint(origin, size, root, note)


def parse_checkpoint(note: str) -> Checkpoint:
    """Read a checkpoint without checking its signature.

    Raises:
        LedgerError: not a checkpoint.
    """
    text, separator, signatures = note.partition("\n\n")
    lines = text.split("\n")
    try:
        origin, size, encoded = lines[:3]
        root = base64.b64decode(encoded, validate=True)
        valid = str(int(size)) == size and int(size) >= 0 and len(root) == _ROOT_BYTES
    except (ValueError, binascii.Error) as error:
        raise LedgerError("This is not a checkpoint of a log.") from error
    if not valid or not separator or not signatures.startswith(f"{_DASH} ") or not origin:
        raise LedgerError("This is not a checkpoint of a log.")
    return Checkpoint(origin, int(size), root, note)


def is_signed(checkpoint: Checkpoint, public: bytes) -> bool:
    """Tell whether the note carries a signature over exactly this checkpoint by `public`.

    Signatures by other keys (witnesses) may stand beside it.
    """
    return parse_checkpoint(checkpoint.note) == checkpoint and any(
        _is_valid(checkpoint, line, public) for line in _signature_lines(checkpoint)
    )


def is_signed_alone(checkpoint: Checkpoint, public: bytes) -> bool:
    """Tell whether the note is, to the last byte, what `sign_checkpoint` wrote with this key."""
    lines = _signature_lines(checkpoint)
    text = _text(checkpoint.origin, checkpoint.size, checkpoint.root)
    return (
        len(lines) == 1
        and checkpoint.note == f"{text}\n{lines[0]}\n"
        and _is_valid(checkpoint, lines[0], public)
    )


def _signature_lines(checkpoint: Checkpoint) -> list[str]:
    return checkpoint.note.partition("\n\n")[2].split("\n")[:-1]


def _is_valid(checkpoint: Checkpoint, line: str, public: bytes) -> bool:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != _DASH or name != checkpoint.origin:
        return False
    try:
        raw = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return False
    signed = checkpoint.note.partition("\n\n")[0] + "\n"
    return (
        base64.b64encode(raw).decode("ascii") == encoded  # one spelling only
        and raw[:_HASH_BYTES] == _key_hash(name, public)
        and sealing.verify(public, signed.encode(), raw[_HASH_BYTES:])
    )
