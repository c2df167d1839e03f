"""The one thread that reads a source into the slot, and finds a camera again that went away."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

from camera.condition import Condition
from camera.newest import NewestFrame
from camera.push import Push
from camera.sources import (
    Pictures,
    Source,
    SourceFailedError,
    SourceKind,
    Video,
    ended,
)
from clienteling.recognition.frames import Frame, Image, wipe

_LOG = logging.getLogger(__name__)
_JOIN_SECONDS: Final = 15.0  # longer than a stream may keep a reader waiting
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_SETTLED_SECONDS: Final = 10.0  # pictures for so long: the next failure starts from the first pause


def pauses() -> Iterator[float]:
    """Yield how long to wait before each further attempt: doubling, bounded, and never in step.

    Many boxes lose one network at once; between half and all of the pause is drawn at random.
    """
    pause = _FIRST_PAUSE
    while True:
        yield pause * random.uniform(0.5, 1.0)
        pause = min(_LONGEST_PAUSE, 2 * pause)


def open_source(source: Source, stopping: threading.Event) -> Pictures:
    """Open any source; a push waits for pictures until `stopping`.

    Raises:
        StartError, SourceFailedError: see `Video` and `Push`.
    """
    return Push(source, stopping) if source.kind is SourceKind.PUSH else Video(source)


class Look(Protocol):
    """Somebody who needs a picture once in a while, also while no window is open."""

    def wants_look(self) -> bool:
        """Whether a picture is needed now."""

    def look(self, image: Image) -> None:
        """Take what is needed from a picture, which is overwritten afterwards."""


class Reader(threading.Thread):
    """Reads a source at its own pace, making pictures only while they are wanted.

    A file ends, or begins anew with `loop`. A camera, a stream and a push never end by themselves.
    """

    def __init__(
        self,
        source: Source,
        slot: NewestFrame,
        *,
        wanted: Callable[[], bool],
        on_start: Callable[[], None] = lambda: None,
        condition: Condition | None = None,
        looks: Sequence[Look] = (),
        loop: bool = False,
        opener: Callable[[Source, threading.Event], Pictures] = open_source,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(name="camera-reader", daemon=True)
        self._source = source
        self._slot = slot
        self._wanted = wanted
        self._on_start = on_start
        self._condition = condition or Condition(is_judged=source.kind is not SourceKind.FILE)
        self._looks = (self._condition, *looks)
        self._loop = loop
        self._opener = opener
        self._clock = clock
        self._stopping = threading.Event()
        self.frames = 0
        self.error: Exception | None = None

    def stop(self) -> None:
        self._stopping.set()

    def finish(self) -> None:
        """Stop and wait; the source is closed then."""
        self.stop()
        if self.ident is not None:
            self.join(_JOIN_SECONDS)

    def run(self) -> None:
        try:
            if self._source.kind is SourceKind.FILE:
                self._play_file()
            else:
                self._follow()
        except Exception as error:  # noqa: BLE001  # carried to the main thread, which raises it
            self.error = error
        finally:
            self._slot.end()

    def _play_file(self) -> None:
        while not self._stopping.is_set():
            self._read(self._opener(self._source, self._stopping))
            if not self._loop:
                return

    def _follow(self) -> None:
        """Read a live source until stopped; when it fails, try again after a pause."""
        attempts = pauses()
        while not self._stopping.is_set():
            began = self._clock()
            try:
                self._read(self._opener(self._source, self._stopping))
                failure = ended(self._source)
            except SourceFailedError as error:
                failure = error
            if self._stopping.is_set():
                return
            if self._clock() - began > _SETTLED_SECONDS:
                attempts = pauses()
            self._fail(failure)
            self._stopping.wait(next(attempts))

    def _fail(self, failure: SourceFailedError) -> None:
        if self._condition.report().state != failure.state:
            _LOG.warning("%s It is tried again.", failure)
        self._condition.failed(failure.state)

    def _read(self, pictures: Pictures) -> None:
        """Read until the end, or until stopped; the source is closed then."""
        is_file = self._source.kind is SourceKind.FILE
        began, is_first = self._clock(), True
        try:
            while pictures.grab():
                wait = began + pictures.at - self._clock() if is_file else 0.0
                if self._stopping.wait(max(0.0, wait)):
                    return
                if is_first:
                    is_first = False
                    self._on_start()
                self._take(pictures)
        finally:
            pictures.close()

    def _take(self, pictures: Pictures) -> None:
        number, self.frames = self.frames, self.frames + 1
        self._condition.arrived()
        is_wanted = self._wanted()
        looks = [look for look in self._looks if look.wants_look()]
        if not (is_wanted or looks):
            return
        captured = self._clock()
        image = pictures.picture()
        if image is None:
            self._condition.cannot_read()
            return
        for look in looks:
            look.look(image)
        if is_wanted:
            self._slot.put(Frame(image, captured, number))
        else:
            wipe(image)
