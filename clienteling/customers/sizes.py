"""A customer's sizes, under `preferences`: a kind of the shop's list, and a value."""

from typing import Annotated

from pydantic import ConfigDict, StringConstraints
from pydantic.dataclasses import dataclass

from clienteling.customers import choices, chosen
from clienteling.customers.choices import ChoiceKind
from clienteling.customers.kept import Drawer, Kept, ToldBy
from clienteling.customers.records import RecordKind
from clienteling.customers.tags import Word
from consent.office import Office
from consent.records import Grant

LONGEST = 20


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Size:
    """One size: of a shoe, a ring, a shirt; the kind in its words of then."""

    choice_id: str
    nl: Word
    en: Word
    value: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)
    ]
    told_by: ToldBy = ToldBy.STAFF

    def word(self, language: str) -> str:
        """Return the kind in a language ("nl" or "en")."""
        return self.nl if language == "nl" else self.en


_SIZES = Drawer(RecordKind.SIZE, Size, most=choices.MOST)


def read(office: Office, grant: Grant) -> tuple[Kept[Size], ...]:
    """Return the customer's sizes, by kind. The caller logs that they were shown.

    Raises:
        As `records.records_of`.
    """
    each = chosen.one_of_each(_SIZES.read(office, grant))
    return tuple(sorted(each, key=lambda size: size.content.en.casefold()))


def add(
    office: Office,
    subject_id: str,
    choice_id: str,
    value: str,
    *,
    actor: str,
    told_by: ToldBy = ToldBy.STAFF,
) -> str:
    """Keep a size; logged. Another value of the same kind replaces it. Returns its id.

    Raises:
        UsageError: the kind is not on the shop's list, or the value is empty or over 20 characters.
        ConsentMissingError: the customer does not share preferences.
    """
    with office.databases.identity.read() as identity:
        choice = choices.choice(identity, ChoiceKind.SIZE, choice_id)
    size = _SIZES.made(
        choice_id=choice.id, nl=choice.nl, en=choice.en, value=value, told_by=told_by
    )
    return chosen.put(office, _SIZES, subject_id, size, actor=actor)


def remove(office: Office, subject_id: str, size_id: str, *, actor: str) -> bool:
    """Remove a size; logged. Returns whether it was there.

    Raises:
        ConsentMissingError: as `add`.
    """
    return chosen.take(office, _SIZES, subject_id, size_id, actor=actor)
