"""Notes of staff about a customer, under `preferences`; the customer reads each in the export."""

from typing import Annotated

from pydantic import ConfigDict, StringConstraints
from pydantic.dataclasses import dataclass

from clienteling.customers.kept import Drawer, Kept
from clienteling.customers.records import PURPOSE_OF, RecordKind
from clienteling.errors import RefusedError
from consent.clock import stamp
from consent.office import Office
from consent.records import Grant, require_grant

LONGEST = 500


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Note:
    """A note.

    Attributes:
        author: Who wrote it, as the log names them ("user:7").
        at: When, UTC.
    """

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
    author: str
    at: str


_NOTES = Drawer(RecordKind.NOTE, Note, most=200)


def read(office: Office, grant: Grant) -> tuple[Kept[Note], ...]:
    """Return the customer's notes, the newest first. The caller logs that they were shown.

    Raises:
        As `records.records_of`.
    """
    return tuple(sorted(_NOTES.read(office, grant), key=lambda note: note.content.at, reverse=True))


def add(office: Office, subject_id: str, text: str, *, author: str) -> str:
    """Write a note down; logged. Returns its id.

    Raises:
        UsageError: empty, or more than 500 characters.
        ConsentMissingError: the customer does not share preferences.
    """
    note = _NOTES.made(text=text, author=author, at=stamp(office.now()))
    return _NOTES.add(office, subject_id, note, actor=author)


def change(office: Office, subject_id: str, note_id: str, text: str, *, author: str) -> bool:
    """Replace one's own note; logged. Returns whether it was there.

    Raises:
        RefusedError: somebody else wrote it.
        UsageError, ConsentMissingError: as `add`.
    """
    note = _NOTES.made(text=text, author=author, at=stamp(office.now()))
    _refuse_anothers(office, subject_id, note_id, author)
    return _NOTES.change(office, subject_id, note_id, note, actor=author)


def remove(
    office: Office, subject_id: str, note_id: str, *, actor: str, is_manager: bool = False
) -> bool:
    """Remove a note, as its author or as a manager; logged. Returns whether it was there.

    Raises:
        RefusedError: somebody else wrote it. ConsentMissingError: as `add`.
    """
    if not is_manager:
        _refuse_anothers(office, subject_id, note_id, actor)
    return _NOTES.remove(office, subject_id, note_id, actor=actor)


def _refuse_anothers(office: Office, subject_id: str, note_id: str, actor: str) -> None:
    with office.databases.identity.read() as identity:
        grant = require_grant(identity, subject_id, PURPOSE_OF[RecordKind.NOTE], office.now())
    note = _NOTES.get(office, grant, note_id)
    if note is not None and note.content.author != actor:
        raise RefusedError("A colleague wrote this note. Ask them, or a manager.")
