"""The texts that people consent to here, by version, language and purpose (`Office.notices`).

Which ones those are depends on the region, and on whether the shop recognises by pass: a text says
what is done. The program has texts for each; a shop may publish its own (`consent.publishing`). The
hash of the exact text shown is kept in each consent record (R10).
"""

from dataclasses import dataclass
from pathlib import Path

from consent.errors import NoticeError
from consent.notice_index import Index, Version, load_index, read_text
from consent.purposes import CHOICES, Purpose

LANGUAGES = ("nl", "en")
PURPOSES = (Purpose.ACCOUNT, *CHOICES)
#: What a person signs before a face is captured, where the profile asks for a release (R42).
RELEASE = "release"
#: What is done differently where a pass is shown: consent to the one text does not cover the other.
BY_WAY = frozenset({Purpose.RECOGNISE})


@dataclass(frozen=True, slots=True)
class Notice:
    """One text as it is shown: Markdown, its first line the title.

    Attributes:
        version: As it was asked for; a text that it shares with its base has either's.
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


@dataclass(frozen=True, slots=True)
class Notices:
    """The texts of one shop.

    Attributes:
        region: Of its profile.
        by_pass: It recognises by pass (R26).
        home: Its data folder, where its own texts lie; None: it has none.
    """

    region: str
    by_pass: bool = False
    home: Path | None = None

    @property
    def key(self) -> str:
        """Name of the texts that hold here."""
        return f"{self.region}-pass" if self.by_pass else self.region

    @property
    def current_version(self) -> str:
        """The version that a consent given now must name.

        Raises:
            NoticeError: there are no texts for this region: nobody can consent there.
        """
        return self._current().name

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version that was published for the region, either way, the oldest first."""
        keys = {self.region, f"{self.region}-pass"}
        return tuple(one.name for one in self._index().versions if one.key in keys)

    def current(self, language: str, purpose: Purpose) -> Notice:
        """Return the text that a consent given now rests on.

        Raises:
            NoticeError: no text in this language, for this purpose, or it was altered.
        """
        return self.get(self.current_version, language, purpose)

    def get(self, version: str, language: str, purpose: Purpose) -> Notice:
        """Return a text of any published version, of any region.

        Raises:
            NoticeError: unknown, or the file is not the one that was published.
        """
        return Notice(version, language, purpose, *self._text(version, language, purpose.value))

    def release(self, version: str, language: str) -> Notice:
        """Return what is signed before a face is captured (740 ILCS 14/10, 14/15(b)(3)).

        Raises:
            NoticeError: this region has none, or the file is not the one that was published.
        """
        text = self._text(version, language, RELEASE)
        return Notice(version, language, Purpose.RECOGNISE, *text)

    def is_known(self, version: str) -> bool:
        """Whether a version of this name was ever published."""
        return self._index().find(version) is not None

    def is_own(self, version: str) -> bool:
        """Whether the shop itself published it."""
        found = self._index().find(version)
        return found is not None and found.own

    def purposes_of(self, version: str) -> tuple[Purpose, ...]:
        """Return the purposes that a version has texts for."""
        index = self._index()
        found = index.find(version)
        return tuple(
            one for one in PURPOSES if found and index.pinned(found, LANGUAGES[0], one.value)
        )

    def covers(self, version: str, purpose: Purpose) -> bool:
        """Whether a consent to a version's text is one to what is done here now.

        Not where a later version changed what the purpose is, nor where the text speaks of another
        place or way of recognising than this shop's.
        """
        index = self._index()
        found = index.find(version)
        if found is None or (purpose in BY_WAY and found.key != self.key):
            return False
        return self._changed_by(index, found, purpose) is None

    def ended(self, purpose: Purpose) -> dict[str, str]:
        """Return which versions a later one ended by changing what the purpose is, and which.

        What only speaks of another way of recognising is not among them: it counts again when the
        shop goes back.
        """
        index = self._index()
        changed = ((one.name, self._changed_by(index, one, purpose)) for one in index.versions)
        return {name: later.name for name, later in changed if later is not None}

    def worded_alike(self, purpose: Purpose) -> tuple[str, ...]:
        """Return the versions whose texts of a purpose are, word for word, the current ones."""
        index, current = self._index(), self._current()
        now = _hashes(index, current, purpose)
        return tuple(one.name for one in index.versions if _hashes(index, one, purpose) == now)

    def _changed_by(self, index: Index, found: Version, purpose: Purpose) -> Version | None:
        later = (one for one in index.after(found) if one.key in {found.key, self.key})
        return next((one for one in later if purpose.value in one.changed), None)

    def _index(self) -> Index:
        return load_index(self.home)

    def _current(self) -> Version:
        found = self._index().current(self.key)
        if found is None:
            raise NoticeError(
                f"There are no notices for the region {self.region!r}. Nobody can join there."
            )
        return found

    def _text(self, version: str, language: str, name: str) -> tuple[str, str]:
        index = self._index()
        found = index.find(version)
        pinned = index.pinned(found, language, name) if found is not None else None
        if pinned is None:
            current = index.current(self.key)
            raise NoticeError(
                f"There is no notice {version!r} in language {language!r} for {name!r}. "
                f"Current version: {current.name if current else 'none'}; "
                f"languages: {', '.join(LANGUAGES)}."
            )
        sha256, owner = pinned
        return read_text(owner, language, name, sha256), sha256


def _hashes(index: Index, version: Version, purpose: Purpose) -> list[str | None]:
    pinned = (index.pinned(version, language, purpose.value) for language in LANGUAGES)
    return [None if one is None else one[0] for one in pinned]
