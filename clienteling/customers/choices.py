"""The shop's own lists, of which staff choose: tags, and kinds of sizes. Managers keep them.

Chosen, not typed: so nobody invents a tag about somebody in passing.
"""

import json
import uuid
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.customers import records
from clienteling.customers.everybody import everybodys
from clienteling.customers.models import ChoiceRow
from clienteling.customers.records import PURPOSE_OF, RecordKind
from clienteling.customers.sensitive import hints
from clienteling.errors import UsageError
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.office import Office
from consent.records import grant_for

LONGEST = 30
MOST = 40


class ChoiceKind(StrEnum):
    """Which list; the same word as the kind of the records that choose from it."""

    TAG = RecordKind.TAG.value
    SIZE = RecordKind.SIZE.value


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a list, in both languages."""

    id: str
    kind: ChoiceKind
    nl: str
    en: str

    def word(self, language: str) -> str:
        """Return it in a language ("nl" or "en")."""
        return self.nl if language == "nl" else self.en


def choices(identity: Session, kind: ChoiceKind) -> tuple[Choice, ...]:
    """Return a list, by its English words."""
    rows = identity.scalars(select(ChoiceRow).where(ChoiceRow.kind == kind.value))
    return tuple(sorted(map(_choice, rows), key=lambda choice: choice.en.casefold()))


def choice(identity: Session, kind: ChoiceKind, choice_id: str) -> Choice:
    """Return one entry.

    Raises:
        UsageError: it is not on the list (any more).
    """
    row = identity.get(ChoiceRow, choice_id)
    if row is None or row.kind != kind:
        raise UsageError("This is not on the shop's list (any more). Choose another.")
    return _choice(row)


def add_choice(office: Office, kind: ChoiceKind, nl: str, en: str, *, actor: str) -> str:
    """Put an entry on a list; logged. Returns its id.

    Raises:
        UsageError: empty, over 30 characters, there already, the list is full, or a tag hints at
            health, belief, origin or sex life.
    """
    words = [" ".join(word.split()) for word in (nl, en)]
    if not all(0 < len(word) <= LONGEST for word in words):
        raise UsageError("Give the words in both languages, in at most 30 characters each.")
    if any(hints(word) for word in words):
        raise UsageError(
            "This hints at health, belief, origin or sex life. Such a list is not kept."
        )
    with office.databases.identity.write() as identity:
        there = choices(identity, kind)
        if len(there) >= MOST:
            raise UsageError("The list has 40 entries. Remove one first.")
        known = {word.casefold() for each in there for word in (each.nl, each.en)}
        if known & {word.casefold() for word in words}:
            raise UsageError("This is on the list already.")
        row = ChoiceRow(id=str(uuid.uuid4()), kind=kind.value, nl=words[0], en=words[1])
        identity.add(row)
        _log(identity, office, "added", row, actor)
        return row.id


def drop_choice(office: Office, choice_id: str, *, actor: str) -> int:
    """Take an entry off its list, and off every customer who has it; returns how many had.

    Killed halfway, the same again finishes it: the entry goes last.

    Raises:
        UsageError: it is not there.
    """
    with office.databases.identity.read() as identity:
        row = identity.get(ChoiceRow, choice_id)
    if row is None:
        raise UsageError("This is not on the shop's list (any more). Choose another.")
    kind = RecordKind(row.kind)
    having = [
        record
        for record in everybodys(office, kind)
        if json.loads(record.content)["choice_id"] == choice_id
    ]
    for record in having:
        _take_away(office, record, actor)
    with office.databases.identity.write() as identity:
        gone = identity.get(ChoiceRow, choice_id)
        if gone is not None:
            identity.delete(gone)
            _log(identity, office, "removed", gone, actor)
    return len(having)


def _take_away(office: Office, record: records.Record, actor: str) -> None:
    with office.databases.identity.write() as identity:
        grant = grant_for(identity, record.subject_id, PURPOSE_OF[record.kind], office.now())
        if grant is None:
            return  # withdrawn meanwhile: gone, or going
        append(
            identity,
            office.ring,
            EventKind.RECORD_REMOVED,
            actor=actor,
            about=record.subject_id,
            detail={"kind": record.kind.value},
            now=office.now(),
        )
    records.remove(office, grant, record.id)


def _choice(row: ChoiceRow) -> Choice:
    return Choice(row.id, ChoiceKind(row.kind), row.nl, row.en)


def _log(identity: Session, office: Office, act: str, row: ChoiceRow, actor: str) -> None:
    append(
        identity,
        office.ring,
        EventKind.CHOICES_CHANGED,
        actor=actor,
        about=None,
        detail={"list": row.kind, "act": act, "choice": row.id},
        now=office.now(),
    )
