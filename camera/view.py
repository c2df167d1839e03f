"""The scene as a mosaic, for a manager who marks the zone; only when asked, for a minute at most.

Rules for showing (each refuses, nothing is guessed), as for a window:
1. The event names this camera, and its view was not shown before.
2. It lasts no longer than `VIEW_SECONDS`, and is not over by the hub's clock.
3. Recognition is not stopped.
Faces are looked for only to be painted out; nothing is encoded (docs/decisions/0088).
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import cv2
import numpy as np

from clienteling.edge_protocol import (
    MOSAIC_COLUMNS,
    MOSAIC_LEVELS,
    MOSAIC_ROWS,
    VIEW_SECONDS,
    Mosaic,
    ShowView,
)
from clienteling.recognition.detect import PHOTO_SIDE, Detector, Face
from clienteling.recognition.frames import Image, wipe

_INTERVAL_SECONDS: Final = 1.0
_REMEMBERED: Final = 100
_GREY: Final = 128
#: How far beyond the detector's box a head reaches, as a part of the box: hair, ears, chin.
_HEAD: Final = 0.5


class View:
    """What this camera shows of its scene. The reader's thread looks, the link's thread sends."""

    def __init__(
        self,
        camera: str,
        detector: Detector,
        *,
        hub_now: Callable[[float], datetime | None],
        is_stopped: Callable[[], bool],
        on_ready: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Show nothing yet. `on_ready` hears that a mosaic waits to be sent."""
        self._camera = camera
        self._detector = detector
        self._hub_now = hub_now
        self._is_stopped = is_stopped
        self._on_ready = on_ready
        self._clock = clock
        self._seen: deque[str] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()
        self._view_id = ""
        self._until = 0.0
        self._next = 0.0
        self._waiting: Mosaic | None = None

    def show(self, event: ShowView) -> bool:
        """Show the scene for a while; False if the event is not in order."""
        now = self._clock()
        hub_now = self._hub_now(now)
        if event.camera != self._camera or event.view_id in self._seen or hub_now is None:
            return False
        self._seen.append(event.view_id)
        length = (event.expires_at - event.opened_at).total_seconds()
        left = min((event.expires_at - hub_now).total_seconds(), length)
        if not 0 < length <= VIEW_SECONDS or left <= 0:
            return False
        with self._lock:
            self._view_id, self._until, self._next = event.view_id, now + left, now
        return True

    def wants_look(self) -> bool:
        """Whether somebody waits for a mosaic now."""
        now = self._clock()
        return self._next <= now < self._until and not self._is_stopped()

    def look(self, image: Image) -> None:
        """Make the mosaic of a picture, which stays the caller's to overwrite."""
        self._next = self._clock() + _INTERVAL_SECONDS
        height, width = image.shape[:2]
        faces = self._detector.detect(image, longest_side=PHOTO_SIDE)
        mosaic = Mosaic(
            view_id=self._view_id, width=width, height=height, cells=cells(image, faces)
        )
        with self._lock:
            self._waiting = mosaic
        self._on_ready()

    def take(self) -> Mosaic | None:
        """Return the newest mosaic, once, unless its time is over."""
        with self._lock:
            mosaic, self._waiting = self._waiting, None
            return mosaic if self._clock() < self._until and not self._is_stopped() else None


def cells(image: Image, faces: Sequence[Face]) -> bytes:
    """Return the picture's cells, row by row, faces painted out: MOSAIC_CELLS bytes below 16."""
    covered = image.copy()
    for face in faces:
        x, y, w, h = face.box
        corner = (round(x - _HEAD * w), round(y - _HEAD * h))
        opposite = (round(x + (1 + _HEAD) * w), round(y + (1 + _HEAD) * h))
        cv2.rectangle(covered, corner, opposite, (_GREY, _GREY, _GREY), cv2.FILLED)
    grey = cv2.cvtColor(covered, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (MOSAIC_COLUMNS, MOSAIC_ROWS), interpolation=cv2.INTER_AREA)
    wipe(covered, np.asarray(grey, np.uint8))
    return bytes(np.asarray(small, np.uint8) // (256 // MOSAIC_LEVELS))
