"""Newest frame only: a reader thread overwrites one slot, and nobody works through a backlog.

A queue of frames would be a recording, and would name people who have already gone.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

from camera.sources import SourceEndedError, SourceKind, Video
from clienteling.recognition.frames import Frame, wipe

_READ_SECONDS: Final = 10.0  # longer than a stream may keep a reader waiting


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


class Reader(threading.Thread):
    """Reads a source at its own pace into the slot, making pictures only while they are wanted."""

    def __init__(
        self,
        video: Video,
        slot: NewestFrame,
        *,
        wanted: Callable[[], bool],
        on_start: Callable[[], None],
        loop: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(name="camera-reader", daemon=True)
        self._video = video
        self._slot = slot
        self._wanted = wanted
        self._on_start = on_start
        self._loop = loop
        self._clock = clock
        self._stopping = threading.Event()
        self._beginning = True
        self.frames = 0
        self.error: Exception | None = None

    def stop(self) -> None:
        self._stopping.set()

    def finish(self) -> None:
        """Stop and wait; the source is closed then, also if reading never began."""
        self.stop()
        if self.ident is None:
            self._video.close()
        else:
            self.join(_READ_SECONDS)

    def run(self) -> None:
        try:
            while self._play() and self._loop and not self._stopping.is_set():
                self._video.close()
                self._video = Video(self._video.source)
        except Exception as error:  # noqa: BLE001  # carried to the main thread, which raises it
            self.error = error
        finally:
            self._slot.end()
            self._video.close()

    def _play(self) -> bool:
        """Play the source once; False when it was stopped."""
        is_file = self._video.source.kind is SourceKind.FILE
        began = self._clock()
        self._beginning = True
        while self._video.grab():
            if is_file and self._stopping.wait(max(0.0, began + self._video.at - self._clock())):
                return False
            if self._stopping.is_set():
                return False
            self._take()
        if not is_file:
            raise SourceEndedError(
                f"No more pictures from {self._video.source.shown}. Check its cable or network; "
                "the service manager starts this camera again."
            )
        return True

    def _take(self) -> None:
        number, self.frames = self.frames, self.frames + 1
        if self._beginning:
            self._beginning = False
            self._on_start()
        if not self._wanted():
            return
        captured = self._clock()
        image = self._video.picture()
        if image is not None:
            self._slot.put(Frame(image, captured, number))
