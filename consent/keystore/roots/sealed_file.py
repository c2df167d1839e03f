"""The root key's file: sealed under a passphrase, or plain for development.

A plain file is called "development key: not for real customers" by everything that starts with it.
"""

import base64
import binascii
import json
import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from consent.errors import KeyUnavailableError, SealError
from consent.keystore.roots.local import RootKey
from consent.sealing import KEY_BYTES, new_key, seal, unseal

# RFC 9106, second recommended option (64 MiB), with four passes instead of three.
_ITERATIONS, _LANES, _MEMORY_KIB, _SALT_BYTES = 4, 4, 64 * 1024, 16
_AAD = b"clienteling root key v1"


def create_root(path: Path, passphrase: bytes | None) -> RootKey:
    """Make a root key in a new file, readable by the owner only; plain without a passphrase.

    Raises:
        KeyUnavailableError: the file exists already, or cannot be written.
    """
    secret = new_key()
    body: dict[str, object]
    if passphrase is None:
        body = {"v": 1, "kind": "development", "key": _text(secret)}
    else:
        salt = os.urandom(_SALT_BYTES)
        sealed = seal(_stretch(passphrase, salt, _ITERATIONS, _LANES, _MEMORY_KIB), secret, _AAD)
        body = {
            "v": 1,
            "kind": "argon2id",
            "salt": _text(salt),
            "iterations": _ITERATIONS,
            "lanes": _LANES,
            "memory_kib": _MEMORY_KIB,
            "sealed": _text(sealed),
        }
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Whole or not at all, and never over another one.
        draft = path.with_name(f"{path.name}.draft")
        descriptor = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(body, file)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        finally:
            draft.unlink()
    except FileExistsError as error:
        raise KeyUnavailableError(
            f"{path} exists already. A second root key would make the first one's data unreadable."
        ) from error
    except OSError as error:
        raise KeyUnavailableError(f"{path} cannot be written ({error.strerror}).") from error
    return RootKey(secret, development=passphrase is None)


def open_root(path: Path, passphrase: bytes | None) -> RootKey:
    """Open the root key.

    Raises:
        KeyUnavailableError: missing, readable by others, damaged, or the wrong passphrase.
    """
    body = _read(path)
    try:
        if body["kind"] == "development":
            return RootKey(_whole(_binary(body["key"])), development=True)
        if passphrase is None:
            raise KeyUnavailableError(
                f"{path} is sealed. Name its passphrase's file in CLIENTELING_PASSPHRASE_FILE."
            )
        costs = (int(body[name]) for name in ("iterations", "lanes", "memory_kib"))
        stretched = _stretch(passphrase, _binary(body["salt"]), *costs)
        sealed = _binary(body["sealed"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path) from error
    try:
        return RootKey(_whole(unseal(stretched, sealed, _AAD)), development=False)
    except SealError as error:
        raise KeyUnavailableError(f"The passphrase does not open {path}.") from error


def _read(path: Path) -> dict[str, str]:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyUnavailableError(f"{path} can be read by others. Run: chmod 600 {path}")
        body = json.loads(path.read_text(encoding="ascii"))
    except FileNotFoundError as error:
        raise KeyUnavailableError(
            f"{path} does not exist. Restore it from where it is kept, or run `clienteling init`."
        ) from error
    except OSError as error:
        raise KeyUnavailableError(f"{path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise _damaged(path) from error
    if not isinstance(body, dict) or body.get("v") != 1:
        raise _damaged(path)
    return body


def _damaged(path: Path) -> KeyUnavailableError:
    return KeyUnavailableError(f"{path} is damaged. Restore it from where its copy is kept.")


def _stretch(passphrase: bytes, salt: bytes, iterations: int, lanes: int, memory: int) -> bytes:
    return Argon2id(
        salt=salt, length=KEY_BYTES, iterations=iterations, lanes=lanes, memory_cost=memory
    ).derive(passphrase)


def _whole(secret: bytes) -> bytes:
    if len(secret) != KEY_BYTES:
        raise ValueError("a root key has 32 bytes")
    return secret


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _binary(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
