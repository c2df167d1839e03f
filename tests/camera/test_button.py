"""A button on a box without a display: what it asks of the hub, and what counts as a press."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from camera.button import ButtonConfig, run_button
from camera.keys import EV_KEY, device_presses, fresh_presses, lines
from clienteling.errors import RefusedError, StartError, UsageError
from clienteling.service.cameras import topic
from clienteling.service.stop import stop
from tests.support.edges import pair_edge
from tests.support.web import LiveHub, pairing_code

ENTER, SPACE = 28, 57
Run = Callable[..., list[str]]


@pytest.fixture
def token_file(live: LiveHub, tmp_path: Path) -> Path:
    """A button that was paired for the camera at the door."""
    client = live.app.test_client()
    answer = client.post("/api/v1/pair", json={"code": pairing_code(live.home, "button", "door")})
    assert answer.json is not None
    file = tmp_path / "token.txt"
    file.write_text(f"{answer.json['token']}\n")
    return file


@pytest.fixture
def run(live: LiveHub, token_file: Path) -> Run:
    """Type these lines at the button; return what the hub answered."""

    def typed(text: str, camera: str = "door") -> list[str]:
        told: list[str] = []
        config = ButtonConfig(live.url, camera, token_file)
        assert run_button(config, lines(io.StringIO(text)), tell=told.append) == 0
        return told

    return typed


def test_each_line_presses_and_a_window_that_is_open_is_the_answer(live: LiveHub, run: Run) -> None:
    pair_edge(live.app.test_client(), live.home)
    live.hub.bus.subscribe(topic("door"))
    assert run("x\n\n") == ["looking", "looking"]
    assert live.hub.windows.opened_lately("door") == 1


def test_what_the_hub_refuses_is_told(live: LiveHub, run: Run) -> None:
    assert run("\n") == ["unavailable"]  # no camera
    stop(live.home.office, actor="user:1")
    assert run("\n") == ["stopped"]


def test_a_button_that_is_not_for_this_camera_ends(run: Run) -> None:
    with pytest.raises(RefusedError, match="Pair it again"):
        run("\n", camera="back")


def test_a_hub_that_is_away_costs_that_press_only(token_file: Path) -> None:
    told: list[str] = []
    away = ButtonConfig("http://127.0.0.1:9", "door", token_file)
    assert run_button(away, lines(io.StringIO("\n\n")), tell=told.append) == 0
    assert told == ["unavailable", "unavailable"]


def test_the_token_leaves_for_nobody_in_the_clear(token_file: Path) -> None:
    with pytest.raises(UsageError, match="https"):
        run_button(ButtonConfig("http://hub.example", "door", token_file), [None])


def test_without_its_token_file_it_does_not_start(tmp_path: Path) -> None:
    config = ButtonConfig("https://hub.example", "door", tmp_path / "absent")
    with pytest.raises(StartError, match="absent cannot be read"):
        run_button(config, [None])


@dataclass
class Key:
    """An event as the Linux input layer gives it."""

    code: int = ENTER
    value: int = 1
    type: int = EV_KEY
    at: float = 100.0

    def timestamp(self) -> float:
        return self.at


@pytest.mark.parametrize(
    ("event", "presses"),
    [
        (Key(), 1),
        (Key(value=0), 0),  # let go
        (Key(value=2), 0),  # held down: repeated
        (Key(type=4), 0),  # the scan code that comes with each key
        (Key(code=SPACE), 0),
        (Key(at=98.0), 1),
        (Key(at=97.9), 0),  # it waited: pressed for another moment
    ],
)
def test_a_press_is_a_chosen_key_that_goes_down_now(event: Key, presses: int) -> None:
    assert len(list(fresh_presses([event], {ENTER}, lambda: 100.0))) == presses


def test_without_a_chosen_key_every_key_presses() -> None:
    assert len(list(fresh_presses([Key(), Key(code=SPACE)], (), lambda: 100.0))) == 2


def test_the_command_reads_lines_from_standard_input(token_file: Path, live: LiveHub) -> None:
    command = [sys.executable, "-m", "clienteling.cli", "button", "--hub", live.url]
    done = subprocess.run(
        [*command, "--camera", "door", "--token-file", str(token_file)],
        input="\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, '{"event": "pressed", "outcome": "unavailable"}\n')


UINPUT = Path("/dev/uinput")


@pytest.mark.skipif(not os.access(UINPUT, os.W_OK), reason="needs a writable /dev/uinput")
def test_a_real_input_device_presses() -> None:
    evdev = pytest.importorskip("evdev", reason="needs the extra `button`")
    with evdev.UInput({EV_KEY: [ENTER, SPACE]}, name="clienteling test button") as device:
        ending = threading.Event()

        def type_on() -> None:
            while not ending.wait(0.05):
                for value in (1, 0):
                    device.write(EV_KEY, ENTER, value)
                    device.syn()

        thread = threading.Thread(target=type_on, daemon=True)
        thread.start()
        assert next(device_presses(Path(device.device.path), ["KEY_ENTER"])) is None
        ending.set()
        thread.join(5)


def test_a_key_that_linux_does_not_know_is_named(tmp_path: Path) -> None:
    pytest.importorskip("evdev", reason="needs the extra `button`")
    with pytest.raises(UsageError, match="KEY_WAVE"):
        next(device_presses(tmp_path / "absent", ["KEY_ENTER", "KEY_WAVE"]))


def test_a_device_that_is_not_there_is_named(tmp_path: Path) -> None:
    pytest.importorskip("evdev", reason="needs the extra `button`")
    with pytest.raises(StartError, match="plugged in"):
        next(device_presses(tmp_path / "absent", []))
