"""The texts that people consent to: package data, by version, language and purpose.

A version belongs to one region. A state's version holds the texts that differ there; the others are
those of its base. A published text is never changed: a new wording is a new version. The hash of
the exact text shown is kept in each consent record (R10).
"""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from consent.errors import NoticeError
from consent.purposes import CHOICES, Purpose

LANGUAGES = ("nl", "en")
PURPOSES = (Purpose.ACCOUNT, *CHOICES)
#: What a person signs before a face is captured, where the profile asks for a release (R42).
RELEASE = "release"
_FOLDER = resources.files("consent").joinpath("notices")


@dataclass(frozen=True, slots=True)
class Notice:
    """One text as it is shown: Markdown, its first line the title.

    Attributes:
        version: As it was asked for; a text that a state shares with its base has either's.
        purpose: Of a release: what it releases.
    """

    version: str
    language: str
    purpose: Purpose
    text: str
    sha256: str

    @property
    def title(self) -> str:
        """The heading."""
        return self.text.partition("\n")[0].lstrip("# ")

    @property
    def body(self) -> str:
        """What stands below the heading."""
        return self.text.partition("\n")[2].strip()


def versions(region: str = "eu") -> tuple[str, ...]:
    """Return every version that was published for a region, in that order."""
    index = _index()["sha256"]
    return tuple(version for version, texts in index.items() if texts["region"] == region)


def current_version(region: str = "eu") -> str:
    """Return the version that a consent given now in a region must name.

    Raises:
        NoticeError: no texts are published for this region: nobody can consent there.
    """
    version = _index()["current"].get(region)
    if version is None:
        raise NoticeError(f"There are no notices for the region {region!r}. Nobody can join there.")
    return str(version)


def current(language: str, purpose: Purpose, region: str = "eu") -> Notice:
    """Return the text that a consent given now rests on.

    Raises:
        NoticeError: no text in this language, for this purpose, or it was altered.
    """
    return get(current_version(region), language, purpose)


def get(version: str, language: str, purpose: Purpose) -> Notice:
    """Return a text of any published version.

    Raises:
        NoticeError: unknown, or the file is not the one that was published.
    """
    return Notice(version, language, purpose, *_published(version, language, purpose.value))


def release(version: str, language: str) -> Notice:
    """Return the release that is signed before a face is captured (740 ILCS 14/10, 14/15(b)(3)).

    One is signed for every purpose that captures a face.

    Raises:
        NoticeError: this region has none, or the file is not the one that was published.
    """
    return Notice(version, language, Purpose.RECOGNISE, *_published(version, language, RELEASE))


def _published(version: str, language: str, name: str) -> tuple[str, str]:
    """Return a text and its hash, from this version or from its base."""
    sha256, owner = _pinned(version, language, name)
    if sha256 is None:
        raise NoticeError(
            f"There is no notice {version!r} in language {language!r} for {name!r}. "
            f"Current versions: {', '.join(_index()['current'].values())}; "
            f"languages: {', '.join(LANGUAGES)}."
        )
    raw = _FOLDER.joinpath(owner, language, f"{name}.md").read_bytes()
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise NoticeError(
            f"The notice {version}/{language}/{name} was altered after it was published. "
            "Install the program again; nobody can consent to it as it is."
        )
    return raw.decode(), sha256


def _pinned(version: str, language: str, name: str) -> tuple[str | None, str]:
    """Return the hash that the index has for a text, and the version that the file stands in."""
    texts = _index()["sha256"].get(version, {})
    own = texts.get(language, {}).get(name)
    if own is not None:
        return str(own), version
    bases = texts.get("base", [])
    for base in [bases] if isinstance(bases, str) else bases:
        found, owner = _pinned(base, language, name)
        if found is not None:
            return found, owner
    return None, version


def purposes_of(version: str) -> tuple[Purpose, ...]:
    """Return the purposes that a version has texts for."""
    return tuple(one for one in PURPOSES if _pinned(version, LANGUAGES[0], one.value)[0])


def worded_alike(purpose: Purpose, region: str = "eu") -> tuple[str, ...]:
    """Return the versions whose texts of a purpose are, word for word, the current ones."""
    current = current_version(region)
    return tuple(
        version
        for version in versions(region)
        if all(
            _pinned(version, one, purpose.value)[0] == _pinned(current, one, purpose.value)[0]
            for one in LANGUAGES
        )
    )


def is_superseded(version: str, purpose: Purpose) -> bool:
    """Whether a later version of its region changed what the purpose is: it covers that no more.

    Such a version names the purposes it changed in `changed`; any other only words them anew.
    """
    index = _index().get("sha256", {})
    region = index.get(version, {}).get("region")
    versions = [one for one, texts in index.items() if texts.get("region") == region]
    later = versions[versions.index(version) + 1 :] if version in versions else versions
    changed = _index().get("changed", {})
    return any(purpose.value in changed.get(one, ()) for one in later)


@cache
def _index() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_FOLDER.joinpath("index.toml").read_text(encoding="utf-8"))
