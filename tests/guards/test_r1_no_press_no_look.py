"""R1 at the camera: outside a window nothing is detected or encoded, and no picture is made."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from camera.newest import NewestFrame
from camera.pipeline import WindowPipeline
from camera.reader import Reader
from camera.sources import Video, parse_source
from camera.visitor import VisitorDecision
from camera.window import Window
from clienteling.edge_protocol import EdgePolicy
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame, Image
from clienteling.recognition.gallery import Gallery
from tests.support.cameras import SIZE, Template, until
from tests.support.clips import PHOTOS, compose, picture, scene
from tests.support.watching import CountingDetector

Run = Callable[[list[Window], int], tuple[int, int, list[VisitorDecision]]]


@pytest.fixture
def run(real_engine: Engine, edge_policy: EdgePolicy, template_of: Template) -> Run:
    """Show one enrolled face for a number of frames, ten a second; count what is done with it."""
    rows = template_of(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg")[None].copy()
    gallery = Gallery(real_engine.encoder.model_id, 1, ("alias-a",), rows, 2)
    face = picture((PHOTOS / "a3.jpg",), SIZE)

    def lend(_: float) -> AbstractContextManager[Gallery | None]:
        return nullcontext(gallery)

    def show(windows: list[Window], frames: int) -> tuple[int, int, list[VisitorDecision]]:
        detector = CountingDetector(real_engine.detector)
        pipeline = WindowPipeline(replace(real_engine, detector=detector), edge_policy, lend)
        calls = real_engine.encoder.meter.calls
        decisions: list[VisitorDecision] = []
        for number in range(frames):
            while windows and windows[0].opened_at <= number / 10:
                decisions += pipeline.open(windows.pop(0))
            decisions += pipeline.step(Frame(face.copy(), number / 10, number))
        return detector.calls, real_engine.encoder.meter.calls - calls, decisions

    return show


def test_a_thousand_face_frames_without_a_press_are_not_looked_at(run: Run) -> None:
    assert run([], 1000) == (0, 0, [])


def test_a_press_is_what_makes_the_difference(run: Run) -> None:
    """The same frames with one press: so the test above can fail."""
    detections, encodings, decisions = run([Window("w1", 2.0, 12.0)], 1000)
    assert [decision.decision for decision in decisions] == ["match"]
    assert 0 < encodings <= detections < 20


def test_frames_from_before_the_press_are_not_looked_at(run: Run) -> None:
    """A window that opens later than a frame was taken does not cover it."""
    detections, encodings, _ = run([Window("w1", 0.0, 0.05)], 50)
    assert (detections, encodings) == (1, 1)


def test_no_picture_is_made_while_no_window_is_open(tmp_path: Path) -> None:
    made = []

    class WatchedVideo(Video):
        def picture(self) -> Image | None:
            made.append(self.at)
            return super().picture()

    clip = compose(tmp_path / "clip.avi", [scene(0.5, PHOTOS / "a3.jpg")])
    for wanted in (False, True):
        reader = Reader(
            parse_source(str(clip)),
            NewestFrame(),
            wanted=[lambda: False, lambda: True][wanted],
            opener=lambda source, _: WatchedVideo(source),
        )
        reader.start()
        reader.join(10)
        assert reader.frames == 5
        assert len(made) == (5 if wanted else 0)


def test_a_live_camera_is_looked_at_once_in_a_while_and_nothing_of_it_is_kept() -> None:
    """The look that tells black from frozen goes to no detector, into no slot, and is wiped."""
    made: list[Image] = []

    class Shop:
        at = 0.0
        grabs = 0

        def grab(self) -> bool:
            self.grabs += 1
            return self.grabs <= 500

        def picture(self) -> Image | None:
            made.append(picture((PHOTOS / "a3.jpg",), SIZE))
            return made[-1]

        def close(self) -> None:
            self.grabs = 500

    slot = NewestFrame()
    reader = Reader(parse_source("0"), slot, wanted=lambda: False, opener=lambda *_: Shop())
    reader.start()
    until(lambda: reader.frames >= 500)
    reader.finish()
    assert slot.take(0.0) is None
    assert 1 <= len(made) <= 1 + reader.frames // 500, "one a connection: 500 frames take no time"
    assert not any(image.any() for image in made)
