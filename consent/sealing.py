"""Authenticated encryption and signatures. Knows no database; the edge imports it.

AES-256-GCM with a random 96-bit nonce (R20, R21), HPKE (RFC 9180) with the hybrid KEM
ML-KEM-768 + X25519 for what is sent to a device, Ed25519 for signatures.
"""

import os
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from consent.canonical import JSON, canonical
from consent.errors import SealError

KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
#: What a seal adds to the length of what it holds.
SEAL_BYTES = _NONCE_BYTES + _TAG_BYTES
#: NIST SP 800-38D: at most 2^32 seals with random nonces under one key (R21).
MAX_SEALS = 2**32
_SEED_BYTES = 32
_MLKEM_SEED_BYTES = 64
_MLKEM_PUBLIC_BYTES = 1184
_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_MOVED = "The sealed data is damaged, was moved, or belongs to another subject, purpose or key."


@dataclass(frozen=True, slots=True)
class AssociatedData:
    """What a sealed value is bound to. Opening it under any other binding fails (R20).

    `model` is empty for what does not come from an encoder, `item` for what there is one of.
    """

    tenant: str
    store: str
    subject: str
    purpose: str
    model: str
    consent_id: str
    item: str = ""

    def encode(self) -> bytes:
        """Return the bytes that go into the seal."""
        bound: dict[str, JSON] = {
            "v": 1,
            "tenant": self.tenant,
            "store": self.store,
            "subject": self.subject,
            "purpose": self.purpose,
            "model": self.model,
            "consent_id": self.consent_id,
        }
        return canonical(bound | {"item": self.item} if self.item else bound)


def new_key() -> bytes:
    """Return a random 256-bit key."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, plaintext: bytes | memoryview, aad: bytes) -> bytes:
    """Return nonce || ciphertext || tag under a 256-bit key."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def unseal(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Return what `seal` was given.

    Raises:
        SealError: damaged, moved to another binding, or the wrong key.
    """
    return Opener(key).open(sealed, aad)


class Opener:
    """Opens many values that `seal` made under one key; setting up the cipher costs as much as one.

    Its methods may be called from any thread.
    """

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        """Take the 256-bit key."""
        self._cipher = AESGCM(key)

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Return what `seal` was given.

        Raises:
            SealError: as `unseal`.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], aad)
        except (InvalidTag, ValueError) as error:
            raise SealError(_MOVED) from error

    def into(self, sealed: bytes, aad: bytes, buffer: bytearray | memoryview) -> None:
        """Write what `seal` was given into `buffer` (exactly as long), which its owner can wipe.

        Raises:
            SealError: as `unseal`, or the buffer has another length.
        """
        if len(buffer) != len(sealed) - SEAL_BYTES:
            raise SealError("The sealed data does not have the length that was expected.")
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            self._cipher.decrypt_into(nonce, ciphertext, aad, buffer)
        except (InvalidTag, ValueError) as error:
            buffer[:] = bytes(len(buffer))  # decrypting writes before it has checked the tag
            raise SealError(_MOVED) from error


@dataclass(frozen=True, slots=True)
class OpenKey:
    """Private half of a device's HPKE key pair (ML-KEM-768 and X25519 together)."""

    mlkem: MLKEM768PrivateKey = field(repr=False)
    x25519: X25519PrivateKey = field(repr=False)

    @property
    def public(self) -> bytes:
        """ML-KEM-768 encapsulation key (1184 bytes) || X25519 public key (32 bytes)."""
        return (
            self.mlkem.public_key().public_bytes_raw() + self.x25519.public_key().public_bytes_raw()
        )


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """A device's two key pairs: one to sign what it sends, one to open what it is sent."""

    sign: Ed25519PrivateKey = field(repr=False)
    open: OpenKey = field(repr=False)

    @property
    def sign_public(self) -> bytes:
        """Ed25519 public key, 32 bytes."""
        return self.sign.public_key().public_bytes_raw()

    @property
    def open_public(self) -> bytes:
        """HPKE public key, 1216 bytes (see `OpenKey.public`)."""
        return self.open.public

    def dump(self) -> bytes:
        """Return the 128 secret bytes from which `load` makes the same keys."""
        return (
            self.sign.private_bytes_raw()
            + self.open.mlkem.private_bytes_raw()
            + self.open.x25519.private_bytes_raw()
        )

    @classmethod
    def load(cls, secret: bytes) -> Self:
        """Return the keys that `dump` wrote.

        Raises:
            SealError: not 128 bytes.
        """
        if len(secret) != 2 * _SEED_BYTES + _MLKEM_SEED_BYTES:
            raise SealError("The device's key file is damaged. Pair the device again.")
        mlkem_end = _SEED_BYTES + _MLKEM_SEED_BYTES
        return cls(
            Ed25519PrivateKey.from_private_bytes(secret[:_SEED_BYTES]),
            OpenKey(
                MLKEM768PrivateKey.from_seed_bytes(secret[_SEED_BYTES:mlkem_end]),
                X25519PrivateKey.from_private_bytes(secret[mlkem_end:]),
            ),
        )


def new_device_keys() -> DeviceKeys:
    """Return fresh keys for a device."""
    return DeviceKeys(
        Ed25519PrivateKey.generate(),
        OpenKey(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()),
    )


def hpke_wrap(public: bytes, secret: bytes, info: bytes) -> bytes:
    """Seal `secret` so that only the holder of `public`'s private half can open it, for `info`.

    Raises:
        SealError: `public` is not an HPKE public key as `DeviceKeys.open_public` gives it.
    """
    try:
        recipient = hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_BYTES:]),
        )
    except ValueError as error:
        raise SealError("The device's public key is damaged. Pair the device again.") from error
    return _SUITE.encrypt(secret, recipient, info)


def hpke_unwrap(private: OpenKey, wrapped: bytes, info: bytes) -> bytes:
    """Return the secret that `hpke_wrap` sealed for this key and `info`.

    Raises:
        SealError: damaged, for another device, or for another `info`.
    """
    recipient = hpke.MLKEM768X25519PrivateKey(private.mlkem, private.x25519)
    try:
        return _SUITE.decrypt(wrapped, recipient, info)
    except (InvalidTag, ValueError) as error:
        raise SealError(_MOVED) from error


def sign(key: Ed25519PrivateKey, message: bytes) -> bytes:
    """Return the 64-byte Ed25519 signature."""
    return key.sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` over `message` is by the holder of the 32-byte key `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
