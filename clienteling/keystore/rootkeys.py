"""From the configuration to the root key: where it lies, and what opens it.

While a rotation of the root key is unfinished, `keys/rotation.toml` says which one takes the place
of which (`rootchange`). Both are then tried: what the one does not open, the other does.
"""

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from clienteling.config import explain, load_config
from clienteling.errors import ClientelingError, StartError
from clienteling.keystore.keys_config import (
    CredentialKeys,
    FileKeys,
    KeysConfig,
    Pkcs11Keys,
    VaultKeys,
)
from consent.errors import KeyUnavailableError
from consent.keystore.roots import Root, Roots
from consent.keystore.roots.credential import open_credential
from consent.keystore.roots.sealed_file import create_root, open_root

if TYPE_CHECKING:  # both need packages that are installed only where they are used
    from consent.keystore.roots.pkcs11 import Pkcs11Root
    from consent.keystore.roots.vault import VaultRoot

ROOT_KEY = Path("keys") / "root.key"
NEXT_ROOT_KEY = Path("keys") / "root.key.new"
ROTATION = Path("keys") / "rotation.toml"
PASSPHRASE_FILE = "CLIENTELING_PASSPHRASE_FILE"  # noqa: S105  (the name of a variable)
_CREDENTIALS = "CREDENTIALS_DIRECTORY"


class RootChange(BaseModel):
    """Which root key takes the place of which, as `keys/rotation.toml` says.

    Attributes:
        passphrase_file: Holds the passphrase of a new file; None: the one of the environment does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    old: KeysConfig
    new: KeysConfig
    passphrase_file: Path | None = None


def roots_of(home: Path) -> Roots:
    """Return what opens the root key of a data folder, as it is configured at that moment."""

    def opened() -> tuple[Root, ...]:
        try:
            change = read_change(home)
            if change is None:
                return (open_place(home, load_config(home).keys),)
        except ClientelingError as error:
            raise KeyUnavailableError(str(error)) from error
        return whichever_opens(home, change)

    return opened


def whichever_opens(home: Path, change: RootChange) -> tuple[Root, ...]:
    roots: list[Root] = []
    failures: list[Exception] = []
    for opens in (open_new, open_old):
        try:
            roots.append(opens(home, change))
        except (KeyUnavailableError, ClientelingError) as error:
            failures.append(error)
    if not roots:
        raise KeyUnavailableError(
            f"{failures[-1]} A rotation of the root key is unfinished: run `clienteling keys "
            f"rotate root` again. The new one does not open either: {failures[0]}"
        ) from failures[-1]
    return tuple(roots)


def open_old(home: Path, change: RootChange) -> Root:
    """Open the root key that is going.

    Raises:
        KeyUnavailableError, StartError: as `open_place`; also when it is gone already.
    """
    return open_place(home, change.old)


def open_new(home: Path, change: RootChange) -> Root:
    """Open the root key that is coming, wherever it lies by now.

    Raises:
        KeyUnavailableError, StartError: as `open_place`; also when it is not made yet.
    """
    if not isinstance(change.new, FileKeys):
        return open_place(home, change.new)
    staged = home / NEXT_ROOT_KEY
    file = staged if staged.exists() else home / ROOT_KEY
    return open_root(file, passphrase(change.passphrase_file))


def open_place(home: Path, keys: KeysConfig) -> Root:
    """Open the root key that lies there.

    Raises:
        KeyUnavailableError: missing, damaged, not reached, or what opens it is wrong.
        StartError: the file of its passphrase, token or PIN cannot be read.
    """
    if isinstance(keys, FileKeys):
        return open_root(home / ROOT_KEY, passphrase())
    if isinstance(keys, CredentialKeys):
        return open_credential(os.environ.get(_CREDENTIALS), keys.name)
    root = vault_root(keys) if isinstance(keys, VaultKeys) else token_root(keys)
    root.check()
    return root


def make_place(home: Path, keys: KeysConfig) -> None:
    """Make a shop's first root key there; in Vault and a token, one that is there is taken.

    Raises:
        KeyUnavailableError: there is a file already; or as `open_place`.
        StartError: the file of its passphrase, token or PIN cannot be read.
    """
    if isinstance(keys, FileKeys):
        create_root(home / ROOT_KEY, passphrase())
        return
    if isinstance(keys, VaultKeys):
        vault_root(keys).create()
    elif isinstance(keys, Pkcs11Keys):
        token_root(keys).create()
    open_place(home, keys)


def vault_root(keys: VaultKeys) -> "VaultRoot":
    """Return the root key in Vault; nothing is asked yet.

    Raises:
        StartError: the extra `vault` is not installed, or the token's file cannot be read.
    """
    try:
        from consent.keystore.roots.vault import VaultPlace, VaultRoot  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise StartError("Vault needs a package more: uv sync --extra vault") from error
    place = VaultPlace(keys.url, keys.mount, keys.key, keys.namespace, keys.ca_file)
    token = _secret(keys.token_file, "keys.token_file", "token for Vault")
    return VaultRoot(place, token.decode("ascii", errors="replace"))


def token_root(keys: Pkcs11Keys) -> "Pkcs11Root":
    """Return the root key in a token; nothing is asked yet.

    Raises:
        StartError: the extra `pkcs11` is not installed, or the PIN's file cannot be read.
    """
    try:
        from consent.keystore.roots.pkcs11 import Pkcs11Root, TokenPlace  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise StartError("PKCS#11 needs a package more: uv sync --extra pkcs11") from error
    place = TokenPlace(keys.module, keys.token, keys.key)
    pin = _secret(keys.pin_file, "keys.pin_file", "PIN of the token")
    return Pkcs11Root(place, pin.decode("utf-8", errors="replace"))


def passphrase(path: Path | None = None) -> bytes | None:
    """Return the passphrase in this file, or in the environment's; None: there is none.

    Raises:
        StartError: the file cannot be read, or is empty.
    """
    if path is not None:
        return _secret(path, "The rotation", "passphrase of the root key")
    name = os.environ.get(PASSPHRASE_FILE)
    if not name:
        return None
    return _secret(Path(name), PASSPHRASE_FILE, "passphrase of the root key")


def _secret(path: Path, where: str, what: str) -> bytes:
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise StartError(
            f"{where} names {path}, which cannot be read: {error.strerror}."
        ) from error
    if not secret:
        raise StartError(f"{path} is empty. Write the {what} into it.")
    return secret


def read_change(home: Path) -> RootChange | None:
    """Return the unfinished rotation of the root key, if there is one.

    Raises:
        StartError: its file cannot be read.
    """
    path = home / ROTATION
    try:
        return RootChange.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise StartError(f"{path}: {explain(error)}") from error
    except (OSError, ValueError) as error:
        raise StartError(f"{path} cannot be read. Restore it from a backup.") from error
