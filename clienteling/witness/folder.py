"""A witness's own folder: its key, what it watches, the last checkpoint seen, and evidence.

witness.json  name, address of the hub, the log's public key
witness.key   the private key, PEM (PKCS #8); whoever has it can cosign in our name
checkpoint.txt  the newest checkpoint that was cosigned, with our line
seen/DAY.txt  the last one of each day, for `clienteling log verify --against`
evidence/     what did not fit together, one folder for each pair
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from clienteling.addresses import hub_address
from clienteling.errors import StartError, UsageError
from consent.errors import LedgerError
from consent.files import replace_file
from consent.log.cosignatures import is_witness_name, witness_key
from consent.log.notes import Checkpoint, is_signed, parse_checkpoint, parse_verifier_key

_SETTINGS, _KEY, _HELD, _LOCK = "witness.json", "witness.key", "checkpoint.txt", "lock"


class Settings(BaseModel):
    """What this witness is called and which log it watches.

    Attributes:
        log_key: The log's verifier key (`log.vkey`), from the shop by hand, not over the network.
        ca_file: Certificate of the hub's authority; without it the system's are used.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    hub: str
    log_key: str
    ca_file: Path | None = None

    @field_validator("hub")
    @classmethod
    def _checked(cls, text: str) -> str:
        return hub_address(text)

    @property
    def log_public(self) -> bytes:
        """The log's Ed25519 key."""
        return parse_verifier_key(self.log_key)[1]


class WitnessFolder:
    """An opened folder. Its files are readable by their owner only and replaced in one step."""

    def __init__(self, path: Path, settings: Settings, key: Ed25519PrivateKey) -> None:
        """Hold what was read; see `make` and `open`."""
        self.path = path
        self.settings = settings
        self.key = key

    @property
    def verifier_key(self) -> str:
        """Our public key, as the hub registers it."""
        return witness_key(self.settings.name, self.key.public_key().public_bytes_raw())

    @classmethod
    def make(cls, path: Path, name: str, hub: str, log_key: str, ca_file: Path | None) -> Self:
        """Make a key and the folder around it.

        Raises:
            UsageError: there is a witness already, or a value is wrong.
            StartError: the folder cannot be written.
        """
        if not is_witness_name(name):
            raise UsageError("Name the witness without spaces or a +, like dpo.example/witness.")
        try:
            parse_verifier_key(log_key)
            settings = Settings(name=name, hub=hub, log_key=log_key.strip(), ca_file=ca_file)
        except LedgerError as error:
            raise UsageError(f"{error} Take the file log.vkey of the shop.") from error
        except ValidationError as error:
            raise UsageError(
                f"{error.errors()[0]['msg'].removeprefix('Value error, ')}."
            ) from error
        if (path / _KEY).exists():
            raise UsageError(f"{path} holds a witness already. Choose another folder, or use it.")
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(path / _SETTINGS, settings.model_dump_json(indent=2).encode())
            replace_file(path / _KEY, pem)  # last: a folder with it is whole
        except OSError as error:
            raise StartError(f"{path} cannot be written: {error.strerror}.") from error
        return cls(path, settings, key)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the folder.

        Raises:
            StartError: not a witness's, incomplete, damaged, or its key can be read by others.
        """
        try:
            if (path / _KEY).stat().st_mode & 0o077:
                raise StartError(
                    f"{path / _KEY} can be read by others. Run: chmod 600 {path / _KEY}"
                )
            settings = Settings.model_validate_json((path / _SETTINGS).read_bytes())
            parse_verifier_key(settings.log_key)
            key = load_pem_private_key((path / _KEY).read_bytes(), None)
        except FileNotFoundError as error:
            raise StartError(f"{path} is not a witness's folder. See `witness init`.") from error
        except (OSError, ValueError, LedgerError) as error:
            raise StartError(
                f"{path} cannot be read or is damaged. Restore it, or keep it as it is and "
                "make a new witness."
            ) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise StartError(f"{path / _KEY} is not an Ed25519 key. Restore it from its backup.")
        return cls(path, settings, key)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep a second process out: two would each take the other's checkpoint for a roll-back.

        Raises:
            StartError: another process works in this folder.
        """
        handle = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise StartError(f"Another witness works in {self.path}. One is enough.") from error
        finally:
            os.close(handle)

    def held(self) -> Checkpoint | None:
        """Return the newest checkpoint that was cosigned; None before the first.

        Raises:
            StartError: it is damaged. It is not forgotten: that would be rolling back.
        """
        path = self.path / _HELD
        try:
            held = parse_checkpoint(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError, LedgerError) as error:
            raise StartError(_damaged(path)) from error
        if not is_signed(held, self.settings.log_public):
            raise StartError(_damaged(path))
        return held

    def keep(self, note: str, at: datetime) -> None:
        """Keep a cosigned note, on the disk before anybody else gets the cosignature.

        Raises:
            StartError: the disk is full or read-only; nothing may be cosigned then.
        """
        try:
            replace_file(self.path / _HELD, note.encode())
            seen = self.path / "seen"
            seen.mkdir(mode=0o700, exist_ok=True)
            replace_file(seen / f"{at:%Y-%m-%d}.txt", note.encode())
        except OSError as error:
            raise StartError(f"{self.path} cannot be written: {error.strerror}.") from error

    def keep_evidence(self, state: str, files: Mapping[str, str]) -> Path:
        """Keep what did not fit together; the same evidence again takes the same folder.

        Raises:
            StartError: it cannot be written; the message holds nothing back.
        """
        digest = hashlib.sha256("\0".join(files.values()).encode()).hexdigest()[:12]
        folder = self.path / "evidence" / f"{state}-{digest}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name, text in files.items():
                replace_file(folder / name, text.encode())
        except OSError as error:
            texts = "\n".join(files.values())
            raise StartError(
                f"{state}: the log does not hold, and {folder} cannot be written "
                f"({error.strerror}). Copy this by hand:\n{texts}"
            ) from error
        return folder


def _damaged(path: Path) -> str:
    return (
        f"{path} is damaged. Restore it from a backup, or keep this folder as it is and make a "
        "new witness: this one would no longer know what it saw."
    )
