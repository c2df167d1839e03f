"""The holder's key: what only a customer's pass carries, and the server keeps nowhere (R26).

    secret (256 random bits)  ──HKDF-SHA256──►  alias   under which the sealed template lies
                              └─HKDF-SHA256──►  key     that opens it

The key is bound to whom, where and for what by the *binding*: a digest of the usual associated
data, which a camera can check without learning whose template it is. EDPB Opinion 11/2024, scenario
2; docs/decisions/0145. Knows no database; the edge imports it.
"""

import base64
import binascii
import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from consent.sealing import KEY_BYTES, AssociatedData, Opener, new_key, seal

#: What the text of every pass begins with; the digit is the version of all of this.
PREFIX: Final = "CLP1:"
#: A binding's length, in bytes.
BINDING_BYTES: Final = 32
_TEXT_LENGTH: Final = len(PREFIX) + 52
_ALIAS_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class HolderSecret:
    """What stands on one pass. Lives in memory while it is shown or made, and nowhere else."""

    secret: bytes = field(repr=False)

    @property
    def alias(self) -> str:
        """Under which the template lies; as random as any alias to whoever has no pass."""
        derived = _derive(self.secret, b"clienteling pass v1 alias", _ALIAS_BYTES)
        return str(uuid.UUID(bytes=derived, version=4))

    @property
    def text(self) -> str:
        """What the QR code says: 57 characters of its alphanumeric set."""
        return PREFIX + base64.b32encode(self.secret).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return what `text` wrote, or None: this is no pass. Case and spaces around count not."""
        given = text.strip().upper()
        if len(given) != _TEXT_LENGTH or not given.startswith(PREFIX):
            return None
        try:
            secret = base64.b32decode(given.removeprefix(PREFIX) + "====")
        except (binascii.Error, ValueError):
            return None
        found = cls(secret)
        # The last character has four bits to spare: only one spelling of a secret is its text.
        return found if found.text == given else None


def new_holder_secret() -> HolderSecret:
    """Return the secret of a new pass."""
    return HolderSecret(new_key())


def binding_of(aad: AssociatedData) -> bytes:
    """Return 32 bytes that stand for whose, where and for what, and tell a camera none of it."""
    return hashlib.sha256(b"clienteling pass v1 binding" + aad.encode()).digest()


def seal_for_holder(
    holder: HolderSecret, plaintext: bytes | memoryview, aad: AssociatedData
) -> bytes:
    """Seal so that only the pass opens it, and only as what `aad` says."""
    binding = binding_of(aad)
    return seal(_key(holder, binding), plaintext, binding)


def open_with_holder(
    holder: HolderSecret, sealed: bytes, binding: bytes, buffer: bytearray | memoryview
) -> None:
    """Open into `buffer` (exactly as long), which its owner can wipe.

    Raises:
        SealError: another pass, another binding, damaged, or the buffer has another length.
    """
    Opener(_key(holder, binding)).into(sealed, binding, buffer)


def _key(holder: HolderSecret, binding: bytes) -> bytes:
    return _derive(holder.secret, b"clienteling pass v1 key" + binding, KEY_BYTES)


def _derive(secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 without a salt: the secret is uniformly random already."""
    return HKDF(SHA256(), length, salt=None, info=info).derive(secret)
