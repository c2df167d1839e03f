"""What a customer has of the shop's list (a tag, a size): one of each choice, also after a merge.

A record that came with a merged account keeps the number that it had there (decision 0215), so that
a customer may hold two of one choice. The newest counts, a new one takes its place, and removing
one removes all.
"""

import uuid
from collections.abc import Iterable
from typing import Protocol, TypeVar

from clienteling.customers.kept import Drawer, Kept
from consent.office import Office
from consent.purposes import Purpose
from consent.records import require_grant


class Chosen(Protocol):
    """Content that is of a choice of the shop's list."""

    @property
    def choice_id(self) -> str:
        """Which choice."""


C = TypeVar("C", bound=Chosen)


def one_of_each(kept: Iterable[Kept[C]]) -> tuple[Kept[C], ...]:
    """Return the first of each choice: drawers give the newest first."""
    each: dict[str, Kept[C]] = {}
    for one in kept:
        each.setdefault(one.content.choice_id, one)
    return tuple(each.values())


def put(office: Office, drawer: Drawer[C], subject_id: str, content: C, *, actor: str) -> str:
    """Keep it in the place of what there is of the same choice; returns its id. Logged.

    Raises:
        As `Drawer.add`.
    """
    choice = content.choice_id
    there = _same(office, drawer, subject_id, choice)
    id_ = there[0] if there else str(uuid.uuid5(uuid.UUID(choice), subject_id))
    for other in there[1:]:
        drawer.remove(office, subject_id, other, actor=actor)
    return drawer.add(office, subject_id, content, actor=actor, id=id_)


def take(office: Office, drawer: Drawer[C], subject_id: str, record_id: str, *, actor: str) -> bool:
    """Remove it, and whatever else there is of the same choice; returns whether it was there.

    Raises:
        As `Drawer.remove`.
    """
    with office.databases.identity.read() as identity:
        grant = require_grant(identity, subject_id, Purpose.PREFERENCES, office.now())
    found = drawer.get(office, grant, record_id)
    if found is None:
        return False
    same = _same(office, drawer, subject_id, found.content.choice_id)
    gone = [drawer.remove(office, subject_id, one, actor=actor) for one in same]
    return any(gone)


def _same(office: Office, drawer: Drawer[C], subject_id: str, choice_id: str) -> list[str]:
    with office.databases.identity.read() as identity:
        grant = require_grant(identity, subject_id, Purpose.PREFERENCES, office.now())
    kept = drawer.read(office, grant)
    return [one.id for one in kept if one.content.choice_id == choice_id]
