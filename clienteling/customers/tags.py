"""Tags of a customer, under `preferences`: chosen from the shop's own list."""

from typing import Annotated

from pydantic import ConfigDict, StringConstraints
from pydantic.dataclasses import dataclass

from clienteling.customers import choices, chosen
from clienteling.customers.choices import ChoiceKind
from clienteling.customers.kept import Drawer, Kept
from clienteling.customers.records import RecordKind
from consent.office import Office
from consent.records import Grant

Word = Annotated[str, StringConstraints(min_length=1, max_length=choices.LONGEST)]


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Tag:
    """A tag, in its words of then: the customer's export says what was kept, not a number."""

    choice_id: str
    nl: Word
    en: Word

    def word(self, language: str) -> str:
        """Return it in a language ("nl" or "en")."""
        return self.nl if language == "nl" else self.en


_TAGS = Drawer(RecordKind.TAG, Tag, most=choices.MOST)


def read(office: Office, grant: Grant) -> tuple[Kept[Tag], ...]:
    """Return the customer's tags, by their English words. The caller logs that they were shown.

    Raises:
        As `records.records_of`.
    """
    each = chosen.one_of_each(_TAGS.read(office, grant))
    return tuple(sorted(each, key=lambda tag: tag.content.en.casefold()))


def add(office: Office, subject_id: str, choice_id: str, *, actor: str) -> str:
    """Give the customer a tag of the shop's list; logged. Twice is once. Returns its id.

    Raises:
        UsageError: it is not on the list.
        ConsentMissingError: the customer does not share preferences.
    """
    with office.databases.identity.read() as identity:
        choice = choices.choice(identity, ChoiceKind.TAG, choice_id)
    tag = Tag(choice_id=choice.id, nl=choice.nl, en=choice.en)
    return chosen.put(office, _TAGS, subject_id, tag, actor=actor)


def remove(office: Office, subject_id: str, tag_id: str, *, actor: str) -> bool:
    """Take a tag away; logged. Returns whether it was there.

    Raises:
        ConsentMissingError: as `add`.
    """
    return chosen.take(office, _TAGS, subject_id, tag_id, actor=actor)
