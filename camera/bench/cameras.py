"""How many cameras one process carries before it drops their frames."""

import os
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from camera.bench.gallery import ambient, enrol, find_crowd, lend
from camera.presence import CrowdPipeline
from camera.sources import read_clip
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame, Image
from clienteling.recognition.gallery import Gallery

#: Frames a second of each camera.
FPS: Final = 10
#: A frame is dropped when the next one is there before its turn comes; so many may be.
_DROPPED_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Load:
    """So many cameras at a time.

    Attributes:
        cameras: How many.
        dropped: Share of the frames that were decoded and not looked at.
        cores: Time on the processor per second.
        encoded: Faces that were encoded.
    """

    cameras: int
    dropped: float
    cores: float
    encoded: int

    @property
    def carried(self) -> bool:
        return self.dropped <= _DROPPED_SHARE


@dataclass(frozen=True, slots=True)
class CamerasBench:
    """What was measured.

    Attributes:
        cameras: The most that were carried; 0 when not even one was.
        fps: Frames a second of each.
        size: Width and height.
        cores: Cores that this process may use.
        cores_each: Time on the processor per second of one camera, in the last load that was
            carried, or else in the last; what it costs on a machine with busy neighbours too.
        loads: All that was tried, in that order.
    """

    cameras: int
    fps: int
    size: tuple[int, int]
    cores: int
    cores_each: float
    loads: tuple[Load, ...]


def bench_cameras(video: Path, engine: Engine, most: int, seconds: float) -> CamerasBench:
    """Double the cameras until too many frames are dropped, then halve the step.

    Every camera decodes the clip for itself, at `FPS` frames a second whatever the file says, and
    has a pipeline of its own: motion gate, detection, tracking, encoding, decisions. Each begins at
    another place of the clip, so that not everybody comes to all of them at once.

    Args:
        video: The clip; it is played again and again.
        engine: Shared by all cameras.
        most: Cameras that are tried at most.
        seconds: For how long each number is tried.

    Raises:
        StartError: The file is no video, or shows no face.
    """
    crowd = find_crowd(engine, read_clip(video))
    gallery = enrol(engine, crowd)
    loads = search_most(most, lambda number: _load(video, engine, gallery, number, seconds))
    best = max(
        (load for load in loads if load.carried), key=lambda load: load.cameras, default=None
    )
    told = best or loads[-1]
    return CamerasBench(
        cameras=best.cameras if best else 0,
        fps=FPS,
        size=(crowd.frame.image.shape[1], crowd.frame.image.shape[0]),
        cores=len(os.sched_getaffinity(0)),
        cores_each=told.cores / told.cameras,
        loads=tuple(loads),
    )


def search_most(most: int, measure: Callable[[int], Load]) -> list[Load]:
    """1, 2, 4, … cameras until one is not carried, then by halves between the last two."""
    loads: list[Load] = []

    def is_carried(number: int) -> bool:
        loads.append(measure(number))
        return loads[-1].carried

    carried, number = 0, 1
    while is_carried(number):
        carried = number
        if number == most:
            return loads
        number = min(most, number * 2)
    while number - carried > 1:
        middle = (carried + number) // 2
        carried, number = (middle, number) if is_carried(middle) else (carried, middle)
    return loads


def _load(video: Path, engine: Engine, gallery: Gallery, number: int, seconds: float) -> Load:
    begin = threading.Barrier(number + 1)
    length = sum(1 for _ in read_clip(video))
    cameras = [
        _Camera(video, engine, gallery, begin, length * place // number, round(seconds * FPS))
        for place in range(number)
    ]
    for camera in cameras:
        camera.start()
    begin.wait()
    cpu, calls, began = time.process_time(), engine.encoder.meter.calls, time.monotonic()
    for camera in cameras:
        camera.join()
    took = time.monotonic() - began
    failed = next((camera.error for camera in cameras if camera.error is not None), None)
    if failed is not None:
        raise failed
    return Load(
        cameras=number,
        dropped=sum(camera.dropped for camera in cameras) / (round(seconds * FPS) * number),
        cores=(time.process_time() - cpu) / took,
        encoded=engine.encoder.meter.calls - calls,
    )


class _Camera(threading.Thread):
    """One camera: every tenth of a second a frame comes, and is looked at when its turn is."""

    def __init__(
        self,
        video: Path,
        engine: Engine,
        gallery: Gallery,
        begin: threading.Barrier,
        first: int,
        frames: int,
    ) -> None:
        super().__init__(name="bench-camera", daemon=True)
        self._images = _forever(video)
        self._pipeline = CrowdPipeline(engine, ambient(engine), lend(gallery), "bench")
        self._begin = begin
        self._first = first
        self._frames = frames
        self.dropped = 0
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            with closing(self._images):
                self._play()
        except Exception as error:  # noqa: BLE001  # carried to the main thread, which raises it
            self.error = error

    def _play(self) -> None:
        try:
            for _ in range(self._first):
                next(self._images)
        finally:
            self._begin.wait()
        start = time.monotonic() + self._first % FPS / FPS**2
        for number in range(self._frames):
            due = start + number / FPS
            time.sleep(max(0.0, due - time.monotonic()))
            image = next(self._images)
            if time.monotonic() - due > 1 / FPS:
                self.dropped += 1
            else:
                self._pipeline.step(Frame(image, due, number))


def _forever(video: Path) -> Generator[Image]:
    while True:
        for frame in read_clip(video):
            yield frame.image
