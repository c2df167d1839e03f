"""R3 and R4 at the camera: frames, vectors and evidence are overwritten; nothing reaches a disk."""

import logging
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from camera.pipeline import WindowPipeline
from camera.window import Window
from clienteling.edge_protocol import EdgePolicy
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame
from clienteling.recognition.gallery import Gallery
from tests.support.cameras import SIZE, StartCamera, Template, press_and_wait
from tests.support.clips import PHOTOS, compose, picture, scene
from tests.support.hub_simulator import HubSimulator
from tests.support.watching import WatchedEncoder

A = PHOTOS / "a3.jpg"

_ANY_COMMAND = """
import ctypes, resource
from clienteling.cli import main
def look():
    print(resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
look()
try:
    main(["no-such-command"])
except SystemExit:
    look()
"""


def test_frames_vectors_and_evidence_are_zero_after_the_decision(
    real_engine: Engine, edge_policy: EdgePolicy, template_of: Template
) -> None:
    rows = template_of(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg")[None].copy()
    gallery = Gallery(real_engine.encoder.model_id, 1, ("alias-a",), rows, 2)

    def lend(_: float) -> AbstractContextManager[Gallery | None]:
        return nullcontext(gallery)

    encoder = WatchedEncoder(real_engine.encoder)
    pipeline = WindowPipeline(replace(real_engine, encoder=encoder), edge_policy, lend)
    pipeline.open(Window("w1", 0.0, 10.0))
    frames = [Frame(picture((A,), SIZE), number / 10, number) for number in range(12)]
    decisions = [decision for frame in frames for decision in pipeline.step(frame)]
    assert [decision.decision for decision in decisions] == ["match"]
    assert encoder.vectors
    assert not any(vectors.any() for vectors in encoder.vectors)
    assert not any(frame.image.any() for frame in frames)
    assert not pipeline._visitor._evidence._vectors.any()


def test_a_frame_outside_a_window_is_overwritten_too(
    real_engine: Engine, edge_policy: EdgePolicy
) -> None:
    pipeline = WindowPipeline(real_engine, edge_policy, lambda _: nullcontext(None))
    frame = Frame(picture((A,), SIZE), 0.0, 0)
    assert pipeline.step(frame) == ()
    assert not frame.image.any()


@pytest.mark.parametrize("photo", ["a3.jpg", "b1.jpg"])
def test_the_disk_and_the_log_learn_nothing(
    photo: str,
    hub_simulator: HubSimulator,
    template_of: Template,
    start_camera: StartCamera,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Somebody recognised, and a stranger: the camera's folder grows by neither (R4)."""
    caplog.set_level(logging.DEBUG)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    template = template_of(PHOTOS / "a1.jpg")
    hub_simulator.enrol("alias-a", template)
    camera = start_camera(compose(tmp_path / "clip.avi", [scene(1.0, PHOTOS / photo)]))
    closed = press_and_wait(hub_simulator)
    assert closed.decision == ("match" if photo == "a3.jpg" else "unknown")
    camera.stop()

    files = {path.name: path.read_bytes() for path in (tmp_path / "state").rglob("*")}
    assert set(files) == {"checkpoint.txt", "device.json", "device.key"}
    secret = template.astype("<f4").tobytes()
    assert not any(secret[at : at + 16] in kept for kept in files.values() for at in (0, 64, 256))
    assert not any(b"alias-a" in kept for kept in files.values())
    assert list(scratch.iterdir()) == []
    assert "alias-a" not in caplog.text
    assert "alias-a" not in str(camera.events)


def test_no_command_lets_a_crash_write_its_memory_to_disk() -> None:
    """The limit is zero, and the process not dumpable: a crash handler passes over the limit."""
    done = subprocess.run(
        [sys.executable, "-c", _ANY_COMMAND],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    before, after = (line.split() for line in done.stdout.splitlines()[-2:])
    assert before[1] == "1", "the test must be able to see the difference"
    assert after == ["0", "0"]
