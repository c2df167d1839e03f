"""The customers whom a member of staff opened last today: in the hub's memory, and nowhere else.

It follows the log, where every opening, sign-out and erasure stands, so that no page can forget to
tell. Gone at sign-out, after the day, and with the customer. Who may be shown is asked of the
consent records when the list is read.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from clienteling.customers.find import Found, names_of
from consent.log.events import EventKind
from consent.log.ledger import EntryView
from consent.office import Office

#: So many are remembered.
MOST: Final = 10
_STAFF: Final = "user:"
_OPENED: Final = frozenset({EventKind.CARD_READ, EventKind.ALLERGIES_READ, EventKind.PROFILE_READ})
_ENDED: Final = frozenset({EventKind.ERASURE_OPENED, EventKind.RESTRICTION_SET})


@dataclass(slots=True)
class _Day:
    day: str
    subject_ids: list[str]


class LastViewed:
    """One for each hub. Its methods may be called from any thread."""

    def __init__(self, now: Callable[[], datetime], zone: tzinfo = UTC) -> None:
        """Begin with nobody; a day is the shop's."""
        self._now = now
        self._zone = zone
        self._lock = threading.Lock()
        self._of: dict[str, _Day] = {}

    def follow(self, entry: EntryView) -> None:
        """Take an entry of the log over: somebody opened, signed out, or ended."""
        with self._lock:
            if entry.kind in _OPENED and entry.actor and entry.about:
                if entry.actor.startswith(_STAFF):
                    others = [each for each in self._ids(entry.actor) if each != entry.about]
                    self._of[entry.actor] = _Day(self._today(), [entry.about, *others][:MOST])
            elif entry.kind is EventKind.SIGNOUT and entry.actor:
                self._of.pop(entry.actor, None)
            elif entry.kind in _ENDED and entry.about:
                for day in self._of.values():
                    day.subject_ids = [who for who in day.subject_ids if who != entry.about]

    def of(self, staff: str) -> tuple[str, ...]:
        """Return the numbers of whom they opened today, the last first."""
        with self._lock:
            return tuple(self._ids(staff))

    def _ids(self, staff: str) -> list[str]:
        day = self._of.get(staff)
        if day is None or day.day != self._today():
            self._of.pop(staff, None)
            return []
        return day.subject_ids

    def _today(self) -> str:
        return self._now().astimezone(self._zone).date().isoformat()


def shown(office: Office, viewed: LastViewed, staff: str) -> tuple[Found, ...]:
    """Return the names of whom a member of staff opened today; that they were shown is logged.

    Raises:
        LedgerError: it cannot be logged, so nothing is returned.
    """
    asked = viewed.of(staff)
    if not asked:
        return ()
    names = names_of(office, asked, reader=staff, by="last viewed")
    return tuple(names[who] for who in asked if who in names)
