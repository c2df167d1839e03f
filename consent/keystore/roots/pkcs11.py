"""A root key in a hardware security module, over PKCS#11; it cannot be taken out of it.

AES-256-GCM inside the module. Each use opens a session of its own: a token that was pulled out and
put back works again.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass, exceptions

from consent.errors import KeyUnavailableError, SealError

_NONCE_BYTES, _TAG_BITS, _KEY_BITS = 12, 128, 256
#: A process can be logged in to a token once.
_one_session = threading.Lock()

#: What tokens say of a ciphertext that does not fit; SoftHSM says the first.
_DOES_NOT_FIT = (
    exceptions.GeneralError,
    exceptions.EncryptedDataInvalid,
    exceptions.EncryptedDataLenRange,
    exceptions.SignatureInvalid,
    exceptions.DataInvalid,
)


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where the key is: the maker's library, the token's label, the key's label."""

    module: Path
    token: str
    key: str


class Pkcs11Root:
    """A root key in a token. Any thread may use it."""

    provider = "pkcs11"
    development = False

    def __init__(self, place: TokenPlace, pin: str) -> None:
        """Take the place and the PIN; nothing is asked yet."""
        self._place = place
        self._pin = pin

    def wrap(self, secret: bytes, aad: bytes) -> bytes:
        """Have the token encrypt `secret`, bound to `aad`: nonce || ciphertext || tag.

        Raises:
            KeyUnavailableError: no token, no such key, or the PIN is wrong.
        """
        nonce = os.urandom(_NONCE_BYTES)
        with self._session() as session:
            key = self._key(session)
            sealed: bytes = key.encrypt(secret, **_gcm(nonce, aad))
        return nonce + sealed

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """Have the token decrypt what it encrypted.

        Raises:
            SealError: damaged, moved to another binding, or of another key.
            KeyUnavailableError: no token, no such key, or the PIN is wrong.
        """
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        with self._session() as session:
            key = self._key(session)
            try:
                return bytes(key.decrypt(sealed, **_gcm(nonce, aad)))
            except _DOES_NOT_FIT as error:
                raise SealError("The token does not open this: damaged, or another's.") from error

    def check(self) -> None:
        """Refuse a key that is missing, or could leave the token.

        Raises:
            KeyUnavailableError: no token, wrong PIN; missing, or extractable.
        """
        with self._session() as session:
            if self._key(session)[Attribute.EXTRACTABLE]:
                raise KeyUnavailableError(
                    f"The key {self._place.key!r} can be taken out of the token. Name another, "
                    "which is made as it must be."
                )

    def create(self) -> None:
        """Make the key in the token, or leave it as it is.

        Raises:
            KeyUnavailableError: no token, or the PIN is wrong.
        """
        with self._session(writing=True) as session:
            if not list(self._keys(session)):
                session.generate_key(
                    KeyType.AES,
                    _KEY_BITS,
                    label=self._place.key,
                    store=True,
                    template={
                        Attribute.SENSITIVE: True,
                        Attribute.EXTRACTABLE: False,
                        Attribute.ENCRYPT: True,
                        Attribute.DECRYPT: True,
                        Attribute.WRAP: False,
                        Attribute.UNWRAP: False,
                    },
                )

    def delete(self) -> None:
        """Destroy the key in the token; nothing happens if it is gone.

        Raises:
            KeyUnavailableError: no token, or the PIN is wrong.
        """
        with self._session(writing=True) as session:
            for key in list(self._keys(session)):
                key.destroy()

    @contextmanager
    def _session(self, *, writing: bool = False) -> Iterator[Any]:
        place = self._place
        try:
            with _one_session:
                token = pkcs11.lib(str(place.module)).get_token(token_label=place.token)
                with token.open(rw=writing, user_pin=self._pin) as session:
                    yield session
        except (exceptions.NoSuchToken, exceptions.TokenNotPresent) as error:
            raise KeyUnavailableError(
                f"There is no token {place.token!r}. Plug it in, or correct its name in "
                "config.toml."
            ) from error
        except exceptions.PinLocked as error:
            raise KeyUnavailableError(
                f"The PIN of the token {place.token!r} is locked: it was wrong too often. Unlock "
                "it with the security officer's PIN."
            ) from error
        except (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange) as error:
            raise KeyUnavailableError(
                f"The PIN does not open the token {place.token!r}. Correct the PIN's file before "
                "you try again: a token locks after a few wrong PINs."
            ) from error
        except exceptions.PKCS11Error as error:
            what = str(error) or type(error).__name__
            raise KeyUnavailableError(
                f"The token {place.token!r} cannot be used through {place.module}: {what}."
            ) from error

    def _keys(self, session: Any) -> Iterator[Any]:
        found: Iterator[Any] = session.get_objects(
            {
                Attribute.CLASS: ObjectClass.SECRET_KEY,
                Attribute.KEY_TYPE: KeyType.AES,
                Attribute.LABEL: self._place.key,
            }
        )
        return found

    def _key(self, session: Any) -> Any:
        keys = list(self._keys(session))
        if len(keys) != 1:
            how = "no key" if not keys else "more than one key"
            raise KeyUnavailableError(
                f"The token {self._place.token!r} has {how} {self._place.key!r}. Correct the name "
                "in config.toml. If the key was deleted, what it wrapped cannot be read again."
            )
        return keys[0]


def _gcm(nonce: bytes, aad: bytes) -> dict[str, Any]:
    return {
        "mechanism": Mechanism.AES_GCM,
        "mechanism_param": GCMParams(nonce, aad, _TAG_BITS),
    }
