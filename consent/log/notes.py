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

#: Algorithm bytes of c2sp.org/signed-note: a signature over the note, and one with a time.
ED25519 = b"\x01"
COSIGNATURE = b"\x04"
DASH = "\u2014"
HASH_BYTES = 4
_ROOT_BYTES = 32
_KEY_BYTES = 32


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


def key_hash(name: str, public: bytes, algorithm: bytes = ED25519) -> bytes:
    """Return the first bytes of a signature line, which say whose it is."""
    return hashlib.sha256(name.encode() + b"\n" + algorithm + public).digest()[:HASH_BYTES]


def verifier_key(name: str, public: bytes, algorithm: bytes = ED25519) -> str:
    """Return the key as C2SP text: name+hash+base64(type || key)."""
    encoded = base64.b64encode(algorithm + public).decode("ascii")
    return f"{name}+{key_hash(name, public, algorithm).hex()}+{encoded}"


def parse_verifier_key(text: str, algorithm: bytes = ED25519) -> tuple[str, bytes]:
    """Return (name, public key) of `verifier_key`'s text.

    Raises:
        LedgerError: not a verifier key for Ed25519, or for another use of it.
    """
    try:
        name, hashed, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error) as error:
        raise LedgerError("This is not a verifier key (name+hash+base64).") from error
    public = raw[1:]
    if raw[:1] != algorithm or key_hash(name, public, algorithm).hex() != hashed:
        raise LedgerError("This verifier key is damaged, or of another kind.")
    if len(public) != _KEY_BYTES:
        raise LedgerError("This verifier key is damaged: an Ed25519 key has 32 bytes.")
    return name, public


def _text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode('ascii')}\n"


def sign_checkpoint(key: Ed25519PrivateKey, size: int, root: bytes) -> Checkpoint:
    """Return the checkpoint for a tree."""
    public = key.public_key().public_bytes_raw()
    origin = origin_of(public)
    text = _text(origin, size, root)
    signature = key_hash(origin, public) + sealing.sign(key, text.encode())
    return Checkpoint(origin, size, root, f"{text}\n{signature_line(origin, signature)}\n")


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
    if not valid or not separator or not signatures.startswith(f"{DASH} ") or not origin:
        raise LedgerError("This is not a checkpoint of a log.")
    return Checkpoint(origin, int(size), root, note)


def is_signed(checkpoint: Checkpoint, public: bytes) -> bool:
    """Tell whether the note carries a signature over exactly this checkpoint by `public`.

    Signatures by other keys (witnesses) may stand beside it.
    """
    return parse_checkpoint(checkpoint.note) == checkpoint and any(
        _is_valid(checkpoint, line, public) for line in signature_lines(checkpoint)
    )


def is_signed_alone(checkpoint: Checkpoint, public: bytes) -> bool:
    """Tell whether the note is, to the last byte, what `sign_checkpoint` wrote with this key."""
    lines = signature_lines(checkpoint)
    text = _text(checkpoint.origin, checkpoint.size, checkpoint.root)
    return (
        len(lines) == 1
        and checkpoint.note == f"{text}\n{lines[0]}\n"
        and _is_valid(checkpoint, lines[0], public)
    )


def signature_lines(checkpoint: Checkpoint) -> list[str]:
    """Return the lines below the empty one: the log's signature, and those of witnesses."""
    return checkpoint.note.partition("\n\n")[2].split("\n")[:-1]


def signed_text(checkpoint: Checkpoint) -> bytes:
    """Return what a signature is over: everything above the empty line."""
    return (checkpoint.note.partition("\n\n")[0] + "\n").encode()


def signature_line(name: str, signature: bytes) -> str:
    """Return "— name base64": the signature begins with its key's hash."""
    return f"{DASH} {name} {base64.b64encode(signature).decode('ascii')}"


def read_line(line: str, name: str, hashed: bytes) -> bytes | None:
    """Return the signature of a line, if it says that it is this key's; None: another's."""
    dash, _, rest = line.partition(" ")
    said, _, encoded = rest.partition(" ")
    if dash != DASH or said != name:
        return None
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        return None
    one_spelling = base64.b64encode(raw).decode("ascii") == encoded
    return raw[HASH_BYTES:] if one_spelling and raw[:HASH_BYTES] == hashed else None


def _is_valid(checkpoint: Checkpoint, line: str, public: bytes) -> bool:
    signature = read_line(line, checkpoint.origin, key_hash(checkpoint.origin, public))
    return signature is not None and sealing.verify(public, signed_text(checkpoint), signature)


def sign_text(key: Ed25519PrivateKey, name: str, text: str) -> str:
    """Return any text as a signed note; `name` is the key's. The text ends with a line break."""
    hashed = key_hash(name, key.public_key().public_bytes_raw())
    return f"{text}\n{signature_line(name, hashed + sealing.sign(key, text.encode()))}\n"


def open_text(note: str, verifier: str) -> str:
    """Return the text of a note that the key behind `verifier` (C2SP text) signed.

    Raises:
        LedgerError: no verifier key, not a signed note, or not signed by this key.
    """
    name, public = parse_verifier_key(verifier)
    body, separator, lines = note.rpartition("\n\n")
    text = f"{body}\n"
    if not separator or not lines.startswith(f"{DASH} ") or not lines.endswith("\n"):
        raise LedgerError("This is not a signed note.")
    hashed = key_hash(name, public)
    signatures = (read_line(line, name, hashed) for line in lines.split("\n")[:-1])
    if not any(signed and sealing.verify(public, text.encode(), signed) for signed in signatures):
        raise LedgerError(f"This note is not signed by the key {name}, or was altered since.")
    return text
