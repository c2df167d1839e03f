"""One decision per visitor: from the best frames, at the latest when they leave."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from camera.pipeline import WindowPipeline
from camera.presence import CrowdPipeline
from camera.visitor import GONE_SECONDS, Look, Visitor, VisitorDecision
from camera.window import Window
from clienteling.edge_protocol import EdgePolicy
from clienteling.recognition.decide import EARLY_FRAMES, ENOUGH_FRAMES
from clienteling.recognition.detect import Face
from clienteling.recognition.encode import MeteredEncoder
from clienteling.recognition.engine import Engine
from clienteling.recognition.evidence import BEST
from clienteling.recognition.frames import Frame, Image
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.liveness.evidence import ENOUGH_SECONDS, Checks
from clienteling.recognition.permit import CapturePermit, for_files
from tests.support.clips import PHOTOS, picture
from tests.support.faces import calibration

SIZE = (640, 480)
EMPTY = np.full((480, 640, 3), 120, np.uint8)
CUSTOMER, NARROW, STRANGER = 0.9, 0.52, -0.2  # cosine to the one template; the threshold is 0.5


class Told(MeteredEncoder):
    """The real gate; each face scores what the test says, the last one from then on."""

    def __init__(self, *scores: float) -> None:
        super().__init__("made-up", "0" * 64, 2)
        self._scores = list(scores)

    def _embed(self, image: Image, face: Face) -> NDArray[np.float32]:
        del image, face
        score = self._scores.pop(0) if len(self._scores) > 1 else self._scores[0]
        return np.array([score, np.sqrt(1 - score**2)], np.float32)


@pytest.fixture(scope="session")
def shot() -> Image:
    return picture((PHOTOS / "a3.jpg",), SIZE)


@pytest.fixture
def permit() -> CapturePermit:
    return for_files("test")


def _engine(real: Engine, *scores: float) -> Engine:
    return Engine(real.detector, Told(*scores), calibration(), None)


def _gallery() -> Gallery:
    return Gallery("made-up", 1, ("a",), np.array([[1, 0]], np.float32), 1)


def _lend(_: float) -> AbstractContextManager[Gallery | None]:
    return nullcontext(_gallery())


def _policy(name: str) -> EdgePolicy:
    return EdgePolicy.model_validate(
        {"region": "us", "policy": name, "model_id": "made-up", "live": False}
    )


def _play(
    pipeline: WindowPipeline | CrowdPipeline, images: Sequence[Image], first: int = 0
) -> list[VisitorDecision]:
    """Show the pictures, ten a second."""
    frames = (Frame(image.copy(), n / 10, n) for n, image in enumerate(images, first))
    return [decision for frame in frames for decision in pipeline.step(frame)]


def _blurred(image: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def test_a_clear_customer_is_decided_about_early(real_engine: Engine, shot: Image) -> None:
    pipeline = WindowPipeline(_engine(real_engine, CUSTOMER), _policy("trigger"), _lend)
    pipeline.open(Window("w1", 0.0, 10.0))
    [decision] = _play(pipeline, [shot] * 20)
    assert (decision.decision, decision.frames) == ("match", EARLY_FRAMES)


def test_a_narrow_one_waits_for_more_frames_but_not_for_more_encodings(
    real_engine: Engine, shot: Image
) -> None:
    """After the first three every other frame is encoded; all are counted."""
    engine = _engine(real_engine, NARROW)
    pipeline = WindowPipeline(engine, _policy("trigger"), _lend)
    pipeline.open(Window("w1", 0.0, 10.0))
    [decision] = _play(pipeline, [shot] * 20)
    assert (decision.decision, decision.frames) == ("match", BEST)
    assert decision.t == pytest.approx((ENOUGH_FRAMES - 1) / 10)
    assert engine.encoder.meter.calls == BEST


def test_who_leaves_is_decided_about_then_and_not_when_the_window_ends(
    real_engine: Engine, shot: Image
) -> None:
    pipeline = WindowPipeline(_engine(real_engine, NARROW), _policy("trigger"), _lend)
    pipeline.open(Window("w1", 0.0, 10.0))
    [decision] = _play(pipeline, [shot] * 2 + [EMPTY] * 30)
    assert (decision.decision, decision.frames) == ("match", 2)
    assert decision.t == pytest.approx(0.1 + GONE_SECONDS, abs=0.11)
    assert not pipeline.is_open


def test_sharper_frames_take_the_place_of_blurred_ones(
    real_engine: Engine, shot: Image, permit: CapturePermit
) -> None:
    """Four blurred looks at a stranger's score, then sharp ones: the sharp ones decide."""
    blurred = _blurred(shot, 1.2)
    engine = _engine(real_engine, *[NARROW] * BEST, CUSTOMER)
    visitor = Visitor(engine, _lend)
    for number, image in enumerate([blurred] * BEST + [shot] * BEST):
        [face] = engine.detector.detect(image)
        assert visitor.look(permit, Frame(image, number / 5, number), face) is Look.USABLE
    decision = visitor.decide(1.0, final=True)
    assert decision is not None
    assert decision.score == pytest.approx(CUSTOMER, abs=1e-5)
    assert decision.frames == BEST


def test_a_picture_that_is_no_good_is_not_encoded(
    real_engine: Engine, shot: Image, permit: CapturePermit
) -> None:
    engine = _engine(real_engine, CUSTOMER)
    image = _blurred(shot, 9)
    faces = engine.detector.detect(shot)
    visitor = Visitor(engine, _lend)
    assert visitor.look(permit, Frame(image, 0.0, 0), faces[0]) is Look.UNUSABLE
    assert engine.encoder.meter.calls == 0
    assert visitor.decide(0.0, final=True) is None


def test_a_match_that_waits_is_not_inherited_by_who_steps_in(
    real_engine: Engine, shot: Image, permit: CapturePermit
) -> None:
    """The best frames are had, so others are not encoded; yet within half a second one is."""
    engine = _engine(real_engine, *[CUSTOMER] * BEST, STRANGER)
    [face] = engine.detector.detect(shot)
    visitor = Visitor(engine, _lend)
    looks = [visitor.look(permit, Frame(shot, n / 10, n), face) for n in range(20)]
    first = looks.index(Look.SOMEBODY_ELSE)
    assert looks[:first] == [Look.USABLE] * first
    assert first == 11  # the fifth was encoded at 0.6 s
    assert visitor.frames == BEST


def test_a_match_that_waits_is_encoded_twice_a_second_only(
    real_engine: Engine, shot: Image
) -> None:
    engine = replace(_engine(real_engine, CUSTOMER), liveness=Checks())
    crowd = CrowdPipeline(engine, _policy("ambient"), _lend, "test")
    [decision] = _play(crowd, [shot] * 20)
    assert decision.t == pytest.approx(ENOUGH_SECONDS)
    assert engine.encoder.meter.calls == EARLY_FRAMES + 2


@pytest.mark.parametrize("name", ["trigger", "ambient"])
def test_somebody_else_in_the_same_place_is_never_mixed_in(
    real_engine: Engine, shot: Image, name: str
) -> None:
    """Two frames of a customer, then another face where it was, within one frame."""
    engine = _engine(real_engine, CUSTOMER, CUSTOMER, STRANGER)
    if name == "trigger":
        trigger = WindowPipeline(engine, _policy(name), _lend)
        trigger.open(Window("w1", 0.0, 10.0))
        [aborted] = _play(trigger, [shot] * 3)
        assert (aborted.decision, aborted.alias) == ("abort", None)
    else:
        crowd = CrowdPipeline(engine, _policy(name), _lend, "test")
        first, second = _play(crowd, [shot] * 20)
        assert (first.decision, first.frames) == ("match", 2)
        assert (second.decision, second.alias) == ("unknown", None)


def test_while_matching_is_not_allowed_nobody_is_looked_at(
    real_engine: Engine, shot: Image
) -> None:
    engine = _engine(real_engine, CUSTOMER)
    allowed = True

    def lend(_: float) -> AbstractContextManager[Gallery | None]:
        return nullcontext(_gallery() if allowed else None)

    crowd = CrowdPipeline(engine, _policy("ambient"), lend, "test")
    assert _play(crowd, [shot]) == []
    [presence] = crowd._present.values()
    vectors = presence.visitor._evidence._vectors
    assert vectors.any()
    allowed = False
    assert _play(crowd, [shot] * 20, first=1) == []
    assert engine.encoder.meter.calls == 1
    assert not vectors.any()
    assert crowd.close(3.0) == ()


def test_who_is_lost_and_found_again_is_one_visit(real_engine: Engine, shot: Image) -> None:
    crowd = CrowdPipeline(_engine(real_engine, CUSTOMER), _policy("ambient"), _lend, "test")
    visit = [shot] * 8 + [EMPTY] * 20
    [first] = _play(crowd, visit * 2)
    assert first.decision == "match"
    assert _play(crowd, visit, first=1200) == []  # within two minutes of being last in view
    [second] = _play(crowd, visit, first=2500)
    assert second.decision == "match"


def test_who_left_is_decided_about_when_frames_stop(real_engine: Engine, shot: Image) -> None:
    crowd = CrowdPipeline(_engine(real_engine, NARROW), _policy("ambient"), _lend, "test")
    assert _play(crowd, [shot] * 2) == []
    assert crowd.tick(1.0) == ()
    [decision] = crowd.tick(1.2)
    assert (decision.decision, decision.frames) == ("match", 2)
    assert decision.t == pytest.approx(0.1)


def test_of_a_picture_that_the_encoder_makes_nothing_of_nothing_is_kept(
    real_engine: Engine, shot: Image, permit: CapturePermit
) -> None:
    """The camera goes on with the next frame."""
    visitor = Visitor(_engine(real_engine, np.nan, CUSTOMER), _lend)
    (face,) = real_engine.detector.detect(shot)
    frames = [Frame(shot, number / 10, number) for number in range(2)]
    assert [visitor.look(permit, frame, face) for frame in frames] == [Look.UNUSABLE, Look.USABLE]
    assert visitor.frames == 1


@pytest.mark.parametrize("name", ["trigger", "ambient"])
@pytest.mark.parametrize("held", [True, False], ids=["a customer has it", "nobody has it"])
def test_an_earlier_encoder_runs_while_a_customer_has_a_template_of_its(
    real_engine: Engine, shot: Image, name: str, held: bool
) -> None:
    old = Told(CUSTOMER)
    old.model_id = "earlier"  # type: ignore[misc]  # another model
    limits = calibration().model_copy(update={"model_id": "earlier"})
    engine = replace(
        _engine(real_engine, STRANGER), older=(Engine(real_engine.detector, old, limits, None),)
    )
    template = np.array([[1, 0]], np.float32)
    older = (Gallery("earlier", 1, ("b",), template, 1),) if held else ()

    def lend(_: float) -> AbstractContextManager[Gallery | None]:
        return nullcontext(replace(_gallery(), older=older))

    if name == "trigger":
        pipeline: WindowPipeline | CrowdPipeline = WindowPipeline(engine, _policy(name), lend)
        assert isinstance(pipeline, WindowPipeline)
        pipeline.open(Window("w", 0.0, 10.0))
    else:
        pipeline = CrowdPipeline(engine, _policy(name), lend, "test")
    decisions = _play(pipeline, [shot] * ENOUGH_FRAMES)

    assert [(one.decision, one.alias) for one in decisions] == (
        [("match", "b")] if held else [("unknown", None)]
    )
    assert old.meter.calls == (engine.encoder.meter.calls if held else 0)
    assert old.meter.without_permit == 0
