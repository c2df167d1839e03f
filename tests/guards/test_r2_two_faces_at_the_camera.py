"""R2 at the camera: several faces in the near zone abort, and that frame gives no embedding."""

from contextlib import AbstractContextManager, nullcontext

import numpy as np
import pytest

from camera.pipeline import WindowPipeline
from camera.window import Window
from clienteling.edge_protocol import EdgePolicy
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame
from clienteling.recognition.gallery import Gallery
from tests.support.cameras import SIZE
from tests.support.clips import PHOTOS, picture

A, D = PHOTOS / "a3.jpg", PHOTOS / "d1.jpg"


@pytest.fixture
def pipeline(real_engine: Engine, edge_policy: EdgePolicy) -> WindowPipeline:
    rows = np.zeros((0, real_engine.encoder.dimension), np.float32)
    gallery = Gallery(real_engine.encoder.model_id, 1, (), rows)

    def lend(_: float) -> AbstractContextManager[Gallery | None]:
        return nullcontext(gallery)

    made = WindowPipeline(real_engine, edge_policy, lend)
    made.open(Window("w1", 0.0, 10.0))
    return made


def test_two_faces_abort_with_no_embedding(pipeline: WindowPipeline, real_engine: Engine) -> None:
    calls = real_engine.encoder.meter.calls
    [decision] = pipeline.step(Frame(picture((A, D), SIZE), 1.0, 0))
    assert (decision.decision, decision.alias, decision.frames) == ("abort", None, 0)
    assert real_engine.encoder.meter.calls == calls
    assert not pipeline.is_open


def test_what_was_gathered_before_is_overwritten(pipeline: WindowPipeline) -> None:
    assert pipeline.step(Frame(picture((A,), SIZE), 1.0, 0)) == ()
    assert pipeline._visitor.frames == 1
    pipeline.step(Frame(picture((A, D), SIZE), 1.1, 1))
    assert pipeline._visitor.frames == 0
    assert not pipeline._visitor._evidence._vectors.any()


def test_two_who_come_into_an_empty_picture_abort_at_once(
    pipeline: WindowPipeline, real_engine: Engine
) -> None:
    """The motion gate, which passes over an empty picture that stays the same, lets nobody by."""
    calls = real_engine.encoder.meter.calls
    for number in range(3):
        assert pipeline.step(Frame(picture((), SIZE), 1 + number / 10, number)) == ()
    [decision] = pipeline.step(Frame(picture((A, D), SIZE), 1.3, 3))
    assert decision.decision == "abort"
    assert real_engine.encoder.meter.calls == calls


def test_one_face_does_not_abort(pipeline: WindowPipeline, real_engine: Engine) -> None:
    """So that the tests above can fail."""
    calls = real_engine.encoder.meter.calls
    assert pipeline.step(Frame(picture((A,), SIZE), 1.0, 0)) == ()
    assert real_engine.encoder.meter.calls == calls + 1
