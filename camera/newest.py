"""Newest frame only: the reader overwrites one slot, and nobody works through a backlog.

A queue of frames would be a recording, and would name people who have already gone.
"""

import threading

from clienteling.recognition.frames import Frame, wipe


class NewestFrame:
    """One slot. A frame that nobody took is overwritten with zeros before the next one comes."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._frame: Frame | None = None
        self._ended = False

    def put(self, frame: Frame) -> None:
        with self._ready:
            self._drop()
            self._frame = frame
            self._ready.notify()

    def take(self, timeout: float) -> Frame | None:
        """Return the newest frame, which is then the caller's to wipe; None when none came."""
        with self._ready:
            if self._frame is None and not self._ended:
                self._ready.wait(timeout)
            frame, self._frame = self._frame, None
            return frame

    def poke(self) -> None:
        """Let a waiting `take` return early, with what there is."""
        with self._ready:
            self._ready.notify_all()

    def end(self) -> None:
        """Say that no more frames come; one that is waiting can still be taken."""
        with self._ready:
            self._ended = True
            self._ready.notify_all()

    def clear(self) -> None:
        with self._ready:
            self._drop()

    @property
    def ended(self) -> bool:
        with self._ready:
            return self._ended and self._frame is None

    def _drop(self) -> None:
        if self._frame is not None:
            wipe(self._frame.image)
        self._frame = None
