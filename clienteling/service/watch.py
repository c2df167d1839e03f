"""The hub's watcher: reads the log as it grows, whoever wrote to it, and lets everyone know.

A withdrawal on the command line takes the card off the tablets and the template off the cameras
just as one at the kiosk does, because both stand in the log. Open flows are carried on here too.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from clienteling.bus import Bus
from clienteling.customers.directory import Directory
from clienteling.customers.models import TemplateRow
from clienteling.edge_protocol import GalleryChanged, Resume, Revoke, Stop
from clienteling.retention.clock import ClockDoubtedError, StepWatch, note_step
from clienteling.retention.job import Batch, batches
from clienteling.service.arrivals import Arrival, ArrivalBoard
from clienteling.service.cameras import tell, tell_all
from clienteling.service.sightings import TABLETS
from clienteling.service.windows import Outcome, WindowBoard
from consent.endings import Memory
from consent.erasure import note_screens
from consent.errors import ConsentError, StorageError
from consent.log import ledger
from consent.log.events import GALLERY_KINDS, EventKind
from consent.log.ledger import EntryView
from consent.models import DataKeyRow
from consent.office import Office, resume
from consent.purposes import Purpose

_log = logging.getLogger(__name__)

#: Seconds between looks at the log, and between looks at open flows.
POLL = 0.25
FLOWS = 1.0
#: Seconds without a round that succeeded, after which nobody is recognised: this hub may not have
#: heard who left, or could not forget them (R49).
STUCK = 30.0
#: Seconds between notes of how long the log is.
REMEMBER = 5.0
#: Seconds between retention runs; the first is at the start.
SWEEP = 3600.0
#: Seconds that a round gives the run: who withdraws meanwhile must not wait for it.
SWEEPING = 0.2
_BATCH = 500

_ENDINGS = {EventKind.CONSENT_WITHDRAWN, EventKind.CONSENT_EXPIRED}
_ALL_ENDS = {EventKind.ERASURE_OPENED, EventKind.RESTRICTION_SET}


class Watcher:
    """One per hub. `start` runs it in a thread; `step` does one round (tests call it)."""

    def __init__(
        self,
        office: Office,
        memory: Memory,
        board: ArrivalBoard,
        windows: WindowBoard,
        bus: Bus,
        directory: Directory,
        *,
        ended: Callable[[str], None] = lambda _subject_id: None,
        listeners: Sequence[Callable[[EntryView], None]] = (),
    ) -> None:
        """Begin at the present end of the log: what is older, cameras hear when they connect.

        `ended` is told of each account that ends, for whoever else holds somebody in memory.
        `listeners` hear each entry as it comes; none of them raises.
        """
        self._ended = ended
        self._office = office
        self._memory = memory
        self._board = board
        self._windows = windows
        self._bus = bus
        self._directory = directory
        self._listeners = tuple(listeners)
        with office.databases.identity.read() as identity:
            self._seen = ledger.size(identity) - 1
        self._remembered, self._remembered_at = self._seen, 0.0
        self._flows_at = 0.0
        self._swept_at: float | None = None
        self._sweeping: Iterator[Batch] = iter(())
        self._steps = StepWatch(office.now)
        self._last_round = time.monotonic()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def lag(self) -> float:
        """Seconds since the last round that succeeded; more than a few means that it is stuck."""
        return time.monotonic() - self._last_round

    @property
    def is_stuck(self) -> bool:
        """Whether it was started, and has ended or had no round that succeeded for `STUCK`."""
        return self._thread is not None and (not self.running or self.lag > STUCK)

    def start(self) -> None:
        """Run in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(timeout=15)

    def _run(self) -> None:
        failing = False
        while not self._ending.wait(POLL):
            try:
                self.step()
                failing = False
            except Exception as error:  # noqa: BLE001 - it must go on: nobody else does this
                if not failing:  # once, not four times a second
                    what = str(error) if isinstance(error, ConsentError) else type(error).__name__
                    _log.error("watcher: %s; trying again", what)
                failing = True

    def step(self) -> None:
        """Read what is new in the log, act on it, and carry open flows on.

        Raises:
            StorageError: a database is away or full. The round does not count then.
        """
        self._read_log()
        self._remember()
        self._directory.follow()
        for arrival in self._board.sweep():
            self._gone(arrival)
        if time.monotonic() - self._flows_at >= FLOWS:
            self._flows_at = time.monotonic()
            try:
                resume(self._office)
                self._sweep()
                self._reach_all()
            except StorageError:
                self._flows_at = 0.0  # the next round tries again, and does not pass for a good one
                raise
            except ConsentError as error:
                _log.error("an open flow waits: %s", error)
        self._last_round = time.monotonic()

    def _reach_all(self) -> None:
        """Fail while a database is away: nobody could be forgotten in it (R49)."""
        with self._office.databases.keys.read() as keys:
            keys.get(DataKeyRow, ("", ""))
        with self._office.databases.templates.read() as templates:
            templates.get(TemplateRow, "")

    def _remember(self) -> None:
        """Keep how long the log is outside the database, so that going back shows (R38)."""
        if self._seen > self._remembered and time.monotonic() - self._remembered_at >= REMEMBER:
            self._remembered, self._remembered_at = self._seen, time.monotonic()
            self._memory.remember(self._office.databases.identity)

    def _sweep(self) -> None:
        before = self._steps.stepped()
        if before is not None:
            note_step(self._office, before)
            self._swept_at, self._sweeping = None, iter(())
        if self._swept_at is None or time.monotonic() - self._swept_at >= SWEEP:
            self._swept_at = time.monotonic()
            self._sweeping = batches(self._office)
        until = time.monotonic() + SWEEPING
        try:
            while time.monotonic() < until and next(self._sweeping, None) is not None:
                pass
        except ClockDoubtedError as doubted:
            _log.error("retention: %s", doubted)

    def _read_log(self) -> None:
        while True:
            with self._office.databases.identity.read() as identity:
                entries = ledger.entries_after(identity, self._seen, None, _BATCH)
                version = ledger.gallery_version(identity)
            ended: set[tuple[str, str]] = set()
            for entry in entries:
                self._act(entry, version)
                for hear in self._listeners:
                    hear(entry)
                self._seen = entry.leaf_index
                if entry.kind in _ENDINGS and entry.about is not None:
                    ended.add((entry.about, entry.at))
            if ended:
                note_screens(self._office, ended)
            if len(entries) < _BATCH:
                return

    def _act(self, entry: EntryView, version: int) -> None:
        if entry.kind in {EventKind.TEMPLATE_REMOVED, EventKind.RESTRICTION_SET}:
            self._revoke(entry, version)
        elif entry.kind in GALLERY_KINDS:
            self._tell_cameras(GalleryChanged(version=version))
        if entry.kind in _ENDINGS or entry.kind in _ALL_ENDS:
            self._consent_ended(entry)
        elif entry.kind is EventKind.RECOGNITION_STOPPED:
            self._stopped()
        elif entry.kind is EventKind.RECOGNITION_RESUMED:
            self._tell_cameras(Resume())
            self._bus.publish(TABLETS, "resumed", {})
        elif entry.kind is EventKind.SIGN_ATTESTED:
            # It asks for its gallery, and learns there whether it may look now.
            tell(self._bus, str((entry.detail or {}).get("camera")), Resume())
        elif entry.kind is EventKind.PAPER_EXPORTED:
            self._tell_cameras(Resume())  # likewise: they may have waited for it
        elif entry.kind is EventKind.CLOCK_CONFIRMED:
            self._swept_at = None  # what waited for it goes now

    def _revoke(self, entry: EntryView, version: int) -> None:
        aliases = tuple((entry.detail or {}).get("aliases", ()))
        if aliases:
            self._tell_cameras(Revoke(version=version, aliases=aliases))
        else:
            self._tell_cameras(GalleryChanged(version=version))

    def _consent_ended(self, entry: EntryView) -> None:
        if entry.about is None:
            return
        purpose = (entry.detail or {}).get("purpose")
        if entry.kind in _ALL_ENDS or purpose == Purpose.ACCOUNT.value:
            self._ended(entry.about)
            for arrival in self._board.drop_subject(entry.about):
                self._gone(arrival)
        elif purpose == Purpose.RECOGNISE.value:
            for arrival in self._board.drop_recognised(entry.about):
                self._gone(arrival)
        else:
            for arrival in self._board.of_subject(entry.about):
                self._bus.publish(TABLETS, "changed", {"arrival_id": arrival.id})

    def _stopped(self) -> None:
        self._tell_cameras(Stop())
        self._windows.close_all(Outcome.STOPPED)
        for arrival in self._board.clear():
            self._gone(arrival)
        self._bus.publish(TABLETS, "stopped", {})

    def _gone(self, arrival: Arrival) -> None:
        self._bus.publish(TABLETS, "gone", {"arrival_id": arrival.id})

    def _tell_cameras(self, event: GalleryChanged | Revoke | Stop | Resume) -> None:
        tell_all(self._bus, self._office.databases, event)
