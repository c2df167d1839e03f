"""A shop's own texts before they are published: read from a folder, and checked.

    notice.toml          version, base, and for which purposes what is done changes
    nl/<purpose>.md      the texts that differ from the base's, each in both languages
    en/<purpose>.md

What is asked of a text is what the law and this program's promises need it to say; how well it says
that, counsel judges.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from consent.keeping import valid_days
from consent.notices import LANGUAGES, PURPOSES, RELEASE
from consent.purposes import FACES, Purpose
from consent.setting import Office

SHEET = "notice.toml"
LONGEST, SHORTEST, LONGEST_TITLE = 8000, 300, 80

_NAME = re.compile(r"shop-[a-z0-9][a-z0-9.-]{0,33}")
#: What the kiosk would show as it is typed: it knows headings, paragraphs, lists with "- ", bold.
_MARKUP = re.compile(
    r"^(#{2,}|>|\||```|\d+[.)]\s|\* |\+ )|<[a-zA-Z/!]|`|\[[^\]]*\]\(|!\[|https?://|(?<!\*)\*(?!\*)"
)
_PLACEHOLDER = re.compile(r"[{}]|\bTODO\b|\bXXX\b|\[[^\]]*\]|\.{3,}|…|\blorem\b", re.IGNORECASE)


class FlawCode(StrEnum):
    """What can be wrong with a draft."""

    NO_SHEET = "no_sheet"
    BAD_NAME = "bad_name"
    TAKEN = "taken"
    NOT_CURRENT_BASE = "not_current_base"
    UNKNOWN_PURPOSE = "unknown_purpose"
    NO_TEXTS = "no_texts"
    UNKNOWN_FILE = "unknown_file"
    ONE_LANGUAGE = "one_language"
    NOT_TEXT = "not_text"
    NO_TITLE = "no_title"
    LONG_TITLE = "long_title"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    MARKUP = "markup"
    PLACEHOLDER = "placeholder"
    LACKS = "lacks"


SENTENCES: Mapping[FlawCode, str] = {
    FlawCode.NO_SHEET: "is missing or is not TOML with version, base and changed. Write it anew.",
    FlawCode.BAD_NAME: "version must begin with shop-, then small letters and digits, for example "
    "shop-2027-01. Rename it.",
    FlawCode.TAKEN: "version {0} was published already. Choose another name.",
    FlawCode.NOT_CURRENT_BASE: "base must be the texts that are shown now: {0}.",
    FlawCode.UNKNOWN_PURPOSE: "changed names {0}, which is no purpose. Take it out or correct it.",
    FlawCode.NO_TEXTS: "holds no text. Put at least one in nl/ and in en/.",
    FlawCode.UNKNOWN_FILE: "is no text that is shown here. Rename or remove it. Known: {0}.",
    FlawCode.ONE_LANGUAGE: "is missing. A text is published in both languages.",
    FlawCode.NOT_TEXT: "is not UTF-8 text. Save it as UTF-8.",
    FlawCode.NO_TITLE: "must begin with a title: # and a few words.",
    FlawCode.LONG_TITLE: "has a title of more than {0} letters. Shorten it.",
    FlawCode.TOO_SHORT: "is shorter than {0} letters: too short to say what the law asks for.",
    FlawCode.TOO_LONG: "is longer than {0} letters. Nobody reads that at a kiosk: shorten it.",
    FlawCode.MARKUP: "uses a sign that the kiosk does not show: only paragraphs, lists with - and "
    "**bold** are. Write it without {0}",
    FlawCode.PLACEHOLDER: "still has something to fill in: {0}. Write the words.",
    FlawCode.LACKS: "must say: {0}. For example: {1}.",
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing to mend.

    Attributes:
        file: Within the draft's folder.
        line: From 1; 0: the whole file.
        values: What the sentence names.
    """

    file: str
    line: int
    code: FlawCode
    values: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Where it is, and what to do."""
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {SENTENCES[self.code].format(*self.values)}"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a folder holds.

    Attributes:
        version: Its name once it is published.
        base: Where the other texts come from.
        changed: The purposes for which it changes what is done.
        texts: By language and name.
        flaws: What must be mended before it can be published.
    """

    folder: Path
    version: str = ""
    base: str = ""
    changed: frozenset[Purpose] = frozenset()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()

    @property
    def sha256(self) -> str:
        """Over everything that would be published: what was looked at is what is published."""
        whole = [self.version, self.base, sorted(self.changed), self.texts]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Need:
    """Something that a text must say: any of these words, by language; `what` names it."""

    what: str
    en: tuple[str, ...]
    nl: tuple[str, ...]

    def words(self, language: str) -> tuple[str, ...]:
        return self.nl if language == "nl" else self.en


_WITHDRAW = _Need("how to withdraw", ("withdraw",), ("intrek", "Trekt u in"))
_NO_REASON = _Need("that no reason is needed", ("without a reason",), ("zonder reden",))
_ERASE = _Need("how to have everything erased", ("erased",), ("wissen",))
_SAME = _Need("that a no costs nothing", ("same help",), ("dezelfde hulp",))
_NO_FACE = _Need("the way without a face", ("without your face",), ("zonder gezicht",))
_COMPLAIN = _Need("where to complain", ("complain",), ("klacht",))
_NO_PAY = _Need("that nobody pays with the face", ("never pay",), ("betaalt nooit",))

_TERMS: Mapping[int, tuple[tuple[str, ...], tuple[str, ...]]] = {
    90: (("three months",), ("drie maanden",)),
    365: (("12 months", "one year", "a year"), ("12 maanden", "één jaar", "een jaar")),
    730: (("two years", "24 months"), ("twee jaar", "24 maanden")),
}


def drafts_in(home: Path) -> tuple[Path, ...]:
    """Return the drafts in a shop's data folder."""
    folder = home / "notices" / "drafts"
    return tuple(sorted(one for one in folder.glob("*") if one.is_dir()))


def read_draft(office: Office, folder: Path) -> Draft:
    """Read a draft and check it whole; what is wrong with it stands in its flaws."""
    flaws: list[Flaw] = []
    sheet = _sheet(folder)
    if sheet is None:
        flaws.append(Flaw(SHEET, 0, FlawCode.NO_SHEET))
        sheet = ("", "", ())
    else:
        flaws += _sheet_flaws(office, *sheet)
    texts: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    known = _names(office)
    for language in LANGUAGES:
        for file in sorted((folder / language).glob("*")):
            name, where = file.stem, f"{language}/{file.name}"
            if file.suffix != ".md" or name not in known:
                flaws.append(Flaw(where, 0, FlawCode.UNKNOWN_FILE, (", ".join(known),)))
                continue
            text = _read(file)
            if text is None:
                flaws.append(Flaw(where, 0, FlawCode.NOT_TEXT))
                continue
            texts[language][name] = text
            flaws += text_flaws(office, where, language, name, text)
    flaws += _pair_flaws(folder, texts)
    changed = frozenset(one for one in PURPOSES if one.value in sheet[2])
    return Draft(folder, sheet[0], sheet[1], changed, texts, tuple(flaws))


def text_flaws(office: Office, where: str, language: str, name: str, text: str) -> Iterator[Flaw]:
    """Check one text: its form line by line, its length, and what it must say."""
    lines = text.split("\n")
    title = lines[0]
    if not re.match(r"# \S", title):
        yield Flaw(where, 1, FlawCode.NO_TITLE)
    elif len(title) > LONGEST_TITLE:
        yield Flaw(where, 1, FlawCode.LONG_TITLE, (str(LONGEST_TITLE),))
    for number, line in enumerate(lines[1:], 2):
        found = _MARKUP.search(line) or re.match(r"#", line)
        if found:
            yield Flaw(where, number, FlawCode.MARKUP, (found[0].strip(),))
        found = _PLACEHOLDER.search(line)
        if found:
            yield Flaw(where, number, FlawCode.PLACEHOLDER, (found[0],))
    if len(text) < SHORTEST:
        yield Flaw(where, 0, FlawCode.TOO_SHORT, (str(SHORTEST),))
    if len(text) > LONGEST:
        yield Flaw(where, 0, FlawCode.TOO_LONG, (str(LONGEST),))
    said = " ".join(text.split()).casefold()
    for need in _needs(office, name):
        words = need.words(language)
        if not any(one.casefold() in said for one in words):
            yield Flaw(where, 0, FlawCode.LACKS, (need.what, f"“{words[0]}”"))


def _sheet(folder: Path) -> tuple[str, str, tuple[str, ...]] | None:
    try:
        sheet = tomllib.loads((folder / SHEET).read_text(encoding="utf-8"))
        version, base, changed = sheet["version"], sheet["base"], sheet["changed"]
    except (OSError, ValueError, KeyError):
        return None
    if not (isinstance(version, str) and isinstance(base, str) and isinstance(changed, list)):
        return None
    return version, base, tuple(map(str, changed))


def _sheet_flaws(
    office: Office, version: str, base: str, changed: tuple[str, ...]
) -> Iterator[Flaw]:
    current = office.notices.current_version
    if not _NAME.fullmatch(version):
        yield Flaw(SHEET, 0, FlawCode.BAD_NAME)
    elif office.notices.is_known(version):
        yield Flaw(SHEET, 0, FlawCode.TAKEN, (version,))
    if base != current:
        yield Flaw(SHEET, 0, FlawCode.NOT_CURRENT_BASE, (current,))
    known = {one.value for one in PURPOSES}
    for one in changed:
        if one not in known:
            yield Flaw(SHEET, 0, FlawCode.UNKNOWN_PURPOSE, (one,))


def _pair_flaws(folder: Path, texts: Mapping[str, Mapping[str, str]]) -> Iterator[Flaw]:
    names = {name for language in LANGUAGES for name in texts[language]}
    if not names:
        yield Flaw(folder.name, 0, FlawCode.NO_TEXTS)
    for language in LANGUAGES:
        for name in sorted(names):
            if not (folder / language / f"{name}.md").exists():
                yield Flaw(f"{language}/{name}.md", 0, FlawCode.ONE_LANGUAGE)


def _names(office: Office) -> tuple[str, ...]:
    asked = (Purpose.ACCOUNT.value, *(one.value for one in office.choices))
    return (*asked, RELEASE) if office.profile.release_needed else asked


def _read(file: Path) -> str | None:
    try:
        return file.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        return None


def _needs(office: Office, name: str) -> Iterator[_Need]:
    """Return what a text must say here; its terms are the profile's."""
    profile = office.profile
    if name == Purpose.ACCOUNT:
        who = office.controller.name
        yield _Need("who is responsible", ("The shop named", who), ("De winkel die", who))
        yield from (_ERASE, _NO_REASON, _COMPLAIN)
        return
    yield from (_WITHDRAW, _NO_REASON, _SAME)
    days = valid_days(profile, Purpose.RECOGNISE if name == RELEASE else Purpose(name))
    if days is not None:
        yield _term("how long the consent counts", days)
    if name in FACES:
        yield _NO_FACE
    if name == Purpose.TILL:
        yield _NO_PAY
    if name == Purpose.VISITS:
        yield _term("how long a visit is kept", profile.retention.visits)
    if name == Purpose.PURCHASES:
        yield _term("how long a purchase is kept", profile.retention.purchases)


def _term(what: str, days: int) -> _Need:
    en, nl = _TERMS.get(days, ((), ()))
    return _Need(what, (*en, f"{days} days"), (*nl, f"{days} dagen"))
