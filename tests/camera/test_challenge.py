"""A challenge at the camera: what it needs is loaded where it is asked, and its answer decides."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import pytest

from camera.pipeline import WindowPipeline
from camera.window import Window
from clienteling.edge_protocol import EdgePolicy
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.liveness.challenge import steps_of
from clienteling.recognition.liveness.gesture import Step
from tests.support.cameras import SIZE, Template
from tests.support.clips import PHOTOS, picture
from tests.support.signs import ActingReader, acted

A = PHOTOS / "a3.jpg"
WINDOW = "w1"


@pytest.fixture
def gallery(real_engine: Engine, template_of: Template) -> Gallery:
    rows = template_of(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg")[None].copy()
    return Gallery(real_engine.encoder.model_id, 1, ("alias-a",), rows, 2)


def _decided(
    engine: Engine, policy: EdgePolicy, gallery: Gallery, frames: int
) -> list[tuple[str, str | None]]:
    def lend(_: float) -> AbstractContextManager[Gallery | None]:
        return nullcontext(gallery)

    pipeline = WindowPipeline(replace(engine, liveness=None), policy, lend)
    pipeline.open(Window(WINDOW, 0.0, 10.0))
    shown = [Frame(picture((A,), SIZE), number / 10, number) for number in range(frames)]
    decisions = [decision for frame in shown for decision in pipeline.step(frame)]
    decisions += pipeline.close(9.0)
    return [(decision.decision, decision.alias) for decision in decisions]


@pytest.mark.parametrize(
    ("made", "decided"),
    [
        (steps_of(WINDOW), ("match", "alias-a")),
        ((), ("unknown", None)),
        ((Step.LEFT, Step.RIGHT, Step.LEFT, Step.RIGHT), ("spoof", None)),
    ],
)
def test_who_makes_the_steps_is_recognised_and_nobody_else(
    real_engine: Engine,
    edge_policy: EdgePolicy,
    gallery: Gallery,
    monkeypatch: pytest.MonkeyPatch,
    made: Sequence[Step],
    decided: tuple[str, str | None],
) -> None:
    asking = edge_policy.model_copy(update={"challenge": True})
    monkeypatch.setattr("camera.pipeline.shared_reader", lambda: ActingReader(made))

    assert _decided(real_engine, asking, gallery, len(acted(*made))) == [decided]


def test_without_a_challenge_nothing_is_loaded_or_read(
    real_engine: Engine,
    edge_policy: EdgePolicy,
    gallery: Gallery,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unwanted() -> None:
        raise AssertionError("The models of a challenge were loaded.")

    monkeypatch.setattr("camera.pipeline.shared_reader", unwanted)

    assert _decided(real_engine, edge_policy, gallery, 12) == [("match", "alias-a")]
