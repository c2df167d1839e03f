"""Accounts that may be the same person's: for a manager to look at, never merged by themselves."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from clienteling.customers.directory import Alike, Directory
from clienteling.customers.find import Found, names_of
from consent.office import Office

#: Shorter names are too often different people's to be taken for misspelt.
_LONG = 8
#: More accounts with one name, or one address, are no duplicates.
_MOST_ALIKE = 5


class Why(StrEnum):
    """What two accounts have in common."""

    CONTACT = "contact"
    NAME = "name"
    ALMOST = "almost"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two accounts, and the strongest thing they have in common."""

    one: str
    other: str
    why: Why


def candidates(directory: Directory, limit: int = 50) -> tuple[Pair, ...]:
    """Return at most `limit` pairs: first those with one contact, then of one name, then alike.

    Raises:
        PreparingError: the list of names is being made.
    """
    people = directory.everybody()
    found: dict[tuple[str, str], Why] = {}
    for why, pairs in (
        (Why.CONTACT, _sharing((contact, one) for one in people for contact in one.contacts)),
        (Why.NAME, _sharing((tuple(sorted(one.words)), one) for one in people)),
        (Why.ALMOST, _sharing((text, one) for one in people for text in _one_letter_less(one))),
    ):
        for pair in pairs:
            found.setdefault(pair, why)
            if len(found) == limit:
                return _pairs(found)
    return _pairs(found)


@dataclass(frozen=True, slots=True)
class Named:
    """A pair with the names of the two."""

    one: Found
    other: Found
    why: Why


def named(office: Office, pairs: Sequence[Pair], *, reader: str) -> tuple[Named, ...]:
    """Return the names of pairs whose accounts both stand; that they were read is logged.

    Raises:
        LedgerError: it cannot be logged, so nothing is returned.
    """
    asked = sorted({who for pair in pairs for who in (pair.one, pair.other)})
    people = names_of(office, asked, reader=reader, by="duplicates")
    return tuple(
        Named(people[pair.one], people[pair.other], pair.why)
        for pair in pairs
        if pair.one in people and pair.other in people
    )


def _pairs(found: dict[tuple[str, str], Why]) -> tuple[Pair, ...]:
    return tuple(Pair(one, other, why) for (one, other), why in found.items())


def _sharing(several: Iterable[tuple[Hashable, Alike]]) -> Iterator[tuple[str, str]]:
    groups: dict[Hashable, set[str]] = {}
    for shared, one in several:
        groups.setdefault(shared, set()).add(one.subject_id)
    for group in groups.values():
        if 1 < len(group) <= _MOST_ALIKE:
            yield from combinations(sorted(group), 2)


def _one_letter_less(one: Alike) -> set[str]:
    """Return the name, and it without each of its letters: two that share one are a typo apart."""
    name = "".join(sorted(one.words))
    if len(name) < _LONG:
        return set()
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}
