"""Which texts were published: the program's, and the shop's own in its data folder.

A published text is never changed: a new wording is a new version, and its hash stands in an index.
The program's lie beside this module, the shop's with their texts in one file of its data folder.
That is read again whenever it is another file: what is published holds in every process at once.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from consent.errors import NoticeError

#: The shop's own versions with their texts, in its data folder.
OWN = "notices.json"

_FOLDER = resources.files("consent").joinpath("notices")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the texts.

    Attributes:
        key: For which region, and with "-pass" for which way of recognising.
        bases: Where a text that it does not have comes from: the first of these that has it.
        changed: The purposes for which it changes what is done, and not only the words.
        sha256: By language and name.
        texts: Of the shop's own, the texts themselves; None: they are the program's.
    """

    name: str
    key: str
    bases: tuple[str, ...]
    changed: frozenset[str]
    sha256: Mapping[str, Mapping[str, str]]
    texts: Mapping[str, Mapping[str, str]] | None = None

    @property
    def own(self) -> bool:
        """Whether it is the shop's own, and not the program's."""
        return self.texts is not None


class Index:
    """Every version, in the order in which they were published. Never changed once made."""

    def __init__(self, versions: tuple[Version, ...]) -> None:
        self.versions = versions
        self._by_name = {one.name: one for one in versions}
        self._place = {one.name: place for place, one in enumerate(versions)}

    def find(self, name: str) -> Version | None:
        """Return a version by its name."""
        return self._by_name.get(name)

    def of(self, key: str) -> tuple[Version, ...]:
        """Return the versions of one region and way, the oldest first."""
        return tuple(one for one in self.versions if one.key == key)

    def after(self, version: Version) -> tuple[Version, ...]:
        """Return what was published later, of every region."""
        return self.versions[self._place[version.name] + 1 :]

    def current(self, key: str) -> Version | None:
        """Return the version that a consent given now must name.

        The shop's own stays until the program changes what is done for a purpose: then the
        program's words are the true ones, and the shop writes its own anew.
        """
        versions = self.of(key)
        own = [place for place, one in enumerate(versions) if one.own]
        if own and not any(one.changed for one in versions[own[-1] + 1 :]):
            return versions[own[-1]]
        return versions[-1] if versions else None

    def pinned(self, version: Version, language: str, name: str) -> tuple[str, Version] | None:
        """Return the hash of a text and the version in whose folder it lies."""
        own = version.sha256.get(language, {}).get(name)
        if own is not None:
            return own, version
        for base in version.bases:
            found = self._by_name.get(base)
            pinned = self.pinned(found, language, name) if found is not None else None
            if pinned is not None:
                return pinned
        return None


def load_index(home: Path | None) -> Index:
    """Return the index of the program's texts and of those in a shop's data folder.

    Raises:
        NoticeError: the shop's index cannot be read.
    """
    if home is None:
        return _packaged()
    file = home / OWN
    try:
        state = file.stat()
    except FileNotFoundError:
        return _packaged()
    except OSError as error:
        raise _unreadable(file) from error
    return _with_own(file, state.st_mtime_ns, state.st_size, state.st_ino)


def entry_of(version: Version) -> dict[str, Any]:
    """Return a shop's version as its file holds it."""
    return {
        "name": version.name,
        "key": version.key,
        "bases": list(version.bases),
        "changed": sorted(version.changed),
        "sha256": {language: dict(texts) for language, texts in version.sha256.items()},
        "texts": {language: dict(texts) for language, texts in (version.texts or {}).items()},
    }


def read_text(version: Version, language: str, name: str, sha256: str) -> str:
    """Return a published text.

    Raises:
        NoticeError: it is gone, or not as it was published.
    """
    if version.texts is not None:
        raw = version.texts.get(language, {}).get(name, "").encode()
    else:
        file = _FOLDER.joinpath(version.name, language, f"{name}.md")
        raw = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(raw).hexdigest() != sha256:
        remedy = "Put it back from a backup" if version.own else "Install the program again"
        raise NoticeError(
            f"The notice {version.name}/{language}/{name} was altered after it was published. "
            f"{remedy}; nobody can consent to it as it is."
        )
    return raw.decode()


@cache
def _packaged() -> Index:
    index = tomllib.loads(_FOLDER.joinpath("index.toml").read_text(encoding="utf-8"))
    return Index(
        tuple(
            _version({"name": name, "changed": index["changed"].get(name, ()), **texts})
            for name, texts in index["versions"].items()
        )
    )


@lru_cache(maxsize=8)
def _with_own(file: Path, _changed: int, _size: int, _inode: int) -> Index:
    versions = list(_packaged().versions)
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        for entry in entries:
            version = _version(entry, entry["texts"])
            base = next(n for n, one in enumerate(versions) if one.name == version.bases[0])
            versions.insert(base + 1, version)
    except (OSError, ValueError, KeyError, TypeError, StopIteration, IndexError) as error:
        raise _unreadable(file) from error
    return Index(tuple(versions))


def _unreadable(file: Path) -> NoticeError:
    return NoticeError(
        f"{file} cannot be read, so nobody knows which texts hold. Put it back from a backup."
    )


def _version(
    entry: Mapping[str, Any], texts: Mapping[str, Mapping[str, str]] | None = None
) -> Version:
    return Version(
        name=str(entry["name"]),
        key=str(entry["key"]),
        bases=tuple(entry.get("bases", ())),
        changed=frozenset(entry["changed"]),
        sha256=entry["sha256"],
        texts=texts,
    )
