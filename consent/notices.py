"""The texts that people consent to: package data, by version, language and purpose.

A published text is never changed: a new wording is a new version. The hash of the exact text shown
is kept in each consent record (R10).
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from consent.errors import NoticeError
from consent.purposes import CHOICES, Purpose

LANGUAGES = ("nl", "en")
PURPOSES = (Purpose.ACCOUNT, *CHOICES)
_FOLDER = resources.files("consent").joinpath("notices")


@dataclass(frozen=True, slots=True)
class Notice:
    """One text as it is shown: Markdown, its first line the title."""

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


def current_version() -> str:
    """Return the version that a consent given now must name."""
    return str(_index()["current"])


def current(language: str, purpose: Purpose) -> Notice:
    """Return the text that a consent given now rests on.

    Raises:
        NoticeError: no text in this language, for this purpose, or it was altered.
    """
    return get(current_version(), language, purpose)


def get(version: str, language: str, purpose: Purpose) -> Notice:
    """Return a text of any published version.

    Raises:
        NoticeError: unknown, or the file is not the one that was published.
    """
    published = _index().get("sha256", {}).get(version, {}).get(language, {}).get(purpose.value)
    if published is None:
        raise NoticeError(
            f"There is no notice {version!r} in language {language!r} for {purpose.value!r}. "
            f"The current version is {current_version()!r}; languages: {', '.join(LANGUAGES)}."
        )
    raw = _FOLDER.joinpath(version, language, f"{purpose.value}.md").read_bytes()
    if hashlib.sha256(raw).hexdigest() != published:
        raise NoticeError(
            f"The notice {version}/{language}/{purpose.value} was altered after it was published. "
            "Install the program again; nobody can consent to it as it is."
        )
    return Notice(version, language, purpose, raw.decode(), published)


def is_superseded(version: str, purpose: Purpose) -> bool:
    """Whether a later version changed what the purpose is, so that this consent covers it no more.

    Such a version names the purposes it changed in `changed`; any other only words them anew.
    """
    versions = list(_index().get("sha256", {}))
    later = versions[versions.index(version) + 1 :] if version in versions else versions
    changed = _index().get("changed", {})
    return any(purpose.value in changed.get(one, ()) for one in later)


@cache
def _index() -> Mapping[str, dict[str, dict[str, dict[str, str]]]]:
    return tomllib.loads(_FOLDER.joinpath("index.toml").read_text(encoding="utf-8"))
