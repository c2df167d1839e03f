"""Trigger windows: ten seconds in which a camera may look for one customer who asked (R1).

In the hub's memory; a restart closes them all, which is the safe side.
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

#: How long a window stays open.
WINDOW = timedelta(seconds=10)

#: How long after its end a decision made inside it may still arrive, and its result be read.
GRACE = timedelta(seconds=5)
REMEMBER = timedelta(seconds=60)

#: What `opened_lately` looks back on; not longer than windows are remembered.
LATELY = timedelta(seconds=60)


class Outcome(StrEnum):
    """What the greeting display says; never who."""

    LOOKING = "looking"
    COMING = "coming"  # a colleague is on the way
    ATTACHED = "attached"  # at a till
    UNKNOWN = "unknown"
    SEVERAL = "several"
    NOBODY = "nobody"  # nobody stood where the camera looks
    NOT_ALIVE = "not_alive"  # the steps were not made; said at a till only
    UNAVAILABLE = "unavailable"
    STOPPED = "stopped"
    BUSY = "busy"  # pressed too often of late
    NO_BUTTON = "no_button"  # this shop's cameras wait for nobody's press
    AT_TILL = "at_till"  # this camera looks when its till asks
    SHOW_PASS = "show_pass"  # noqa: S105  # here a pass is shown instead
    UNKNOWN_PASS = "unknown_pass"  # noqa: S105  # no pass, or none of this shop's (any more)


@dataclass(frozen=True, slots=True)
class Window:
    """One press on "greet me", one showing of a pass, or one question of a till.

    Attributes:
        alias: Whose it may be, where a pass was shown.
        till: The device that asked, at a till.
        attachment: The handle that the till got, once somebody is attached.
    """

    id: str
    camera: str
    opened_at: datetime
    expires_at: datetime
    outcome: Outcome = Outcome.LOOKING
    decided_at: datetime | None = None
    alias: str | None = field(default=None, repr=False)
    till: str | None = None
    attachment: str | None = field(default=None, repr=False)

    @property
    def is_open(self) -> bool:
        """Whether no decision has been made yet."""
        return self.outcome is Outcome.LOOKING

    def looked(self, since: datetime, now: datetime) -> timedelta:
        """How long between these moments the camera was allowed to look."""
        end = min(self.decided_at or self.expires_at, self.expires_at, now)
        return max(timedelta(), end - max(self.opened_at, since))


class WindowBoard:
    """The windows of this shop's cameras. Every method may be called from any thread."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start with none open; `now` gives UTC."""
        self._now = now
        self._windows: dict[str, Window] = {}
        self._lock = threading.Lock()

    def open(
        self, camera: str, alias: str | None = None, till: str | None = None
    ) -> tuple[Window, bool]:
        """Open a window; while one is open for this camera that one stands.

        With an alias it is for the holder of that pass, and for nobody else; with a till, for it.

        Returns:
            The window, and whether it is new (only then is the edge told).
        """
        with self._lock:
            now = self._now()
            self._forget(now)
            standing = self._standing(camera, now)
            if standing is not None:
                return standing, False
            window = Window(str(uuid.uuid4()), camera, now, now + WINDOW, alias=alias, till=till)
            self._windows[window.id] = window
            return window, True

    def refuse(self, camera: str, outcome: Outcome) -> None:
        """Let the display say why no window was opened; no camera hears of it."""
        with self._lock:
            now = self._now()
            self._forget(now)
            window = Window(str(uuid.uuid4()), camera, now, now, outcome, now)
            self._windows[window.id] = window

    def standing(self, camera: str) -> Window | None:
        """Return the window that is open for this camera now."""
        with self._lock:
            return self._standing(camera, self._now())

    def newest(self, camera: str) -> Window | None:
        """Return the window that was last opened for this camera, if it is still remembered.

        One whose camera never answered is `UNAVAILABLE`, once its grace is over.
        """
        with self._lock:
            now = self._now()
            self._forget(now)
            mine = [w for w in self._windows.values() if w.camera == camera]
            return _settled(max(mine, key=lambda w: w.opened_at), now) if mine else None

    def opened_lately(self, camera: str) -> int:
        """How many windows were opened for this camera within the last minute."""
        with self._lock:
            since = self._now() - LATELY
            return sum(w.camera == camera and w.opened_at > since for w in self._windows.values())

    def looked_lately(self, camera: str) -> timedelta:
        """How long this camera was allowed to look within the last minute."""
        with self._lock:
            now = self._now()
            mine = (w for w in self._windows.values() if w.camera == camera)
            return sum((w.looked(now - LATELY, now) for w in mine), timedelta())

    def awaiting(self, window_id: str, camera: str) -> Window | None:
        """Return the window if a decision of this camera may still be taken for it."""
        with self._lock:
            window = self._windows.get(window_id)
            if window is None or window.camera != camera or not window.is_open:
                return None
            return window if self._now() <= window.expires_at + GRACE else None

    def decide(
        self, window_id: str, outcome: Outcome, attachment: str | None = None
    ) -> Window | None:
        """Close a window with its outcome; the first decision stands. None: it is not open."""
        with self._lock:
            window = self._windows.get(window_id)
            if window is None or not window.is_open:
                return None
            window = replace(window, outcome=outcome, decided_at=self._now(), attachment=attachment)
            self._windows[window_id] = window
            return window

    def close_all(self, outcome: Outcome) -> tuple[Window, ...]:
        """Close every open window: recognition was stopped."""
        with self._lock:
            now = self._now()
            standing = [window for window in self._windows.values() if window.is_open]
            closed = [replace(window, outcome=outcome, decided_at=now) for window in standing]
            self._windows.update({window.id: window for window in closed})
            return tuple(closed)

    def outcome(self, window_id: str, camera: str) -> Outcome | None:
        """What a button or display says; None when the window is unknown or long past.

        A camera that never answered counts as unavailable, once its grace is over.
        """
        found = self.find(window_id)
        return None if found is None or found.camera != camera else found.outcome

    def find(self, window_id: str) -> Window | None:
        """Return a window that is still remembered, its outcome as `outcome` has it."""
        with self._lock:
            now = self._now()
            self._forget(now)
            window = self._windows.get(window_id)
            return None if window is None else _settled(window, now)

    def _standing(self, camera: str, now: datetime) -> Window | None:
        mine = (w for w in self._windows.values() if w.camera == camera)
        return next((w for w in mine if w.is_open and now < w.expires_at), None)

    def _forget(self, now: datetime) -> None:
        old = [w.id for w in self._windows.values() if now > w.expires_at + REMEMBER]
        for window_id in old:
            del self._windows[window_id]


def _settled(window: Window, now: datetime) -> Window:
    if window.is_open and now > window.expires_at + GRACE:
        return replace(window, outcome=Outcome.UNAVAILABLE)
    return window
