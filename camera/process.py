"""The camera process: what `clienteling camera` runs, from its configuration to its last word."""

import json
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from camera.cameras import Cameras
from camera.config import BoxConfig
from camera.service import Emit, run_camera
from clienteling.process import ended_by_signals
from clienteling.recognition.engine import Engine
from consent.clock import now as utc_now


def print_event(event: str, **values: Any) -> None:
    """Print one JSON line; flushed, because a runner waits for it."""
    sys.stdout.write(json.dumps({"event": event, **values}) + "\n")
    sys.stdout.flush()


def run_box(
    box: BoxConfig,
    engine_factory: Callable[[], Engine],
    *,
    emit: Emit = print_event,
    stopping: threading.Event | None = None,
    now: Callable[[], datetime] = utc_now,
) -> int:
    """Run every camera until its file ends, or SIGTERM, SIGINT or `stopping`; return 0 then.

    A camera or stream that does not answer is waited for, and reported (docs/decisions/0085).

    Raises:
        StartError: the engine is not in order; or, of a box with one camera, its file, its state
            folder or its pairing.
        RefusedError: the hub removed the only camera, or asks for what this version cannot do.
        PartlyDoneError: of a box that lists cameras, some were refused; the others ran.
    """
    stop = stopping or threading.Event()
    with ended_by_signals(stop.set):
        if box.is_shared:
            cameras = Cameras(box.cameras, engine_factory(), emit=emit, stopping=stop, now=now)
            return cameras.run()
        [config] = box.cameras
        return run_camera(config, engine_factory, emit=emit, stopping=stop, now=now)
