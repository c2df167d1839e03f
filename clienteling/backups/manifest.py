"""What a backup says of itself: which shop, when, how long the log was, the hash of each file."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from clienteling.catalogue.images import is_image_path
from clienteling.errors import RefusedError, UsageError
from consent.canonical import canonical
from consent.clock import parse
from consent.files import write_whole

MANIFEST = "manifest.json"

#: How long a copy of the keys may live at most: what was erased is gone when the last one is (R38).
#: A region's profile may say less. Restoring knows no profile yet, and goes by this.
KEYS_LIVE = timedelta(days=7)

_NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z")
_PIECE = 1024 * 1024

Kind = Literal["data", "keys"]


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup folder.

    Attributes:
        kind: The shop's data, or its keys.
        name: Of the folder; the data and the keys of one run share it.
        made_at: When, as `clock.stamp` writes it.
        store: The shop's id.
        checkpoint: The log's newest checkpoint in this backup (signed note).
        files: SHA-256 of each file, in hex, by its path in the folder: a name, or a picture's.
    """

    kind: Kind
    name: str
    made_at: str
    store: str
    checkpoint: str
    files: dict[str, str]

    @property
    def keys_until(self) -> datetime:
        """Until when a copy of the keys may be used."""
        return parse(self.made_at) + KEYS_LIVE


def backup_name(now: datetime) -> str:
    """Return the name of the folder of a backup that is made now."""
    return now.strftime("%Y-%m-%dT%H-%M-%SZ")


def backups_in(folder: Path) -> tuple[Path, ...]:
    """Return the finished backups in a folder, oldest first."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(p for p in folder.iterdir() if p.is_dir() and _NAME.fullmatch(p.name)))


def made_at(backup: Path) -> datetime:
    """Return when a backup was made, by the name of its folder: that needs no whole manifest."""
    return datetime.strptime(backup.name + "+0000", "%Y-%m-%dT%H-%M-%SZ%z")


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it beside the files that it lists.

    Raises:
        StorageError: the disk is full, or the folder cannot be written.
    """
    write_whole(folder / MANIFEST, canonical(asdict(manifest)))


def read_manifest(folder: Path, kind: Kind) -> Manifest:
    """Read and check a backup: every file is there, and is what it was.

    `folder` may also be the one in which backups are collected: the newest counts then.

    Raises:
        UsageError: there is no such backup. RefusedError: it is damaged.
    """
    chosen = folder if (folder / MANIFEST).is_file() else next(iter(backups_in(folder)[::-1]), None)
    if chosen is None:
        raise UsageError(f"There is no backup in {folder}. Name the folder that `backup` wrote.")
    manifest = _parse(chosen)
    if manifest.kind != kind:
        raise UsageError(f"{chosen} is a backup of {manifest.kind}, not of {kind}.")
    for name, expected in manifest.files.items():
        if (
            not (Path(name).name == name or is_image_path(name))
            or _hash_of(chosen / name) != expected
        ):
            raise RefusedError(
                f"{chosen / name} is damaged or missing. Use another backup; nothing was changed."
            )
    return manifest


def locate(folder: Path, manifest: Manifest) -> Path:
    """Return the folder that holds the files of a manifest that was read from `folder`."""
    return folder if (folder / MANIFEST).is_file() else folder / manifest.name


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _hash_of(path: Path) -> str | None:
    try:
        return sha256_of(path)
    except OSError:
        return None


def _parse(folder: Path) -> Manifest:
    try:
        body = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**body)
        parse(manifest.made_at)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(
            f"{folder / MANIFEST} is damaged. Use another backup; nothing was changed."
        ) from error
    return manifest
