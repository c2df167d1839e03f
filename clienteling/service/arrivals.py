"""Who has just been recognised, or told staff their name: in memory, for two minutes.

While the member of staff who confirmed the person goes on touching the card, it stays, for at most
twenty minutes (docs/decisions/0280).

An arrival is not a visit and is never written down. Confirming is the act after which allergies
may be shown (R32); it holds for that one arrival.
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from clienteling.errors import ClientelingError

#: How long an arrival lives, counted from the sighting.
LIFETIME = timedelta(minutes=2)
#: How long one that is served may live, counted likewise.
SERVED = timedelta(minutes=20)
#: A greeting is soon if it comes within so long.
SOON = timedelta(minutes=1)


class ArrivalGoneError(ClientelingError):
    """The arrival has ended (two minutes, dismissed, consent withdrawn) or never was."""


class CardUnreadableError(ClientelingError):
    """What the card would show is here, but damaged: the arrival goes on without it."""

    def __init__(self) -> None:
        """Say it, and whom to tell."""
        super().__init__(
            "The data of this customer is damaged and cannot be read. Greet them without the card. "
            "Tell the privacy officer."
        )


class ArrivalClaimedError(ClientelingError):
    """A colleague is already with this customer."""


class ArrivalState(StrEnum):
    """How far staff are with an arrival."""

    NEW = "new"
    CLAIMED = "claimed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Staff:
    """Who acts: the user's id (for the log) and the name that colleagues see."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """One customer who is in the shop now.

    Attributes:
        greeted: Staff said that they greeted the customer.
        stays: Until when it lives; None: two minutes.
        camera: Which camera recognised the customer; None: no camera did, staff were told the name.
    """

    id: str
    subject_id: str
    camera: str | None
    at: datetime
    state: ArrivalState = ArrivalState.NEW
    claimed_by: Staff | None = None
    greeted: bool = False
    stays: datetime | None = None

    @property
    def confirmed(self) -> bool:
        """Whether staff confirmed the person together with the customer (R32)."""
        return self.state is ArrivalState.CONFIRMED

    @property
    def asked_by_name(self) -> bool:
        """Whether the customer told their name instead of being recognised (R6)."""
        return self.camera is None

    @property
    def mark(self) -> str:
        """Another value means that the card says something else than before."""
        said = f"{self.state}:greeted" if self.greeted else self.state.value
        return said if self.claimed_by is None else f"{said}:{self.claimed_by.id}"

    @property
    def until(self) -> datetime:
        """When it ends."""
        return self.stays or self.at + LIFETIME

    def seconds_left(self, now: datetime) -> int:
        """Seconds until the arrival ends; never below 0."""
        return max(0, int((self.until - now).total_seconds()))


class ArrivalBoard:
    """The live list, the same for every tablet. Every method may be called from any thread."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start empty; `now` gives UTC."""
        self._now = now
        self._arrivals: dict[str, Arrival] = {}
        self._dismissed: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def announce(self, subject_id: str, camera: str) -> tuple[Arrival, bool]:
        """Add an arrival; a customer who is on the board already stays as they are.

        Returns:
            The arrival, and whether it is new (only then are tablets told).
        """
        with self._lock:
            return self._add(subject_id, camera)

    def ask_for(self, subject_id: str, staff: Staff) -> tuple[Arrival, bool]:
        """Add a customer who told `staff` their name, claimed by `staff` from the beginning.

        One who is on the board already is claimed there.

        Returns:
            The arrival, and whether it is new.

        Raises:
            ArrivalClaimedError: a colleague is with this customer.
        """
        with self._lock:
            arrival, new = self._add(subject_id, None)
            return self._claim(arrival, staff), new

    def get(self, arrival_id: str) -> Arrival:
        """Return a live arrival.

        Raises:
            ArrivalGoneError: it has ended.
        """
        with self._lock:
            return self._live(arrival_id)

    def live(self) -> tuple[Arrival, ...]:
        """Return the live arrivals, newest first."""
        with self._lock:
            return tuple(sorted(self._fresh(), key=lambda arrival: arrival.at, reverse=True))

    def claim(self, arrival_id: str, staff: Staff) -> Arrival:
        """Say "I am going to this customer"; claiming one's own again changes nothing.

        Raises:
            ArrivalGoneError: it has ended.
            ArrivalClaimedError: a colleague was first.
        """
        with self._lock:
            return self._claim(self._live(arrival_id), staff)

    def release(self, arrival_id: str, staff: Staff) -> Arrival:
        """Give a claimed arrival back to the colleagues; its confirmation ends too.

        Raises:
            ArrivalGoneError: it has ended.
            ArrivalClaimedError: a colleague holds it.
        """
        with self._lock:
            arrival = self._live(arrival_id)
            self._refuse_if_anothers(arrival, staff)
            arrival = replace(arrival, state=ArrivalState.NEW, claimed_by=None, stays=None)
            self._arrivals[arrival_id] = arrival
            return arrival

    def confirm(self, arrival_id: str, staff: Staff) -> tuple[Arrival, bool]:
        """Say "the customer says that this is them"; claims it as well.

        Returns:
            The arrival, and whether this call confirmed it (False: it was confirmed already).

        Raises:
            ArrivalGoneError: it has ended.
            ArrivalClaimedError: a colleague holds it.
        """
        with self._lock:
            arrival = self._live(arrival_id)
            self._refuse_if_anothers(arrival, staff)
            if arrival.confirmed:
                return arrival, False
            arrival = replace(arrival, state=ArrivalState.CONFIRMED, claimed_by=staff)
            self._arrivals[arrival_id] = arrival
            return arrival, True

    def greet(self, arrival_id: str, staff: Staff) -> tuple[Arrival, bool]:
        """Say "I greeted this customer"; claims it as well.

        Returns:
            The arrival, and whether this call said so first.

        Raises:
            ArrivalGoneError: it has ended.
            ArrivalClaimedError: a colleague holds it.
        """
        with self._lock:
            arrival = self._claim(self._live(arrival_id), staff)
            if arrival.greeted:
                return arrival, False
            arrival = replace(arrival, greeted=True)
            self._arrivals[arrival_id] = arrival
            return arrival, True

    def stay(self, arrival_id: str, staff: Staff) -> Arrival:
        """Let a confirmed arrival live two minutes from now on, twenty in all: it is being served.

        One that is not confirmed, or a colleague's, is left as it is.

        Raises:
            ArrivalGoneError: it has ended.
        """
        with self._lock:
            arrival = self._live(arrival_id)
            if arrival.confirmed and arrival.claimed_by == staff:
                until = min(self._now() + LIFETIME, arrival.at + SERVED)
                arrival = replace(arrival, stays=max(until, arrival.until))
                self._arrivals[arrival_id] = arrival
            return arrival

    def dismiss(self, arrival_id: str, staff: Staff) -> Arrival:
        """Take an arrival away: not this person.

        Raises:
            ArrivalGoneError: it has ended.
            ArrivalClaimedError: a colleague is with the customer; it is theirs to say.
        """
        with self._lock:
            arrival = self._live(arrival_id)
            self._refuse_if_anothers(arrival, staff)
            del self._arrivals[arrival_id]
            self._dismissed[arrival.subject_id] = self._now()
            return arrival

    def was_dismissed(self, subject_id: str) -> bool:
        """Whether staff said "not this person" within the life of an arrival."""
        with self._lock:
            limit = self._now() - LIFETIME
            self._dismissed = {who: at for who, at in self._dismissed.items() if at > limit}
            return subject_id in self._dismissed

    def drop_subject(self, subject_id: str) -> tuple[Arrival, ...]:
        """Take everything of a customer away: the account ended."""
        with self._lock:
            self._dismissed.pop(subject_id, None)
        return self._drop(lambda arrival: arrival.subject_id == subject_id)

    def drop_recognised(self, subject_id: str) -> tuple[Arrival, ...]:
        """Take a customer away whom a camera recognised: recognition was withdrawn.

        One who told their name stays: that consent was never needed for it.
        """
        return self._drop(lambda a: a.subject_id == subject_id and not a.asked_by_name)

    def of_subject(self, subject_id: str) -> tuple[Arrival, ...]:
        """Return the live arrivals of one customer."""
        return tuple(a for a in self.live() if a.subject_id == subject_id)

    def clear(self) -> tuple[Arrival, ...]:
        """Take away everybody whom a camera recognised: recognition was stopped."""
        return self._drop(lambda arrival: not arrival.asked_by_name)

    def sweep(self) -> tuple[Arrival, ...]:
        """Take away what is older than two minutes, and return it so that tablets can be told."""
        now = self._now()
        return self._drop(lambda arrival: arrival.until <= now)

    def _drop(self, which: Callable[[Arrival], bool]) -> tuple[Arrival, ...]:
        with self._lock:
            gone = tuple(arrival for arrival in self._arrivals.values() if which(arrival))
            for arrival in gone:
                del self._arrivals[arrival.id]
            return gone

    def _add(self, subject_id: str, camera: str | None) -> tuple[Arrival, bool]:
        for arrival in self._fresh():
            if arrival.subject_id == subject_id:
                return arrival, False
        arrival = Arrival(str(uuid.uuid4()), subject_id, camera, self._now())
        self._arrivals[arrival.id] = arrival
        return arrival, True

    def _claim(self, arrival: Arrival, staff: Staff) -> Arrival:
        self._refuse_if_anothers(arrival, staff)
        if arrival.state is ArrivalState.NEW:
            arrival = replace(arrival, state=ArrivalState.CLAIMED, claimed_by=staff)
            self._arrivals[arrival.id] = arrival
        return arrival

    def _fresh(self) -> list[Arrival]:
        now = self._now()
        return [arrival for arrival in self._arrivals.values() if arrival.until > now]

    def _live(self, arrival_id: str) -> Arrival:
        arrival = self._arrivals.get(arrival_id)
        if arrival is None or arrival.until <= self._now():
            raise ArrivalGoneError("This card has ended. Ask the customer to be greeted again.")
        return arrival

    @staticmethod
    def _refuse_if_anothers(arrival: Arrival, staff: Staff) -> None:
        if arrival.claimed_by is not None and arrival.claimed_by.id != staff.id:
            raise ArrivalClaimedError(f"{arrival.claimed_by.name} is already with this customer.")
