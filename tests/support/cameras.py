"""A whole hub on localhost, and cameras that run in a thread of the test."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from camera.config import CameraConfig, make_config, one_camera
from camera.process import run_box
from clienteling.edge_protocol import EdgePolicy, WindowClosed
from clienteling.recognition.engine import Engine
from clienteling.recognition.permit import for_files
from tests.support.clips import picture
from tests.support.hub_simulator import HubSimulator

SIZE = (640, 480)
Template = Callable[..., NDArray[np.float32]]


@pytest.fixture
def edge_policy(real_engine: Engine) -> EdgePolicy:
    model_id = real_engine.encoder.model_id
    return EdgePolicy(region="eu", policy="trigger", model_id=model_id, live=True)


@pytest.fixture
def hub_simulator(edge_policy: EdgePolicy) -> Iterator[HubSimulator]:
    simulator = HubSimulator(edge_policy)
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture(scope="session")
def template_of(real_engine: Engine) -> Template:
    """Make a template from photographs, as an enrolment would."""

    def make(*photos: Path) -> NDArray[np.float32]:
        total = np.zeros(real_engine.encoder.dimension, np.float32)
        for photo in photos:
            image = picture((photo,), SIZE)
            face = real_engine.detector.detect(image)[0]
            total += real_engine.encoder.encode(for_files("test"), image, (face,), 0.0)[0]
        return total / np.float32(np.linalg.norm(total))

    return make


@dataclass
class RunningCamera:
    """A camera that runs in a thread of the test."""

    config: CameraConfig
    engine: Engine
    stopping: threading.Event = field(default_factory=threading.Event)
    events: list[dict[str, Any]] = field(default_factory=list)
    code: int | None = None
    error: BaseException | None = None

    def __post_init__(self) -> None:
        self._calls_before = self.engine.encoder.meter.calls
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def encoder_calls(self) -> int:
        return self.engine.encoder.meter.calls - self._calls_before

    def has(self, event: str) -> bool:
        return any(item["event"] == event for item in self.events)

    def stop(self) -> None:
        self.stopping.set()
        self.join()

    def join(self, timeout: float = 60.0) -> None:
        self._thread.join(timeout)
        assert not self._thread.is_alive(), "the camera did not end"

    def _run(self) -> None:
        try:
            self.code = run_box(
                one_camera(self.config),
                lambda: self.engine,
                emit=self._emit,
                stopping=self.stopping,
            )
        except BaseException as error:  # noqa: BLE001  # kept for the test
            self.error = error

    def _emit(self, event: str, **values: Any) -> None:
        self.events.append({"event": event, **values})


StartCamera = Callable[..., RunningCamera]


@pytest.fixture
def start_camera(
    hub_simulator: HubSimulator, real_engine: Engine, tmp_path: Path
) -> Iterator[StartCamera]:
    """Start a paired camera on a clip; every one is stopped at the end."""
    running: list[RunningCamera] = []

    def start(
        clip: Path, *, wait: bool = True, engine: Engine = real_engine, **settings: Any
    ) -> RunningCamera:
        code_file = tmp_path / "code.txt"
        code_file.write_text("PAIR-0001\n")
        values = {"state": tmp_path / "state", "loop": True, "hub": hub_simulator.url}
        values |= {"source": str(clip), "pair_code_file": code_file, **settings}
        camera = RunningCamera(make_config(**values), engine)
        running.append(camera)
        if wait:
            until(lambda: camera.has("started") or camera.error is not None)
            assert camera.error is None, camera.error
        return camera

    yield start
    for camera in running:
        camera.stop()


def until(condition: Callable[[], object], seconds: float = 20.0, *, every: float = 0.01) -> float:
    """Wait for a condition and return how long it took; fail when it does not come."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "waited in vain"
        time.sleep(every)
    return time.monotonic() - began


def press_and_wait(hub: HubSimulator, *, seconds: float | None = None) -> WindowClosed:
    """Press once the camera listens, and return how the window ended."""
    until(hub.connected)
    window = hub.press(seconds=seconds)
    until(lambda: hub.decision(window.window_id))
    closed = hub.decision(window.window_id)
    assert closed is not None
    return closed
