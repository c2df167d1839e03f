"""A root key in the transit engine of HashiCorp Vault or OpenBao; it never leaves it.

The key is derived: what a wrapped key is bound to is the `context`, so that each has a key of its
own in Vault and opens under no other context. `rewrap` then works without showing us the key.
API: https://developer.hashicorp.com/vault/api-docs/secret/transit
"""

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hvac
from hvac import exceptions

from consent.errors import KeyUnavailableError, SealError

_TIMEOUT_SECONDS = 5
_KIND = "aes256-gcm96"


@dataclass(frozen=True, slots=True)
class VaultPlace:
    """Where the key is: `mount` of the transit engine, and its name there."""

    url: str
    mount: str
    key: str
    namespace: str | None
    ca_file: Path | None


class VaultRoot:
    """A root key in Vault. Any thread may use it."""

    provider = "vault"
    development = False

    def __init__(self, place: VaultPlace, token: str) -> None:
        """Take the address and the token; nothing is asked yet."""
        self._place = place
        self._lock = threading.Lock()  # one HTTP session
        self._client = hvac.Client(
            url=place.url,
            token=token,
            namespace=place.namespace,
            verify=True if place.ca_file is None else str(place.ca_file),
            timeout=_TIMEOUT_SECONDS,
        )

    def wrap(self, secret: bytes, aad: bytes) -> bytes:
        """Have Vault encrypt `secret`, bound to `aad`.

        Raises:
            KeyUnavailableError: not reached, sealed, refused, or no such key.
        """
        answer = self._ask("encrypt_data", plaintext=_text(secret), context=_text(aad))
        return str(answer["ciphertext"]).encode()

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """Have Vault decrypt what it encrypted.

        Raises:
            SealError: damaged, moved to another binding, or of another key.
            KeyUnavailableError: not reached, sealed, refused, or no such key.
        """
        answer = self._ask("decrypt_data", ciphertext=_ciphertext(wrapped), context=_text(aad))
        return base64.b64decode(answer["plaintext"])

    def rewrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """Have Vault encrypt the same under the key's newest version.

        Raises:
            SealError, KeyUnavailableError: as `unwrap`.
        """
        answer = self._ask("rewrap_data", ciphertext=_ciphertext(wrapped), context=_text(aad))
        return str(answer["ciphertext"]).encode()

    def check(self) -> None:
        """Refuse a key that is missing, or could leave Vault.

        Raises:
            KeyUnavailableError: not reached, sealed, refused; missing, exportable, not derived.
        """
        found = self._ask("read_key")
        wrong = [
            word
            for word, bad in (
                (f"of type {found.get('type')}", found.get("type") != _KIND),
                ("exportable", found.get("exportable") is not False),
                ("not derived", found.get("derived") is not True),
            )
            if bad
        ]
        if wrong:
            raise KeyUnavailableError(
                f"The key {self._place.key!r} in Vault is {' and '.join(wrong)}. It must be "
                f"{_KIND}, derived and not exportable: name another, which is made as it must be."
            )

    def create(self) -> None:
        """Make the key, or leave it as it is.

        Raises:
            KeyUnavailableError: not reached, sealed or refused.
        """
        self._ask("create_key", key_type=_KIND, derived=True, exportable=False)

    def rotate(self) -> None:
        """Add a version to the key; what earlier versions encrypted still opens.

        Raises:
            KeyUnavailableError: not reached, sealed, refused, or no such key.
        """
        self._ask("rotate_key")

    def drop_old_versions(self) -> None:
        """Destroy every version of the key but the newest.

        Raises:
            KeyUnavailableError: not reached, sealed, refused, or no such key.
        """
        newest = int(self._ask("read_key")["latest_version"])
        # Both must be set before trimming; hvac does not take the same number twice in one call.
        self._ask("update_key_configuration", min_decryption_version=newest)
        self._ask("update_key_configuration", min_encryption_version=newest)
        self._ask("trim_key", min_version=newest)

    def delete(self) -> None:
        """Destroy the key; nothing happens if it is gone.

        Raises:
            KeyUnavailableError: not reached, sealed or refused.
        """
        try:
            self._ask("update_key_configuration", deletion_allowed=True)
            self._ask("delete_key")
        except _KeyMissingError:
            return

    def _ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        call: Callable[..., Any] = getattr(self._client.secrets.transit, method)
        place = self._place
        try:
            with self._lock:
                answer = call(name=place.key, mount_point=place.mount, **arguments)
        except exceptions.InvalidPath as error:
            raise _KeyMissingError(self._missing()) from error
        except exceptions.VaultDown as error:
            raise KeyUnavailableError(
                f"Vault at {place.url} is sealed or on standby. Unseal it, and start again."
            ) from error
        except (exceptions.Forbidden, exceptions.Unauthorized) as error:
            raise KeyUnavailableError(
                f"Vault at {place.url} does not accept the token for {method} on "
                f"{place.mount}/{place.key}. Renew the token, or widen its policy "
                "(docs/operators/keys.md)."
            ) from error
        except exceptions.InvalidRequest as error:
            if "not found" in str(error).lower():
                raise _KeyMissingError(self._missing()) from error
            raise SealError("Vault does not open this: damaged, or another key's.") from error
        except exceptions.VaultError as error:
            raise KeyUnavailableError(
                f"Vault at {place.url} answers with an error. Look in its log, and try again."
            ) from error
        except OSError as error:  # of requests: no route, refused, certificate, time-out
            raise KeyUnavailableError(
                f"Vault at {place.url} cannot be reached ({type(error).__name__}). Check the "
                "address, the network and the certificate."
            ) from error
        # Some answers have no body.
        data: dict[str, Any] = answer.get("data") or {} if isinstance(answer, dict) else {}
        return data

    def _missing(self) -> str:
        place = self._place
        return (
            f"Vault at {place.url} has no key {place.key!r} under {place.mount!r}. Correct the "
            "name in config.toml. If the key was deleted, what it wrapped cannot be read again."
        )


class _KeyMissingError(KeyUnavailableError):
    """Vault has no such key."""


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _ciphertext(wrapped: bytes) -> str:
    text = wrapped.decode("ascii", errors="replace")
    if not text.startswith("vault:v"):
        raise SealError("This was not wrapped by Vault.")
    return text
