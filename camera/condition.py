"""How a source is: what it measures, and whether its lens shows anything (docs/decisions/0086).

Black and frozen are judged by one picture every few seconds, of which nothing stays but a keyed
digest that tells whether the next one is the same: no face is looked for in it. The reader's thread
writes, the one that reports reads.
"""

import hashlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np

from clienteling.edge_protocol import SourceHealth, SourceState
from clienteling.recognition.frames import Image

#: How often a picture is judged.
LOOK_SECONDS: Final = 5.0
SUSPECT_SECONDS: Final = 0.5  # while it is frozen, so that one that was only still is found out
#: A minute of looks with hardly a new picture among them is a frozen camera: a living sensor's
#: noise makes every picture new. Two: an encoder may flip between two forms of one picture.
_FROZEN_LOOKS: Final = 13
_FROZEN_PICTURES: Final = 2
_BLACK_LOOKS: Final = 2  # the first may fall into the time that a lens needs to adjust
_DARK: Final = 16.0  # mean grey of 255
_EVEN: Final = 2.0  # standard deviation: one colour all over
_SILENT_SECONDS: Final = 15.0
_MEASURED: Final = 100  # frames
_BURST_SECONDS: Final = 1.0  # a stream begins with what was held back while it was opened
#: States that only the next look ends, not the next arrival.
_JUDGED: Final = frozenset({"ok", "black", "frozen", "too_small", "wrong_codec"})
#: The shorter side, px: in less, hardly a face is as large as the quality gate asks (64 px).
_LEAST_SIDE: Final = 128
_SAMPLE: Final = 8  # every eighth pixel each way tells dark and even


class Condition:
    """The state of one source, its frame rate and size."""

    def __init__(
        self,
        *,
        is_judged: bool = True,
        on_change: Callable[[SourceState], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin as `connecting`. `on_change` hears every later state but the first `ok`.

        A file is not judged: what it shows is what it was made of.
        """
        self._is_judged = is_judged
        self._on_change = on_change
        self._clock = clock
        self._lock = threading.Lock()
        self._state: SourceState = "connecting"
        self._arrivals: deque[float] = deque(maxlen=_MEASURED)
        self._first: float | None = None
        self._last = 0.0
        self._size = (0, 0)
        self._next_look = 0.0
        self._key = secrets.token_bytes(32)
        self._digests: deque[bytes] = deque(maxlen=_FROZEN_LOOKS)
        self._black = 0

    def arrived(self) -> None:
        """Note that a picture came."""
        now = self._clock()
        with self._lock:
            self._last = now
            if self._first is None:
                self._first = now
            if now - self._first >= _BURST_SECONDS:
                self._arrivals.append(now)
        if self._state not in _JUDGED:
            self._become("ok")

    def failed(self, state: SourceState) -> None:
        """Note that no pictures come, and why; what was measured counts no longer."""
        with self._lock:
            self._arrivals.clear()
            self._first = None
            self._size = (0, 0)
            self._digests.clear()
            self._black = 0
            self._next_look = 0.0
        self._become(state)

    def wants_look(self) -> bool:
        """Whether it is time to judge a picture."""
        return self._is_judged and self._clock() >= self._next_look

    def look(self, image: Image) -> None:
        """Judge an HxWx3 picture, which stays the caller's to overwrite."""
        sample = image[::_SAMPLE, ::_SAMPLE]
        is_black = float(sample.mean()) < _DARK or float(sample.std()) < _EVEN
        self._black = self._black + 1 if is_black else 0
        digest = hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=16, key=self._key)
        self._digests.append(digest.digest())
        with self._lock:
            self._size = (int(image.shape[1]), int(image.shape[0]))
        state = "too_small" if min(image.shape[:2]) < _LEAST_SIDE else self._seen()
        self._next_look = self._clock() + (SUSPECT_SECONDS if state == "frozen" else LOOK_SECONDS)
        self._become(state)

    @property
    def is_frozen(self) -> bool:
        """Whether what comes is of some time ago: nobody must be recognised in it."""
        return self._state == "frozen"

    def cannot_read(self) -> None:
        """Note that something comes, of which no picture can be made."""
        self._next_look = self._clock() + LOOK_SECONDS
        self._become("wrong_codec")

    def report(self) -> SourceHealth:
        """Return how it is now."""
        now = self._clock()
        with self._lock:
            silent = self._first is not None and now - self._last > _SILENT_SECONDS
            state = "no_pictures" if silent else self._state
            span = now - self._arrivals[0] if self._arrivals else 0.0
            fps = min(1000.0, (len(self._arrivals) - 1) / span) if span > 0 else 0.0
            width, height = self._size
        return SourceHealth(state=state, fps=round(fps, 1), width=width, height=height)

    def _seen(self) -> SourceState:
        if self._black >= _BLACK_LOOKS:
            return "black"
        *earlier, newest = self._digests
        is_full = len(self._digests) == _FROZEN_LOOKS
        is_known = newest in earlier and len(set(earlier)) <= _FROZEN_PICTURES
        return "frozen" if is_full and is_known else "ok"

    def _become(self, state: SourceState) -> None:
        before, self._state = self._state, state
        if state != before and (before, state) != ("connecting", "ok"):
            self._on_change(state)
