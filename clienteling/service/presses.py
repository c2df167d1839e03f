"""A press on "greet me", wherever it comes from: display, HTTP, MQTT or a key. One way to a window.

What comes from outside names a camera and nothing else; who pressed is not asked and not kept.
A pass (`clienteling.service.passes`) opens its window here too.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from clienteling.access.devices import live_edges, purpose_at
from clienteling.bus import Bus
from clienteling.edge_protocol import EdgePolicy, OpenWindow
from clienteling.service.cameras import connected, sees, tell
from clienteling.service.figures import Figure, count
from clienteling.service.signs import SignBook
from clienteling.service.stop import is_stopped
from clienteling.service.windows import Outcome, Window, WindowBoard
from consent.office import Office
from consent.purposes import Purpose

#: Windows that may be opened at one camera within a minute, all entrances together, and how long
#: it may look in them. A finger that does not let go must not make a camera that always looks.
WINDOWS_PER_MINUTE: Final = 12
LOOKING_PER_MINUTE: Final = timedelta(seconds=40)

_INSTEAD_OF_A_PRESS: Final[dict[str, Outcome | None]] = {
    "pass": Outcome.SHOW_PASS,
    "trigger": None,
    "zone": Outcome.NO_BUTTON,
    "ambient": Outcome.NO_BUTTON,
}


class PressDesk:
    """Opens windows for one shop's cameras. May be called from any thread."""

    def __init__(
        self,
        office: Office,
        policy: EdgePolicy | None,
        signs: SignBook,
        windows: WindowBoard,
        bus: Bus,
    ) -> None:
        """Work on these; `policy` is what cameras may do here, None: nothing."""
        self._office = office
        self._signs = signs
        self._policy = policy
        self._windows = windows
        self._bus = bus
        self._lock = threading.Lock()

    def closed(self, camera: str) -> Outcome | None:
        """Why nobody can press for this camera now; None: they can."""
        away = self.unavailable(camera)
        if away is not None or self._policy is None:
            return away
        if self._purpose(camera) is Purpose.TILL:
            return Outcome.AT_TILL
        return _INSTEAD_OF_A_PRESS[self._policy.policy]

    def unavailable(self, camera: str) -> Outcome | None:
        """Why this camera looks at nobody now, whoever asks; None: it does."""
        with self._office.databases.identity.read() as identity:
            stopped = is_stopped(identity)
            held = self._signs.hold(identity, camera)
            is_seeing = any(sees(edge) for edge in live_edges(identity, camera))
        # 1. Recognition is not stopped.
        if stopped:
            return Outcome.STOPPED
        # 2. The camera's sign hangs and the profile holds.
        if held is not None:
            return Outcome.UNAVAILABLE
        # 3. The camera is there, listens and sees, and looks when somebody asks.
        if self._policy is None or not is_seeing or not connected(self._bus, camera):
            return Outcome.UNAVAILABLE
        return None

    def press(self, camera: str) -> Window | Outcome:
        """Open a window at this camera and tell it; or return why not, as a display says it.

        A press while a window is open is answered with that window: sent twice, it opens one.
        """
        return self.closed(camera) or self.open(camera)

    def ask(self, camera: str, till: str) -> Window | Outcome:
        """Open a window for a till, at a camera that stands at one; or return why not.

        Asked again while it is open, the same till is answered with that window.
        """
        away = self.unavailable(camera)
        if away is not None:
            return away
        if self._purpose(camera) is not Purpose.TILL:
            return Outcome.UNAVAILABLE
        return self.open(camera, till=till)

    def open(
        self,
        camera: str,
        alias: str | None = None,
        sealed_pass: Callable[[Window], bytes] | None = None,
        *,
        till: str | None = None,
    ) -> Window | Outcome:
        """Open a window and tell the camera, if there were not too many of late.

        Args:
            camera: One that is available.
            alias: For the holder of this pass only.
            sealed_pass: Seals a pass that was read elsewhere for the camera and this window.
            till: The device that asks; no other gets the answer.
        """
        with self._lock:
            # 4. The window that is open already, if there is one.
            standing = self._windows.standing(camera)
            if standing is not None:
                return standing if standing.till == till else Outcome.BUSY
            # 5. Not too many of late, and not too long.
            crowded = (
                self._windows.opened_lately(camera) >= WINDOWS_PER_MINUTE
                or self._windows.looked_lately(camera) >= LOOKING_PER_MINUTE
            )
            figure = Figure.PRESS_REFUSED if crowded else Figure.WINDOW_OPENED
            with self._office.databases.identity.write() as identity:
                count(identity, figure, self._office.now())
            if crowded:
                return Outcome.BUSY
            window, _ = self._windows.open(camera, alias, till)
        tell(
            self._bus,
            camera,
            OpenWindow(
                camera=camera,
                window_id=window.id,
                opened_at=window.opened_at,
                expires_at=window.expires_at,
                alias=alias,
                sealed_pass=None if sealed_pass is None else sealed_pass(window),
            ),
        )
        return window

    def _purpose(self, camera: str) -> Purpose:
        with self._office.databases.identity.read() as identity:
            return purpose_at(identity, camera)
