"""The window that a customer opens by pressing: one at a time, short, and never the same twice.

Rules for opening (each refuses, nothing is guessed):
1. The event names this camera.
2. Its window was not opened here before.
3. It says when it opened, and lasts no longer than the policy allows.
4. It has not expired, and does not lie in the future, by the hub's clock.
A window that stands open when the next one opens is ended first.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clienteling.edge_protocol import OpenWindow

_REMEMBERED = 1000
_EARLY_SECONDS = 2.0  # the hub's clock is known to within a delivery


@dataclass(frozen=True, slots=True)
class Window:
    """Seconds are on the frames' clock (monotonic for a camera, clip seconds in replay)."""

    window_id: str
    opened_at: float
    expires_at: float

    def covers(self, at: float) -> bool:
        return self.opened_at <= at < self.expires_at


class Opening(StrEnum):
    OPENED = "opened"
    OTHER_CAMERA = "other camera"
    REPLAYED = "replayed"
    TOO_LONG = "too long"
    EXPIRED = "expired"
    TOO_EARLY = "too early"


class WindowGate:
    """Decides about `open_window` events; one per camera."""

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._seen: deque[str] = deque(maxlen=_REMEMBERED)

    def admit(
        self, event: OpenWindow, *, longest: float, hub_now: datetime, now: float
    ) -> Window | Opening:
        """Return the window, or why there is none.

        Args:
            event: As it came.
            longest: The policy's `window_seconds`.
            hub_now: The hub's time at this moment, as far as it is known here.
            now: The same moment on the frames' clock.
        """
        if event.camera != self._camera:
            return Opening.OTHER_CAMERA
        if event.window_id in self._seen:
            return Opening.REPLAYED
        self._seen.append(event.window_id)
        length = (event.expires_at - event.opened_at).total_seconds()
        if not 0 < length <= longest:
            return Opening.TOO_LONG
        left = (event.expires_at - hub_now).total_seconds()
        if left <= 0:
            return Opening.EXPIRED
        if left > length + _EARLY_SECONDS:
            return Opening.TOO_EARLY
        return Window(event.window_id, now, now + min(left, length))
