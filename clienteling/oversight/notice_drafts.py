"""A draft of the shop's own texts as the officer looks at it: beside the text that is shown now."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from consent.drafts import Draft
from consent.errors import NoticeError
from consent.notices import LANGUAGES, RELEASE, Notices
from consent.purposes import Purpose


@dataclass(frozen=True, slots=True)
class Words:
    """Some words of a text, and whether they stay, go or are new."""

    what: Literal["same", "gone", "new"]
    words: str


@dataclass(frozen=True, slots=True)
class TextPreview:
    """One text in one language.

    Attributes:
        text: As it would be shown, from below its title.
        changes: Against what is shown now; empty: nothing is.
    """

    language: str
    title: str
    text: str
    changes: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """One text in both languages; `changed`: consents to the text before count no more."""

    name: str
    changed: bool
    texts: tuple[TextPreview, ...]


def previews(notices: Notices, draft: Draft) -> tuple[Preview, ...]:
    """Return what a draft would show, text by text, in the order in which they are asked."""
    names = {name for texts in draft.texts.values() for name in texts}
    order = [*(one.value for one in Purpose), RELEASE]
    changed = {one.value for one in draft.changed}
    return tuple(
        Preview(name, name in changed, tuple(_previews(notices, draft.texts, name)))
        for name in order
        if name in names
    )


def _previews(
    notices: Notices, texts: Mapping[str, Mapping[str, str]], name: str
) -> list[TextPreview]:
    found = []
    for language in LANGUAGES:
        if name in texts[language]:
            text = texts[language][name]
            title, _, body = text.partition("\n")
            now = _now(notices, language, name)
            found.append(TextPreview(language, title.lstrip("# "), body, changes(now, text)))
    return found


def changes(before: str, after: str) -> tuple[Words, ...]:
    """Compare two texts word by word."""
    old, new = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    runs: list[Words] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            runs.append(Words("same", "".join(new[c:d])))
            continue
        if b > a:
            runs.append(Words("gone", "".join(old[a:b])))
        if d > c:
            runs.append(Words("new", "".join(new[c:d])))
    return tuple(runs)


def _now(notices: Notices, language: str, name: str) -> str:
    version = notices.current_version
    try:
        if name == RELEASE:
            return notices.release(version, language).text
        return notices.get(version, language, Purpose(name)).text
    except NoticeError:
        return ""
