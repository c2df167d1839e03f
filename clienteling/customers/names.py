"""Names to search in memory, as people type them: begun, misspelt, without accents, in any order.

An exact beginning counts most; only where nobody fits that way, words within two typing errors
do. A typing error is a letter too many, missing, wrong, or swapped with the next (optimal string
alignment). Knows no database: `clienteling.customers.directory` fills it.
"""

import heapq
import re
import unicodedata
from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

#: Fewer letters and digits than this would show half of the customers.
MIN_CHARACTERS: Final = 2
#: Letters from which a word of a name may be misspelt by one, and by two.
_ONE_ERROR: Final = 4
_TWO_ERRORS: Final = 5
#: Fewer typed letters than this are a beginning, not a misspelling.
_MISSPELT: Final = 3

#: Words that people leave out of a name or take for one another: "van den" for "van der".
_PARTICLES: Final = frozenset(
    {
        *("al", "da", "de", "del", "den", "der", "des", "di", "do", "dos", "du", "el", "het", "la"),
        *("le", "les", "op", "t", "te", "ten", "ter", "tot", "van", "von", "zu"),
    }
)
#: Letters that Unicode does not take apart, as people type them without the accent.
_PLAIN: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "_": " "}
)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case and without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return tuple(re.findall(r"\w+", plain.casefold().translate(_PLAIN)))


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody who fits. `errors`: typing errors between the query and the name."""

    subject_id: str
    errors: int


class NameIndex:
    """Whose name has which words. Not safe among threads by itself."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._names: dict[str, tuple[str, ...]] = {}
        self._owners: dict[str, set[str]] = {}
        self._vocabulary: list[str] = []

    def __len__(self) -> int:
        """How many people are in it."""
        return len(self._names)

    def __contains__(self, subject_id: str) -> bool:
        """Whether this person is in it."""
        return subject_id in self._names

    def __iter__(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield everybody with the words of the name."""
        return iter(self._names.items())

    def put(self, subject_id: str, name: str) -> None:
        """Add somebody, or replace the name."""
        self.drop(subject_id)
        words = words_of(name)
        self._names[subject_id] = words
        for word in _searched(words):
            owners = self._owners.get(word)
            if owners is None:
                self._owners[word] = {subject_id}
                insort(self._vocabulary, word)
            else:
                owners.add(subject_id)

    def drop(self, subject_id: str) -> None:
        """Forget somebody, and every word that was this person's alone."""
        for word in _searched(self._names.pop(subject_id, ())):
            owners = self._owners[word]
            owners.discard(subject_id)
            if not owners:
                del self._owners[word]
                del self._vocabulary[bisect_left(self._vocabulary, word)]

    def search(self, query: str, limit: int) -> tuple[Hit, ...]:
        """Return at most `limit` people who fit, the fewest errors first, then by name."""
        typed = words_of(query)
        if sum(map(len, typed)) < MIN_CHARACTERS:
            return ()
        found = self._fitting(typed, misspelt=False) or self._fitting(typed, misspelt=True)
        best = heapq.nsmallest(limit, found.items(), key=lambda one: (one[1], self._names[one[0]]))
        return tuple(Hit(subject_id, errors) for subject_id, errors in best)

    def _fitting(self, typed: tuple[str, ...], *, misspelt: bool) -> dict[str, int]:
        """Return who fits every typed word, and with how many errors in all."""
        asked = [word for word in typed if not (misspelt and word in _PARTICLES)] or list(typed)
        found: dict[str, int] | None = None
        for word in sorted(set(asked), key=len, reverse=True):  # the rarest first, most likely
            fits = self._of(self._near(word) if misspelt else dict.fromkeys(self._begun(word), 0))
            if found is None:
                found = fits
            else:
                found = {who: found[who] + fits[who] for who in found.keys() & fits.keys()}
            if not found:
                return {}
        return found or {}

    def _of(self, words: dict[str, int]) -> dict[str, int]:
        people: dict[str, int] = {}
        for word, errors in sorted(words.items(), key=lambda one: one[1], reverse=True):
            people |= dict.fromkeys(self._owners[word], errors)  # the fewest errors are put last
        return people

    def _begun(self, begin: str) -> list[str]:
        start = bisect_left(self._vocabulary, begin)
        end = bisect_left(self._vocabulary, begin + "\U0010ffff")
        return self._vocabulary[start:end]

    def _near(self, typed: str) -> dict[str, int]:
        """Return the words that begin with `typed`, or are it with one or two typing errors."""
        near: dict[str, int] = {}
        if len(typed) >= _MISSPELT:
            close = process.extract(
                typed, self._vocabulary, scorer=OSA.distance, score_cutoff=2, limit=None
            )
            near = {word: int(errors) for word, errors, _ in close if errors <= _allowed(len(word))}
        return near | dict.fromkeys(self._begun(typed), 0)


def _allowed(letters: int) -> int:
    return 2 if letters >= _TWO_ERRORS else 1 if letters >= _ONE_ERROR else 0


def _searched(words: tuple[str, ...]) -> set[str]:
    """Return the words by which a name is found: its own, and the surname written as one."""
    return {*words, "".join(words[1:])} - {""}
