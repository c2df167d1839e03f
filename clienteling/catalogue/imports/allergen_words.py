"""Which of the fourteen allergens a word, a list or a text names (`allergen_words.toml`).

Whole words only, so that "cacaoboter" is no "boter". To name one too many is the safe error: it
makes an allergen contained, a trace, or not known; never absent.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from clienteling.catalogue.allergens import Allergen

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})
_LANGUAGE = re.compile(r"(?:[a-z]{2}:)|(?:en )+(?=\w)")


@dataclass(frozen=True, slots=True)
class Named:
    """What a list of allergens names.

    Attributes:
        allergens: Those of the fourteen.
        unknown: Entries, or parts of them, that nobody here understands.
    """

    allergens: frozenset[Allergen]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    allergen: Allergen
    named: re.Pattern[str]
    never: re.Pattern[str] | None


def named_in_list(entries: Iterable[str]) -> Named:
    """Read a list of allergens: codes, names, or tags as of Open Food Facts ("en:tree-nuts").

    An entry of known words only is understood, also where they name none of the fourteen
    ("coconut"). An entry with another word in it counts as naming what is known of it, and as
    unknown all the same: the rest of it may name another allergen.
    """
    found: set[Allergen] = set()
    unknown = []
    for entry in filter(None, (entry.strip() for entry in entries)):
        phrase = plain(_LANGUAGE.sub("", entry.casefold()))
        meant = _codes().get(phrase)
        if meant is None and not _is_understood(phrase):
            unknown.append(entry)
        found |= named_in_text(phrase) if meant is None else meant
    return Named(frozenset(found), tuple(unknown))


def named_in_text(text: str) -> frozenset[Allergen]:
    """Return the allergens that a text, as a list of ingredients, names in whole words."""
    flat = plain(text)
    return frozenset(
        words.allergen
        for words in _table()
        if words.named.search(words.never.sub(" ", flat) if words.never else flat)
    )


def plain(text: str) -> str:
    """Return a text in lower case, without accents, with one space between words."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", letters))


@cache
def _is_understood(phrase: str) -> bool:
    """Whether it has a word that is known, and beside those only words that name nothing."""
    rest = phrase
    for known in (*(words.named for words in _table()), _pattern_of("others")):
        rest = known.sub(" ", rest)
    return rest != phrase and not _pattern_of("fillers").sub(" ", rest).strip()


@cache
def _codes() -> dict[str, frozenset[Allergen]]:
    """Return our own codes, those of Open Food Facts where they differ, and its word for none."""
    own = {allergen.value: frozenset({allergen}) for allergen in Allergen}
    theirs = {"sesame seeds": Allergen.SESAME, "sulphur dioxide and sulphites": Allergen.SULPHITES}
    return (
        own
        | {name: frozenset({allergen}) for name, allergen in theirs.items()}
        | {none: frozenset() for none in ("none", "geen", "aucun", "keine", "nessuno", "nessuna")}
    )


@cache
def _table() -> tuple[_Words, ...]:
    return tuple(
        _Words(
            allergen,
            _pattern(_lists()[allergen.value]["words"]),
            _pattern(never) if (never := _lists()[allergen.value].get("never")) else None,
        )
        for allergen in Allergen
    )


@cache
def _pattern_of(name: str) -> re.Pattern[str]:
    return _pattern(_lists()[name]["words"])


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    text = resources.files(__package__ or "").joinpath("allergen_words.toml").read_text("utf-8")
    return tomllib.loads(text)


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    # Longest first: an alternative that matches ends the search at this place.
    longest = sorted(words, key=len, reverse=True)
    return re.compile(
        r"\b(?:" + "|".join(re.escape(w).replace(r"\*", r"\w*") for w in longest) + r")\b"
    )
