"""Several cameras in one process: one hub, models loaded once, and none takes another down.

Each camera has a thread of its own, its own pairing and its own state folder. One that fails is
started again after a pause; one that the hub refuses stays away, and the others go on.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from camera.config import CameraConfig
from camera.reader import pauses
from camera.service import Emit, run_camera
from clienteling.errors import ClientelingError, PartlyDoneError, RefusedError
from clienteling.recognition.engine import Engine

_LOG = logging.getLogger(__name__)
_SETTLED_SECONDS: Final = 60.0  # ran for so long: the next failure starts from the first pause


class Cameras:
    """All cameras of a box."""

    def __init__(
        self,
        configs: Sequence[CameraConfig],
        engine: Engine,
        *,
        emit: Emit,
        stopping: threading.Event,
        now: Callable[[], datetime],
    ) -> None:
        """Prepare; `emit` hears each event with the name of its `camera`."""
        self._engine = engine
        self._emit = emit
        self._stopping = stopping
        self._now = now
        self._refused: list[str] = []
        self._threads = [
            threading.Thread(target=self._keep, args=(config,), name=config.name, daemon=True)
            for config in configs
        ]

    def run(self) -> int:
        """Run all until each has ended; return 0 then.

        Raises:
            PartlyDoneError: some were refused; the message says which and why.
        """
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join()
        if self._refused:
            raise PartlyDoneError(" ".join(self._refused))
        return 0

    def _keep(self, config: CameraConfig) -> None:
        """Run one camera; start it again when it fails, until its file ends or we stop."""
        attempts, said = pauses(), ""
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._run(config)
            except RefusedError as error:
                self._refused.append(f"Camera {config.name}: {error}")
                _LOG.error("Camera %s: %s The other cameras go on.", config.name, error)
                return
            except ClientelingError as error:
                failure = str(error)
            except Exception as error:  # noqa: BLE001  # one camera's fault is not the others'
                failure = f"It failed ({type(error).__name__})."
            else:
                return
            if failure != said:
                _LOG.warning("Camera %s: %s It is started again.", config.name, failure)
            said = failure
            if time.monotonic() - began > _SETTLED_SECONDS:
                attempts = pauses()
            self._stopping.wait(next(attempts))

    def _run(self, config: CameraConfig) -> None:
        def emit(event: str, **values: Any) -> None:
            self._emit(event, camera=config.name, **values)

        run_camera(
            config,
            self._engine.for_another_camera,
            emit=emit,
            stopping=self._stopping,
            now=self._now,
        )
