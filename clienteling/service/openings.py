"""Which customers' pages are open for which member of staff: in memory, for who had a reason.

A page opens from an arrival that one claimed, a search of just now, or a list. Its address carries
the opening's random number, not the customer's: in the browser's history it leads nowhere later,
and to nobody else at any time.
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from clienteling.errors import ClientelingError

#: An opening that nobody uses ends after that.
LIFETIME = timedelta(minutes=20)


class OpeningGoneError(ClientelingError):
    """The page has ended, or is a colleague's."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("This page has ended. Look the customer up again.")


class Reason(StrEnum):
    """Why a page was opened; it stands in the log."""

    ARRIVAL = "arrival"
    SEARCH = "search"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Opening:
    """One customer's page, open for one member of staff."""

    id: str
    staff_id: str
    subject_id: str = field(repr=False)
    reason: Reason
    used_at: datetime


class OpeningBook:
    """All openings of this hub. May be called from any thread."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start with none; `now` gives UTC."""
        self._now = now
        self._openings: dict[str, Opening] = {}
        self._lock = threading.Lock()

    def open(self, staff_id: str, subject_id: str, reason: Reason) -> str:
        """Let `staff_id` open this customer's page; returns the opening's id."""
        opening = Opening(str(uuid.uuid4()), staff_id, subject_id, reason, self._now())
        with self._lock:
            self._forget_old()
            self._openings[opening.id] = opening
        return opening.id

    def use(self, opening_id: str, staff_id: str) -> Opening:
        """Return an opening of this member of staff, which lasts another twenty minutes.

        Raises:
            OpeningGoneError: it ended, or is a colleague's.
        """
        with self._lock:
            self._forget_old()
            found = self._openings.get(opening_id)
            if found is None or found.staff_id != staff_id:
                raise OpeningGoneError
            found = replace(found, used_at=self._now())
            self._openings[opening_id] = found
            return found

    def close_for(self, staff_id: str) -> None:
        """End every opening of somebody, who signed out."""
        with self._lock:
            self._openings = {
                id_: each for id_, each in self._openings.items() if each.staff_id != staff_id
            }

    def _forget_old(self) -> None:
        limit = self._now() - LIFETIME
        self._openings = {id_: each for id_, each in self._openings.items() if each.used_at > limit}
