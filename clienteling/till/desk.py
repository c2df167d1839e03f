"""Who stands at which till: in memory, for ten minutes, by a handle that says nothing."""

import threading
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from clienteling.errors import ClientelingError

#: How long a customer stays attached, and how long a name that was found can be chosen.
LIFETIME = timedelta(minutes=10)
CHOOSABLE = timedelta(minutes=1)
#: So many handles that ended are remembered for who asks; nobody may.
_ENDED = 1000


class AttachmentGoneError(ClientelingError):
    """The customer is no longer attached, or was attached at another till."""


class NotConfirmedError(ClientelingError):
    """Nobody asked the customer yet whether it is them (R32)."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A customer at a till.

    Attributes:
        id: The handle: random, good at this till only.
        till: The device's id.
        confirmed: They showed a code of their own, or were asked.
        sent: A colleague on the shop floor sent them here; nobody at the till asked for it.
        by_face: A camera recognised them.
    """

    id: str
    subject_id: str
    till: str
    at: datetime
    confirmed: bool
    sent: bool = False
    by_face: bool = False

    @property
    def until(self) -> datetime:
        """When it ends."""
        return self.at + LIFETIME


class TillDesk:
    """Every attachment of a hub. Its methods may be called from any thread."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start empty; `now` gives UTC."""
        self._now = now
        self._attached: dict[str, Attached] = {}
        self._offers: dict[str, tuple[str, str, datetime]] = {}
        self._ended: deque[str] = deque(maxlen=_ENDED)
        self._lock = threading.Lock()

    def attach(
        self, subject_id: str, till: str, *, confirmed: bool, by_face: bool = False
    ) -> Attached:
        """Attach a customer."""
        with self._lock:
            self._sweep()
            handle, now = str(uuid.uuid4()), self._now()
            made = Attached(handle, subject_id, till, now, confirmed, by_face=by_face)
            self._attached[made.id] = made
            return made

    def send(self, subject_id: str, till: str, *, confirmed: bool) -> Attached:
        """Attach a customer whom a colleague on the floor sends to this till.

        Sent twice they stand there once, with what is known by now.
        """
        with self._lock:
            self._sweep()
            for one in self._attached.values():
                if one.sent and (one.subject_id, one.till) == (subject_id, till):
                    known = replace(one, confirmed=one.confirmed or confirmed)
                    self._attached[one.id] = known
                    return known
            at = self._now()
            made = Attached(str(uuid.uuid4()), subject_id, till, at, confirmed, sent=True)
            self._attached[made.id] = made
            return made

    def sent_to(self, till: str) -> tuple[Attached, ...]:
        """Return whom colleagues sent to this till and who has not left, the first first."""
        with self._lock:
            self._sweep()
            here = (one for one in self._attached.values() if one.sent and one.till == till)
            return tuple(sorted(here, key=lambda one: one.at))

    def offer(self, subject_id: str, till: str) -> str:
        """Return the handle by which this till may choose somebody who was found by name."""
        with self._lock:
            self._sweep()
            handle = str(uuid.uuid4())
            self._offers[handle] = (subject_id, till, self._now())
            return handle

    def choose(self, handle: str, till: str) -> Attached:
        """Attach somebody who was found by name and said that it is them.

        Raises:
            AttachmentGoneError: found longer than a minute ago, or at another till.
        """
        with self._lock:
            self._sweep()
            subject_id, offered_to, _ = self._offers.get(handle, ("", "", None))
            if not subject_id or offered_to != till:
                raise AttachmentGoneError("Look the customer up again.")
            del self._offers[handle]
        return self.attach(subject_id, till, confirmed=False)

    def get(self, handle: str, till: str) -> Attached:
        """Return who is attached.

        Raises:
            AttachmentGoneError: ended, or another till's.
        """
        with self._lock:
            self._sweep()
            found = self._attached.get(handle)
        if found is None or found.till != till:
            raise AttachmentGoneError("This customer is no longer attached. Scan the code again.")
        return found

    def confirm(self, handle: str, till: str) -> Attached:
        """Note that the customer was asked, and said that it is them.

        Raises:
            AttachmentGoneError: as `get`.
        """
        found = replace(self.get(handle, till), confirmed=True)
        with self._lock:
            self._attached[handle] = found
        return found

    def release(self, handle: str, till: str) -> Attached | None:
        """Forget who was attached, and return it; None if that has ended."""
        with self._lock:
            found = self._attached.get(handle)
            if found is None or found.till != till:
                return None
            self._ended.append(handle)
            return self._attached.pop(handle)

    def drop_subject(self, subject_id: str) -> None:
        """Forget a customer everywhere: the account ended."""
        with self._lock:
            self._keep(lambda one: one.subject_id != subject_id)
            self._offers = {id_: one for id_, one in self._offers.items() if one[0] != subject_id}

    def ended(self) -> tuple[str, ...]:
        """Return the handles that ended since this was asked last, and forget them."""
        with self._lock:
            self._sweep()
            handles = tuple(self._ended)
            self._ended.clear()
            return handles

    def _keep(self, stays: Callable[[Attached], bool]) -> None:
        kept = {id_: one for id_, one in self._attached.items() if stays(one)}
        self._ended.extend(self._attached.keys() - kept.keys())
        self._attached = kept

    def drop_recognised(self, subject_id: str | None = None) -> None:
        """Forget whom a camera recognised: this customer, whose consent ended; None: everybody."""
        with self._lock:
            self._keep(lambda one: not one.by_face or subject_id not in {None, one.subject_id})

    def _sweep(self) -> None:
        now = self._now()
        self._keep(lambda one: one.until > now)
        self._offers = {id_: one for id_, one in self._offers.items() if one[2] + CHOOSABLE > now}
