"""Tags of a customer, under `preferences`: chosen from the shop's own list."""

import uuid
from typing import Annotated

from pydantic import ConfigDict, StringConstraints
from pydantic.dataclasses import dataclass

from clienteling.customers import choices
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
    return tuple(sorted(_TAGS.read(office, grant), key=lambda tag: tag.content.en.casefold()))


def add(office: Office, subject_id: str, choice_id: str, *, actor: str) -> str:
    """Give the customer a tag of the shop's list; logged. Twice is once. Returns its id.

    Raises:
        UsageError: it is not on the list.
        ConsentMissingError: the customer does not share preferences.
    """
    with office.databases.identity.read() as identity:
        chosen = choices.choice(identity, ChoiceKind.TAG, choice_id)
    tag = Tag(choice_id=chosen.id, nl=chosen.nl, en=chosen.en)
    id_ = once(subject_id, chosen.id)
    return _TAGS.add(office, subject_id, tag, actor=actor, id=id_)


def remove(office: Office, subject_id: str, tag_id: str, *, actor: str) -> bool:
    """Take a tag away; logged. Returns whether it was there.

    Raises:
        ConsentMissingError: as `add`.
    """
    return _TAGS.remove(office, subject_id, tag_id, actor=actor)


def once(subject_id: str, choice_id: str) -> str:
    """Return the id of what a customer has of a choice, so that there is one of it at most."""
    return str(uuid.uuid5(uuid.UUID(choice_id), subject_id))
