"""Private learning notes: for their writer, and for the coach whom the writer chose. Nobody else.

Each writer has a key of their own; destroying it ends every note, in backups too. No page of a
manager, officer or admin leads here, and who holds such a role is nobody's coach: what people learn
from is not what they are judged by.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from clienteling.access.models import User
from clienteling.access.users import RoleName
from clienteling.errors import ClientelingError, UsageError
from clienteling.team.models import CoachRow, LearningRow
from clienteling.team.people import Colleague, number_of, person_of
from clienteling.team.telling import plain
from consent.clock import stamp
from consent.errors import KeyUnavailableError
from consent.keystore import keys as keystore
from consent.keystore.keys import NOTES
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office
from consent.sealing import AssociatedData, seal, unseal

LONGEST = 2000
_WATCHING = frozenset({RoleName.MANAGER.value, RoleName.OFFICER.value, RoleName.ADMIN.value})


class NotYoursError(ClientelingError):
    """These notes are not open to who asks; whether there are any is not said."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note, opened. `written_at`: UTC, as it is stored."""

    id: str
    written_at: str
    text: str = field(repr=False)


def write(office: Office, text: str, *, person: str) -> str:
    """Keep a note; returns its id.

    Raises:
        UsageError: empty or too long.
    """
    text, now, note_id = plain(text, LONGEST), office.now(), str(uuid.uuid4())
    number = number_of(person)
    with office.databases.keys.write() as keys:
        keystore.create_own_key(keys, office.ring, person, now)
        key = keystore.own_key(keys, office.ring, person)
    sealed = seal(key.secret, text.encode(), _binding(office, person, note_id))
    at = stamp(now)
    with office.databases.identity.write() as identity:
        identity.execute(
            update(LearningRow).where(LearningRow.user_id == number).values(used_on=at[:10])
        )
        identity.add(
            LearningRow(id=note_id, user_id=number, written_at=at, used_on=at[:10], note=sealed)
        )
    return note_id


def notes(office: Office, *, person: str) -> tuple[Note, ...]:
    """Return one's own notes, newest first; having them open keeps them.

    Raises:
        SealError: stored bytes were altered or moved.
    """
    number, today = number_of(person), stamp(office.now())[:10]
    stale = (LearningRow.user_id == number, LearningRow.used_on < today)
    with office.databases.identity.read() as identity:
        rows = _rows(identity, number)
        is_stale = identity.scalar(select(LearningRow.id).where(*stale).limit(1)) is not None
    if is_stale:
        with office.databases.identity.write() as identity:
            identity.execute(update(LearningRow).where(*stale).values(used_on=today))
    return _open(office, person, rows)


def remove(office: Office, note_id: str, *, person: str) -> bool:
    """Remove one's own note; returns whether it was there."""
    with office.databases.identity.write() as identity:
        gone = identity.execute(
            delete(LearningRow)
            .where(LearningRow.id == note_id, LearningRow.user_id == number_of(person))
            .returning(LearningRow.id)
        )
        return gone.scalar() is not None


def forget(office: Office, people: Iterable[int]) -> int:
    """Destroy the keys of these people, then remove their notes; returns how many notes."""
    numbers = tuple(people)
    with office.databases.keys.write() as keys:
        keystore.destroy_own_keys(keys, [person_of(number) for number in numbers])
    with office.databases.identity.write() as identity:
        gone = identity.scalars(
            delete(LearningRow).where(LearningRow.user_id.in_(numbers)).returning(LearningRow.id)
        )
        return len(gone.all())


def choose_coach(office: Office, coach: int | None, *, person: str) -> None:
    """Choose who reads along, or (None) nobody; who read along before does so no more.

    Raises:
        UsageError: nobody who may be chosen.
    """
    number = number_of(person)
    with office.databases.identity.write() as identity:
        identity.execute(delete(CoachRow).where(CoachRow.user_id == number))
        if coach is None:
            return
        if coach not in {each.id for each in may_coach(identity, person)}:
            raise UsageError("Choose a colleague from the list.")
        identity.add(CoachRow(user_id=number, coach_id=coach))


def coach_of(identity: Session, person: str) -> Colleague | None:
    """Return who reads along in this person's notes; None: nobody."""
    row = identity.get(CoachRow, number_of(person))
    among = () if row is None else may_coach(identity, person)
    return next((each for each in among if row and each.id == row.coach_id), None)


def may_coach(identity: Session, person: str) -> tuple[Colleague, ...]:
    """Return whom this person may choose: colleagues who judge nobody, by name."""
    me = number_of(person)
    users = identity.scalars(select(User).where(User.active.is_(True), User.id != me))
    found = [
        Colleague(user.id, user.name)
        for user in users
        if not _WATCHING & {role.name for role in user.roles}
    ]
    return tuple(sorted(found, key=lambda each: each.name.casefold()))


def coached_by(identity: Session, coach: str) -> tuple[Colleague, ...]:
    """Return who chose this person to read along, by name."""
    rows = identity.execute(
        select(User.id, User.name)
        .join(CoachRow, CoachRow.user_id == User.id)
        .where(CoachRow.coach_id == number_of(coach), User.active.is_(True))
        .order_by(User.name)
    ).all()
    return tuple(
        Colleague(number, name)
        for number, name in rows
        if _coaches(identity, coach, person_of(number))
    )


def read_along(office: Office, writer: int, *, coach: str) -> tuple[Note, ...]:
    """Return the notes of somebody who chose `coach`; logged.

    Raises:
        NotYoursError: they did not, or not any more. SealError: stored bytes were altered.
        LedgerError: it cannot be logged, so nothing is returned.
    """
    person = person_of(writer)
    with office.databases.identity.write() as identity:
        if not _coaches(identity, coach, person):
            raise NotYoursError("These notes are not open to you.")
        ledger.append(
            identity,
            office.ring,
            EventKind.LEARNING_READ,
            actor=coach,
            about=None,
            detail={"writer": person},
            now=office.now(),
        )
        rows = _rows(identity, writer)
    return _open(office, person, rows)


def _coaches(identity: Session, coach: str, person: str) -> bool:
    chosen = coach_of(identity, person)
    return chosen is not None and chosen.id == number_of(coach)


def _rows(identity: Session, number: int) -> Sequence[LearningRow]:
    return identity.scalars(
        select(LearningRow)
        .where(LearningRow.user_id == number)
        .order_by(LearningRow.written_at.desc())
    ).all()


def _open(office: Office, person: str, rows: Sequence[LearningRow]) -> tuple[Note, ...]:
    if not rows:
        return ()
    try:
        with office.databases.keys.read() as keys:
            key = keystore.own_key(keys, office.ring, person)
    except KeyUnavailableError:
        return ()  # being forgotten this very moment
    return tuple(
        Note(
            row.id,
            row.written_at,
            unseal(key.secret, row.note, _binding(office, person, row.id)).decode(),
        )
        for row in rows
    )


def _binding(office: Office, person: str, note_id: str) -> bytes:
    return AssociatedData(
        tenant=office.controller.tenant,
        store=office.controller.store_id,
        subject=person,
        purpose=NOTES,
        model="",
        consent_id="",
        item=note_id,
    ).encode()
