"""Several cameras in one process against one hub."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from camera.config import load_box
from camera.process import run_box
from clienteling.errors import PartlyDoneError
from clienteling.recognition.engine import Engine
from tests.support.cameras import Template, until
from tests.support.clips import PHOTOS, compose, scene
from tests.support.hub_simulator import HubSimulator

BOX = """
hub = "{hub}"
state = "{folder}/state"
[[camera]]
name = "entrance"
source = "{folder}/a.avi"
loop = true
pair_code_file = "{folder}/entrance.code"
[[camera]]
name = "till"
source = "{folder}/c.avi"
loop = true
pair_code_file = "{folder}/till.code"
[[camera]]
name = "cellar"
source = "{folder}/absent.avi"
pair_code_file = "{folder}/cellar.code"
"""


@dataclass
class Running:
    """The box in a thread of the test."""

    hub: HubSimulator
    engines: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    error: Exception | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def start(self, path: Path, engine: Engine) -> None:
        def build() -> Engine:
            self.engines += 1
            return engine

        def emit(event: str, **values: Any) -> None:
            self.events.append({"event": event, **values})

        def run() -> None:
            try:
                run_box(load_box(path), build, emit=emit, stopping=self.stopping)
            except Exception as error:  # noqa: BLE001  # kept for the test
                self.error = error

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        assert self.thread is not None
        self.thread.join(30)
        assert not self.thread.is_alive()

    def has(self, event: str, camera: str) -> bool:
        return any((item["event"], item["camera"]) == (event, camera) for item in self.events)

    def greet(self, camera: str) -> str:
        """Press beside a camera and return the alias that it saw."""
        window = self.hub.press(camera=camera)
        until(lambda: self.hub.decision(window.window_id))
        [seen] = [item for item in self.hub.sightings if item.window_id == window.window_id]
        assert seen.camera == camera
        return seen.alias


@pytest.fixture
def box(hub: HubSimulator, engine: Engine, template: Template, tmp_path: Path) -> Iterator[Running]:
    hub.enrol("alias-a", template(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg"))
    hub.enrol("alias-c", template(PHOTOS / "c1.jpg"))
    hub.codes = {"PAIR-TILL": "till", "PAIR-CELLAR": "cellar"}
    codes = {"entrance": "PAIR-0001", "till": "PAIR-TILL", "cellar": "PAIR-CELLAR"}
    for name, code in codes.items():
        (tmp_path / f"{name}.code").write_text(code)
    compose(tmp_path / "a.avi", [scene(2.0, PHOTOS / "a3.jpg")])
    compose(tmp_path / "c.avi", [scene(2.0, PHOTOS / "c1.jpg")])
    path = tmp_path / "box.toml"
    path.write_text(BOX.format(hub=hub.url, folder=tmp_path))
    running = Running(hub)
    running.start(path, engine)
    until(lambda: running.has("started", "entrance") and running.has("started", "till"))
    until(lambda: len(hub._subscribers) == 2)
    yield running
    running.stop()


def test_each_camera_sees_its_own_and_a_broken_one_takes_none_down(
    box: Running, hub: HubSimulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert box.greet("till") == "alias-c"
    till, entrance = (_device(hub, tmp_path, name) for name in ("till", "entrance"))
    until(lambda: hub.newest_health[till].counters.match == 1)
    assert hub.newest_health[till].encoder_calls > 0
    assert hub.newest_health[entrance].encoder_calls == 0, "nobody pressed there"
    assert box.greet("entrance") == "alias-a"
    assert box.engines == 1, "the models are loaded once"
    said = [record.getMessage() for record in (*caplog.get_records("setup"), *caplog.records)]
    assert sum(text.startswith("Camera cellar: There is no file") for text in said) == 1
    assert hub.codes == {"PAIR-CELLAR": "cellar"}, "its code is not wasted"
    compose(tmp_path / "absent.avi", [scene(1.0, PHOTOS / "a3.jpg")])
    until(lambda: box.has("ended", "cellar"), 30)


def test_a_camera_that_the_hub_removed_stays_away_and_the_others_go_on(
    box: Running, hub: HubSimulator, tmp_path: Path
) -> None:
    hub.devices[_device(hub, tmp_path, "entrance")].revoked = True
    hub.enrol("alias-x", hub.templates["alias-a"] * -1)
    until(lambda: box.thread is not None and len(hub.refusals) > 0)
    assert box.greet("till") == "alias-c"
    box.stop()
    assert isinstance(box.error, PartlyDoneError)
    assert str(box.error).startswith("Camera entrance: ")


def _device(hub: HubSimulator, folder: Path, name: str) -> str:
    text = (folder / "state" / name / "device.json").read_text()
    return next(device for device in hub.devices if f'"{device}"' in text)
