"""From "this camera saw that alias" to an arrival or a till's customer, after every check.

Rules R48 and R49; what comes of a sighting, the purpose of the camera says and nothing that it
sends.

The request's signature, age and nonce are checked before (`clienteling.access.edges`). A sighting
that fails a check leaves an entry in the log and a figure; nothing of whom it was about.
"""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from clienteling.access.devices import PairedDevice
from clienteling.access.models import DeviceRow
from clienteling.bus import Bus
from clienteling.customers.models import AliasRow
from clienteling.edge_protocol import (
    MAX_SKEW_SECONDS,
    EdgePolicy,
    Ground,
    Sighting,
    SightingBatch,
    WindowClosed,
)
from clienteling.service.arrivals import ArrivalBoard
from clienteling.service.figures import Figure, count
from clienteling.service.signs import SignBook
from clienteling.service.stop import is_stopped
from clienteling.service.windows import Outcome, WindowBoard
from clienteling.till.identifying import IdentifyingDesk
from consent.clock import parse
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office
from consent.purposes import Purpose
from consent.records import grant_for

#: Topic of the tablets on the bus.
TABLETS = "tablets"

_ANSWERS_KEPT = timedelta(minutes=2)

#: Sightings without a window that one device may bring within a minute. Whoever got hold of a
#: camera box cannot have every customer of the shop announced.
UNASKED_PER_MINUTE: Final = 30
_MINUTE = timedelta(minutes=1)


class Refusal(StrEnum):
    """Why a sighting is not taken. These words are all that the log keeps of it."""

    REPLAYED = "replayed"
    TOO_OLD = "too old"
    OTHER_CAMERA = "other camera"
    STOPPED = "recognition stopped"
    HELD = "camera may not look"
    POLICY = "not this shop's policy"
    NO_WINDOW = "no open window"
    OTHER_PASS = "not the pass that was shown"  # noqa: S105  # words
    TOO_MANY = "too many"
    LEASE_OUT = "lease out"
    GALLERY_VERSION = "gallery version"
    ALIAS_UNKNOWN = "alias unknown"
    NO_CONSENT = "no consent"


@dataclass(frozen=True, slots=True)
class Taken:
    """How many sightings of a batch were taken (now or before), and how many refused."""

    accepted: int
    refused: int


@dataclass(frozen=True, slots=True)
class _Answer:
    nonce: bytes
    accepted: bool
    at: datetime


class SightingDesk:
    """Takes what edges send. One batch at a time: two cameras cannot spend one window."""

    def __init__(
        self,
        office: Office,
        policy: EdgePolicy | None,
        signs: SignBook,
        board: ArrivalBoard,
        windows: WindowBoard,
        bus: Bus,
        at_tills: IdentifyingDesk,
    ) -> None:
        """Work on these; nothing is remembered from before a restart."""
        self._at_tills = at_tills
        self._office = office
        self._policy = policy
        self._signs = signs
        self._board = board
        self._windows = windows
        self._bus = bus
        self._answers: dict[tuple[str, int], _Answer] = {}
        self._unasked: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def take(self, device: PairedDevice, batch: SightingBatch) -> Taken:
        """Take a batch. Sent again, it is answered the same and changes nothing."""
        with self._lock:
            accepted = sum(self._take_one(device, sighting) for sighting in batch.sightings)
            for closed in batch.closed:
                self._close(device, closed)
        return Taken(accepted, len(batch.sightings) - accepted)

    def _take_one(self, device: PairedDevice, sighting: Sighting) -> bool:
        now = self._office.now()
        self._forget(now)
        # 1. Answered before: the same answer, and nothing happens twice.
        before = self._answers.get((device.id, sighting.sequence))
        if before is not None and before.nonce == sighting.nonce:
            return before.accepted
        with self._office.databases.identity.write() as identity:
            verdict = self._check(identity, device, sighting, now)
            # Nobody asked to be seen, and staff have just said that it is not this person.
            is_settled = sighting.window_id is None and self._board.was_dismissed(verdict)
            if isinstance(verdict, Refusal):
                self._note_refusal(identity, device, verdict, now)
            elif device.purpose is Purpose.TILL:
                count(identity, Figure.MATCH, now)
                self._at_tills.note(identity, sighting.window_id or "", verdict)
            elif not is_settled:
                self._note_arrival(identity, device, verdict, now)
        accepted = not isinstance(verdict, Refusal)
        if verdict is not Refusal.REPLAYED:
            answer = _Answer(sighting.nonce, accepted, now)
            self._answers[device.id, sighting.sequence] = answer
        if isinstance(verdict, Refusal):
            return False
        if device.purpose is Purpose.TILL:
            self._at_tills.attach(sighting.window_id or "", verdict)
            return True
        if sighting.window_id is not None:
            self._windows.decide(sighting.window_id, Outcome.COMING)
        if not is_settled:
            self._announce(verdict, sighting.camera)
        return True

    def _check(  # noqa: PLR0911 - one return for each numbered step
        self, identity: Session, device: PairedDevice, sighting: Sighting, now: datetime
    ) -> str | Refusal:
        """Return the subject who was seen, or why nobody was."""
        row = identity.get_one(DeviceRow, device.id)
        # 2. Its number is higher than any before; from here on the number is spent.
        if sighting.sequence <= row.sequence:
            return Refusal.REPLAYED
        row.sequence = sighting.sequence
        # 3. The picture was taken within the last 30 seconds.
        if abs((now - sighting.captured_at).total_seconds()) > MAX_SKEW_SECONDS:
            return Refusal.TOO_OLD
        # 4. It speaks of the camera that this device drives.
        if sighting.camera != device.camera:
            return Refusal.OTHER_CAMERA
        # 5. Recognition is not stopped, and this camera's sign hangs.
        refusal = self._check_may_look(identity, sighting.camera)
        if refusal is not None:
            return refusal
        # 6. The camera had a ground to look.
        refusal = self._check_ground(device, sighting, now)
        if refusal is not None:
            return refusal
        # 7. The device's lease on the gallery has not run out.
        if row.lease_until is None or parse(row.lease_until) <= now:
            return Refusal.LEASE_OUT
        # 8. The gallery that it used is not older than what it acknowledged, and exists.
        newest = ledger.gallery_version(identity)
        if not row.gallery_version <= sighting.gallery_version <= newest:
            return Refusal.GALLERY_VERSION
        # 9. The alias is one of ours, for what this camera recognises for.
        alias = identity.get(AliasRow, sighting.alias)
        if alias is None or alias.purpose != device.purpose:
            return Refusal.ALIAS_UNKNOWN
        # 10. The consent under which the template was made stands now.
        grant = grant_for(identity, alias.subject_id, device.purpose, now)
        if grant is None or grant.consent_id != alias.consent_id:
            return Refusal.NO_CONSENT
        return alias.subject_id

    def _check_may_look(self, identity: Session, camera: str) -> Refusal | None:
        if is_stopped(identity):
            return Refusal.STOPPED
        return Refusal.HELD if self._signs.hold(identity, camera) is not None else None

    def _check_ground(
        self, device: PairedDevice, sighting: Sighting, now: datetime
    ) -> Refusal | None:
        """Return why the camera had no ground to look, or None.

        6a. The ground is that of the policy which was admitted for this shop: under `trigger`
            nobody is seen without a window (R1), and elsewhere nobody opens one.
        6b. A window: a customer opened it at this camera, and nothing was decided in it yet. Under
            `pass` it was opened with the very pass whose holder was seen (R26). At a till, and only
            there, it is one that a till asked for (P7).
        6c. None needed: no more of them within a minute than customers come in.
        """
        policy = None if self._policy is None else self._policy.policy
        if _GROUND.get(policy or "") != sighting.ground:
            return Refusal.POLICY
        if sighting.window_id is not None:
            awaited = self._windows.awaiting(sighting.window_id, sighting.camera)
            is_at_till = device.purpose is Purpose.TILL
            if awaited is None or (awaited.till is not None) is not is_at_till:
                return Refusal.NO_WINDOW
            is_other = policy == "pass" and awaited.alias != sighting.alias
            return Refusal.OTHER_PASS if is_other else None
        lately = self._unasked.setdefault(device.id, deque(maxlen=UNASKED_PER_MINUTE))
        if len(lately) == UNASKED_PER_MINUTE and now - lately[0] < _MINUTE:
            return Refusal.TOO_MANY
        lately.append(now)
        return None

    def _note_refusal(
        self, identity: Session, device: PairedDevice, refusal: Refusal, now: datetime
    ) -> None:
        count(identity, Figure.SIGHTING_REFUSED, now)
        ledger.append(
            identity,
            self._office.ring,
            EventKind.SIGHTING_REFUSED,
            actor=device.actor,
            about=None,
            detail={"reason": refusal.value},
            now=now,
        )

    def _note_arrival(
        self, identity: Session, device: PairedDevice, subject_id: str, now: datetime
    ) -> None:
        count(identity, Figure.MATCH, now)
        if self._board.of_subject(subject_id):
            return  # on the board already: no second arrival
        count(identity, Figure.ARRIVAL, now)
        ledger.append(
            identity,
            self._office.ring,
            EventKind.ARRIVAL_ANNOUNCED,
            actor=device.actor,
            about=subject_id,
            detail={"camera": device.camera},
            now=now,
        )

    def _announce(self, subject_id: str, camera: str) -> None:
        arrival, new = self._board.announce(subject_id, camera)
        if new:
            self._bus.publish(TABLETS, "arrival", {"arrival_id": arrival.id})
        # A withdrawal may have been committed since the check; the watcher may have passed it.
        with self._office.databases.identity.read() as identity:
            grant = grant_for(identity, subject_id, Purpose.RECOGNISE, self._office.now())
            stopped = is_stopped(identity)
        if grant is None or stopped:
            for gone in self._board.drop_recognised(subject_id):
                self._bus.publish(TABLETS, "gone", {"arrival_id": gone.id})

    def _close(self, device: PairedDevice, closed: WindowClosed) -> None:
        if device.camera is None:
            return
        awaited = self._windows.awaiting(closed.window_id, device.camera)
        if awaited is None:
            return  # decided already (a match), sent again, or not this camera's
        outcome, figure = _ENDINGS[closed.decision]
        if awaited.till is not None and closed.decision == "spoof":
            outcome = Outcome.NOT_ALIVE  # there strangers are checked as customers are
        if self._windows.decide(closed.window_id, outcome) is not None:
            with self._office.databases.identity.write() as identity:
                count(identity, figure, self._office.now())

    def _forget(self, now: datetime) -> None:
        old = [key for key, answer in self._answers.items() if now - answer.at > _ANSWERS_KEPT]
        for key in old:
            del self._answers[key]


#: On which ground cameras may look under each policy.
_GROUND: dict[str, Ground] = {
    "pass": "window",
    "trigger": "window",
    "zone": "zone",
    "ambient": "ambient",
}

#: How a window's end shows on the display and is counted. A "match" that reaches this point is one
#: whose sighting was refused: nobody is coming.
_ENDINGS: dict[str, tuple[Outcome, Figure]] = {
    "match": (Outcome.UNKNOWN, Figure.UNKNOWN),
    "ambiguous": (Outcome.UNKNOWN, Figure.AMBIGUOUS),
    "unknown": (Outcome.UNKNOWN, Figure.UNKNOWN),
    # Who holds up a picture learns no more than a stranger does.
    "spoof": (Outcome.UNKNOWN, Figure.SPOOF),
    "abort": (Outcome.SEVERAL, Figure.ABORT),
    "none": (Outcome.NOBODY, Figure.NONE),
}
