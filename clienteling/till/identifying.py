"""Asking at a till who the customer is, by face: a window at the till's own camera (purpose P7).

Somebody asks for it each time, and makes the steps of a challenge; without them the camera names
nobody. What comes of it is an attachment like any other, which staff confirm (R32): no arrival, no
card, no visit. Of a stranger nothing is left but counters.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from clienteling.access.devices import PairedDevice, purpose_at
from clienteling.recognition.liveness.challenge import steps_of
from clienteling.recognition.liveness.gesture import Step
from clienteling.service.presses import PressDesk
from clienteling.service.stop import is_stopped
from clienteling.service.windows import Outcome, Window, WindowBoard
from clienteling.till.attaching import note_attached
from clienteling.till.desk import Attached, AttachmentGoneError, TillDesk
from consent.log.events import EventKind
from consent.log.ledger import EntryView
from consent.office import Office
from consent.purposes import Purpose
from consent.records import grant_for

_ENDINGS = {EventKind.CONSENT_WITHDRAWN, EventKind.CONSENT_EXPIRED}
_ALL_ENDS = {EventKind.ERASURE_OPENED, EventKind.RESTRICTION_SET}


class Progress(StrEnum):
    """How far it is; never who."""

    CHALLENGE = "challenge"  # the camera looks, and the steps are to be made
    WAITING = "waiting"  # the time is over, and the camera's word is on its way
    ATTACHED = "attached"
    NOBODY = "nobody"  # not recognised, or not seen
    TOO_MANY = "too_many"
    NOT_ALIVE = "not_alive"  # the steps were not made as asked
    STOPPED = "stopped"
    UNAVAILABLE = "unavailable"  # the camera never answered


_PROGRESS = {
    Outcome.UNKNOWN: Progress.NOBODY,
    Outcome.NOBODY: Progress.NOBODY,
    Outcome.SEVERAL: Progress.TOO_MANY,
    Outcome.NOT_ALIVE: Progress.NOT_ALIVE,
    Outcome.STOPPED: Progress.STOPPED,
}


@dataclass(frozen=True, slots=True)
class Identification:
    """One question of a till, as it stands.

    Attributes:
        id: The window's.
        steps: What the customer is asked to do, in this order.
        until: When the camera stops looking.
        attached: Who it is, once that is known.
    """

    id: str
    progress: Progress
    steps: tuple[Step, ...]
    until: datetime
    attached: Attached | None = None


class IdentifyingDesk:
    """Identifies at the tills of one shop. May be called from any thread."""

    def __init__(
        self, office: Office, desk: TillDesk, presses: PressDesk, windows: WindowBoard
    ) -> None:
        """Work on these; nothing is kept here."""
        self._office = office
        self._desk = desk
        self._presses = presses
        self._windows = windows

    def has_camera(self, till: PairedDevice) -> bool:
        """Whether a camera stands at this till, whether it looks now or not."""
        if till.camera is None or Purpose.TILL not in self._office.choices:
            return False
        with self._office.databases.identity.read() as identity:
            return purpose_at(identity, till.camera) is Purpose.TILL

    def ask(self, till: PairedDevice) -> Identification | Outcome:
        """Have the till's camera look for one customer who asked for it; or return why not.

        Asked again while it looks, the till is answered with the same question.
        """
        if till.camera is None or not self.has_camera(till):
            return Outcome.UNAVAILABLE
        opened = self._presses.ask(till.camera, till.id)
        return opened if isinstance(opened, Outcome) else self._as_it_stands(opened)

    def find(self, window_id: str, till: PairedDevice) -> Identification:
        """Return how far a question of this till is.

        Raises:
            AttachmentGoneError: it is long past, or another till's.
        """
        window = self._windows.find(window_id)
        if window is None or window.till != till.id:
            raise AttachmentGoneError("This question is over. Ask again.")
        return self._as_it_stands(window)

    def note(self, identity: Session, window_id: str, subject_id: str) -> None:
        """Log, in the transaction of the sighting, that a customer is attached; no content.

        It stands there as the act of the till, which asked.
        """
        window = self._windows.find(window_id)
        actor = f"device:{window.till}" if window is not None else "camera"
        note_attached(identity, self._office, subject_id, confirmed=False, actor=actor)

    def attach(self, window_id: str, subject_id: str) -> None:
        """Attach whom the camera recognised, and let the till find it.

        1. The window waits for its answer still, so the till was not told that it was stopped.
        2. A withdrawal or a stop may have been committed since the check; who listens to the log
           may have passed it before there was anything to take away.
        """
        window = self._windows.find(window_id)
        if window is None or window.till is None:
            return
        made = self._desk.attach(subject_id, window.till, confirmed=False, by_face=True)
        decided = self._windows.decide(window_id, Outcome.ATTACHED, made.id)
        with self._office.databases.identity.read() as identity:
            grant = grant_for(identity, subject_id, Purpose.TILL, self._office.now())
            stopped = is_stopped(identity)
        if decided is None or grant is None or stopped:
            self._desk.release(made.id, made.till)

    def _as_it_stands(self, window: Window) -> Identification:
        steps = steps_of(window.id)
        if window.is_open:
            looks = self._office.now() < window.expires_at
            progress = Progress.CHALLENGE if looks else Progress.WAITING
            return Identification(window.id, progress, steps, window.expires_at)
        attached = self._attached(window)
        if attached is not None:
            progress = Progress.ATTACHED
        elif window.outcome is Outcome.ATTACHED:  # ended again since
            progress = Progress.NOBODY
        else:
            progress = _PROGRESS.get(window.outcome, Progress.UNAVAILABLE)
        return Identification(window.id, progress, steps, window.expires_at, attached)

    def _attached(self, window: Window) -> Attached | None:
        if window.attachment is None or window.till is None:
            return None
        try:
            return self._desk.get(window.attachment, window.till)
        except AttachmentGoneError:
            return None


def follow(desk: TillDesk, entry: EntryView) -> None:
    """Take away whom a camera recognised when the log says that this consent ended, or a stop.

    Who showed a code or told a name stays: that consent was never needed for it.
    """
    ended = entry.kind in _ENDINGS and (entry.detail or {}).get("purpose") == Purpose.TILL.value
    if entry.kind is EventKind.RECOGNITION_STOPPED:
        desk.drop_recognised()
    elif entry.about is not None and (ended or entry.kind in _ALL_ENDS):
        desk.drop_recognised(entry.about)
