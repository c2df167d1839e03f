"""Visits to a kiosk, in the hub's memory only: joining, new pictures, leaving.

A session is bound to its kiosk and a random id, one at a time for each kiosk. It ends when the
customer is done, after ten minutes without somebody who asks for more time, or when the next one
starts; then everything typed is gone, and a capture that was not finished is closed as withdrawn.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from clienteling.errors import ClientelingError
from clienteling.recognition.likeness import Likeness
from consent.keystore.holder import HolderSecret
from consent.office import Withdrawal
from consent.purposes import Purpose
from web.kiosk.draft import Draft

#: How long a session lasts unless the customer asks for more time.
LIFETIME = timedelta(minutes=10)


class SessionGoneError(ClientelingError):
    """The session ended: done, timed out, or of another kiosk. Start again."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("This visit to the kiosk has ended. Start again.")


@dataclass(frozen=True, slots=True)
class Membership:
    """What is left to remember once the consents are recorded.

    Attributes:
        flow_id: The open enrolment, for the template.
        granted: What stands, with the account.
        code: The code that withdraws; shown once.
        receipt: The signed receipt.
    """

    subject_id: str = field(repr=False)
    flow_id: str
    granted: frozenset[Purpose]
    code: str = field(repr=False)
    receipt: dict[str, Any] = field(repr=False)


@dataclass(slots=True, eq=False)
class Session:
    """One customer at one kiosk. `lock` is held by the request that changes it."""

    id: str
    device_id: str
    ends_at: datetime
    lock: threading.RLock = field(default_factory=threading.RLock)
    ended: bool = False


@dataclass(slots=True, eq=False)
class Picturing(Session):
    """Somebody whose template is to be made before the camera (`web.kiosk.camera`).

    Attributes:
        capturing: Whether a template is still to be made.
        template: Whether one was made.
        likeness: Whether somebody who looks very much like this customer is one already.
        frames: When the newest frames came, monotonic seconds.
        holder: The pass that was made and has not been handed over yet; nowhere else is it kept.
    """

    capturing: bool = False
    template: bool = False
    likeness: Likeness = Likeness.NONE
    frames: tuple[float, ...] = ()
    holder: HolderSecret | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Joining(Picturing):
    """Somebody joins.

    Attributes:
        notice_version: The texts shown throughout.
        draft: The answers; emptied when the consents are recorded.
        member: Set from then on.
        renews: The customer, if this is no joining but a renewal.
        began_at: When the first question was asked; None: it is a renewal.
    """

    notice_version: str = ""
    draft: Draft = field(default_factory=Draft)
    member: Membership | None = None
    renews: str | None = field(default=None, repr=False)
    began_at: datetime | None = None


@dataclass(slots=True, eq=False)
class Renewing(Picturing):
    """A customer whose consent stands has new pictures taken; who they are was checked before.

    Attributes:
        ended_old: The pass before may be in other hands: it was ended at once.
    """

    subject_id: str = field(default="", repr=False)
    ended_old: bool = False


@dataclass(slots=True, eq=False)
class Leaving(Session):
    """Somebody with a receipt code leaves. Knows whose code it is, and nothing else."""

    subject_id: str = field(default="", repr=False)
    erased: bool = False
    withdrawal: Withdrawal | None = field(default=None, repr=False)


S = TypeVar("S", bound=Session)


class KioskSessions:
    """All kiosks' sessions. Threads may share it."""

    def __init__(self, now: Callable[[], datetime], abandon: Callable[[str], None]) -> None:
        """Start with none.

        Args:
            now: The clock.
            abandon: Closes an enrolment, by its flow, that ends without a template.
        """
        self._now = now
        self._abandon = abandon
        self._sessions: dict[str, Session] = {}
        self._timers: dict[str, threading.Timer] = {}
        self._lock = threading.Lock()

    def join(self, device_id: str, notice_version: str, draft: Draft | None = None) -> Joining:
        """Open a session for somebody who joins; this kiosk's earlier one ends."""
        session = Joining(
            secrets.token_urlsafe(16),
            device_id,
            self._now() + LIFETIME,
            notice_version=notice_version,
            draft=draft or Draft(),
        )
        self._open(session)
        return session

    def leave(self, device_id: str, subject_id: str) -> Leaving:
        """Open a session for somebody whose receipt code was right."""
        session = Leaving(
            secrets.token_urlsafe(16), device_id, self._now() + LIFETIME, subject_id=subject_id
        )
        self._open(session)
        return session

    def renew(self, device_id: str, subject_id: str) -> Renewing:
        """Open a session for a customer of whom new pictures are to be taken."""
        session = Renewing(
            secrets.token_urlsafe(16), device_id, self._now() + LIFETIME, subject_id=subject_id
        )
        self._open(session)
        return session

    def get(self, kind: type[S], session_id: str, device_id: str) -> S:
        """Return a running session of this kiosk.

        Raises:
            SessionGoneError: it ended, or is not this kiosk's.
        """
        with self._lock:
            session = self._sessions.get(session_id)
        if not isinstance(session, kind) or session.device_id != device_id:
            raise SessionGoneError
        if session.ends_at <= self._now():
            self.end(session)
            raise SessionGoneError
        return session

    def open_of(self, holder: str) -> Session | None:
        """Return the running session that is open there, if there is one."""
        with self._lock:
            found = next((s for s in self._sessions.values() if s.device_id == holder), None)
        if found is not None and found.ends_at <= self._now():
            self.end(found)
            return None
        return found

    def prolong(self, session: Session) -> None:
        """Give the customer who asked for it another ten minutes."""
        session.ends_at = self._now() + LIFETIME
        with self._lock:
            if session.id in self._sessions:
                self._set_timer(session)

    def end(self, session: Session) -> None:
        """Forget a session; an enrolment without its template is closed as withdrawn."""
        with self._lock:
            self._sessions.pop(session.id, None)
            timer = self._timers.pop(session.id, None)
        if timer is not None:
            timer.cancel()
        with session.lock:
            session.ended = True
            if not isinstance(session, Picturing):
                return
            was_capturing, session.capturing, session.holder = session.capturing, False, None
            if isinstance(session, Joining):
                session.draft = Draft()
                if was_capturing and session.member is not None:
                    self._abandon(session.member.flow_id)

    def running(self) -> int:
        """How many sessions are open."""
        with self._lock:
            return len(self._sessions)

    def _open(self, session: Session) -> None:
        with self._lock:
            earlier = [s for s in self._sessions.values() if s.device_id == session.device_id]
        for one in earlier:
            self.end(one)
        with self._lock:
            self._sessions[session.id] = session
            self._set_timer(session)

    def _set_timer(self, session: Session) -> None:
        """Forget on time even if nobody ever asks again. Call with the lock held."""
        earlier = self._timers.pop(session.id, None)
        if earlier is not None:
            earlier.cancel()
        timer = threading.Timer(LIFETIME.total_seconds(), self.end, [session])
        timer.daemon = True
        timer.start()
        self._timers[session.id] = timer
