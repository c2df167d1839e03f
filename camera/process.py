"""The camera process: what `clienteling camera` runs, from its configuration to its last word."""

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import Any

from camera.config import CameraConfig
from camera.device import DeviceFolder
from camera.hub import Hub
from camera.pairing import join
from camera.service import CameraService, Emit
from camera.sources import SourceKind, Video
from clienteling.recognition.engine import Engine
from consent.clock import now as utc_now


def print_event(event: str, **values: Any) -> None:
    """Print one JSON line; flushed, because a runner waits for it."""
    sys.stdout.write(json.dumps({"event": event, **values}) + "\n")
    sys.stdout.flush()


def run_camera(
    config: CameraConfig,
    engine_factory: Callable[[], Engine],
    *,
    emit: Emit = print_event,
    stopping: threading.Event | None = None,
    now: Callable[[], datetime] = utc_now,
) -> int:
    """Run until a file ends, or SIGTERM, SIGINT or `stopping`; return 0 then.

    A camera or stream that does not answer is waited for, and reported (docs/decisions/0085).

    Raises:
        StartError: a file, the state folder, the engine or the pairing is not in order.
        RefusedError: the hub removed this camera, or asks for what this version cannot do.
    """
    source = config.opened_source()
    if source.kind is SourceKind.FILE:
        Video(source).close()  # a missing file does not come by itself: say so before pairing
    folder = DeviceFolder(config.state)
    engine = engine_factory()
    hub = Hub(config.hub, now, config.ca_file)
    try:
        pairing = join(config, folder, hub)
    except BaseException:
        hub.close()
        raise
    if pairing.is_new:
        emit("paired")
    service = CameraService(
        source,
        engine,
        pairing,
        loop=config.loop,
        emit=emit,
        stopping=stopping or threading.Event(),
        now=now,
    )
    with _signals(service.stop):
        return service.run()


@contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT end the service in order; only the main thread may ask for that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop()

    kinds = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(kind, handle) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)
