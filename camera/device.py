"""A camera's identity in its own folder: who it is at the hub, its keys, the newest checkpoint.

Nothing of any person is ever written here; the gallery lives in memory only.
"""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from clienteling.edge_protocol import PairReply
from clienteling.errors import StartError
from consent.errors import SealError
from consent.files import replace_file
from consent.sealing import DeviceKeys

_IDENTITY = "device.json"
_KEYS = "device.key"
_CHECKPOINT = "checkpoint.txt"


class Identity(BaseModel):
    """What pairing gave this camera."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    device_id: str
    camera: str
    tenant: str
    store: str
    hub: str
    log_key: str = ""


class DeviceFolder:
    """The folder. Files are readable by this user only and are replaced in one step."""

    def __init__(self, path: Path) -> None:
        """Make the folder if it is not there.

        Raises:
            StartError: it cannot be made or written.
        """
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StartError(f"The folder {path} cannot be made: {error.strerror}.") from error
        if not os.access(path, os.W_OK):
            raise StartError(f"The folder {path} cannot be written. Change its owner.")

    def identity(self) -> Identity | None:
        """Return who this camera is; None when it was not paired yet.

        Raises:
            StartError: the file is damaged.
        """
        try:
            return Identity.model_validate_json((self.path / _IDENTITY).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise StartError(_damaged(self.path)) from error

    def keys(self) -> DeviceKeys:
        """Return this camera's keys.

        Raises:
            StartError: missing, damaged, or readable by other users.
        """
        path = self.path / _KEYS
        try:
            if path.stat().st_mode & 0o077:
                raise StartError(f"{path} can be read by other users. Run: chmod 600 {path}")
            return DeviceKeys.load(path.read_bytes())
        except (OSError, SealError) as error:
            raise StartError(_damaged(self.path)) from error

    def save(self, reply: PairReply, hub: str, keys: DeviceKeys) -> Identity:
        """Keep what pairing gave: the keys first, so that an identity never stands without them."""
        identity = Identity(
            device_id=reply.device_id,
            camera=reply.camera,
            tenant=reply.tenant,
            store=reply.store,
            log_key=reply.log_key,
            hub=hub,
        )
        replace_file(self.path / _KEYS, keys.dump())
        replace_file(self.path / _IDENTITY, identity.model_dump_json(indent=2).encode())
        return identity

    def checkpoint(self) -> str | None:
        """Return the newest checkpoint of the hub's log that this camera has seen."""
        try:
            return (self.path / _CHECKPOINT).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def save_checkpoint(self, note: str) -> None:
        replace_file(self.path / _CHECKPOINT, note.encode())


def _damaged(path: Path) -> str:
    return (
        f"This camera's identity in {path} is damaged or incomplete. Revoke the camera at the hub, "
        "empty that folder, and pair it again."
    )
