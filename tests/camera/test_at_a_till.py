"""A camera at a till: nobody is named without the steps, and a picture tells nothing of anybody."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from camera.pipeline import WindowPipeline
from camera.state import EdgeState
from camera.window import Window
from clienteling.edge_protocol import EdgePolicy
from clienteling.errors import RefusedError
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.liveness.challenge import steps_of
from clienteling.recognition.liveness.evidence import (
    Checks,
    LivenessEvidence,
    Reason,
    Verdict,
    VerdictKind,
)
from clienteling.recognition.liveness.gesture import Step
from tests.support.cameras import SIZE, StartCamera, Template
from tests.support.clips import PHOTOS, compose, empty, picture
from tests.support.hub_simulator import HubSimulator
from tests.support.signs import ActingReader, acted

CUSTOMER, STRANGER = PHOTOS / "a3.jpg", PHOTOS / "b1.jpg"
WINDOW = "w1"
RIGHT, WRONG = steps_of(WINDOW), (Step.LEFT, Step.RIGHT, Step.LEFT, Step.RIGHT)


@pytest.fixture
def policy(edge_policy: EdgePolicy) -> EdgePolicy:
    return edge_policy.model_copy(update={"purpose": "till", "challenge": True})


@pytest.fixture
def gallery(real_engine: Engine, template_of: Template) -> Gallery:
    rows = template_of(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg")[None].copy()
    return Gallery(real_engine.encoder.model_id, 1, ("alias-a",), rows, 2)


def decided(
    engine: Engine, policy: EdgePolicy, gallery: Gallery, face: Path, made: Sequence[Step]
) -> list[tuple[str, str | None]]:
    def lend(_: float) -> AbstractContextManager[Gallery | None]:
        return nullcontext(gallery)

    pipeline = WindowPipeline(engine, policy, lend)
    pipeline.open(Window(WINDOW, 0.0, 10.0))
    frames = len(acted(*made))
    shown = [Frame(picture((face,), SIZE), number / 10, number) for number in range(frames)]
    decisions = [decision for frame in shown for decision in pipeline.step(frame)]
    decisions += pipeline.close(9.0)
    return [(decision.decision, decision.alias) for decision in decisions]


@pytest.mark.parametrize("made", [(), WRONG, RIGHT[:-1]])
@pytest.mark.parametrize("face", [CUSTOMER, STRANGER])
def test_without_the_steps_a_customer_and_a_stranger_are_told_the_same(
    real_engine: Engine,
    policy: EdgePolicy,
    gallery: Gallery,
    monkeypatch: pytest.MonkeyPatch,
    face: Path,
    made: Sequence[Step],
) -> None:
    monkeypatch.setattr("camera.pipeline.shared_reader", lambda: ActingReader(made))
    engine = replace(real_engine, liveness=None)
    assert decided(engine, policy, gallery, face, made) == [("spoof", None)]


@pytest.mark.parametrize(
    ("face", "expected"), [(CUSTOMER, ("match", "alias-a")), (STRANGER, ("unknown", None))]
)
def test_who_makes_them_is_recognised_if_a_customer(
    real_engine: Engine,
    policy: EdgePolicy,
    gallery: Gallery,
    monkeypatch: pytest.MonkeyPatch,
    face: Path,
    expected: tuple[str, str | None],
) -> None:
    monkeypatch.setattr("camera.pipeline.shared_reader", lambda: ActingReader(RIGHT))
    engine = replace(real_engine, liveness=None)
    assert decided(engine, policy, gallery, face, RIGHT) == [expected]


@pytest.mark.parametrize("face", [CUSTOMER, STRANGER])
@pytest.mark.parametrize(
    ("kind", "made"),
    [(VerdictKind.SPOOF, RIGHT), (VerdictKind.LIVE, ()), (VerdictKind.LIVE, WRONG)],
)
def test_the_passive_check_and_the_steps_are_both_needed(
    real_engine: Engine,
    policy: EdgePolicy,
    gallery: Gallery,
    monkeypatch: pytest.MonkeyPatch,
    face: Path,
    kind: VerdictKind,
    made: Sequence[Step],
) -> None:
    reasons = (Reason.PATTERN,) if kind is VerdictKind.SPOOF else ()
    verdict = Verdict(kind, reasons, 1.0, 1)
    monkeypatch.setattr(LivenessEvidence, "verdict", lambda _: verdict)
    monkeypatch.setattr("camera.pipeline.shared_reader", lambda: ActingReader(made))
    engine = replace(real_engine, liveness=Checks())
    assert decided(engine, policy, gallery, face, made) == [("spoof", None)]


def test_the_wire_knows_no_till_without_a_press_and_a_challenge(policy: EdgePolicy) -> None:
    assert EdgePolicy.model_validate_json(policy.model_dump_json()) == policy
    for change in ({"challenge": False}, {"policy": "zone"}, {"policy": "pass"}):
        with pytest.raises(ValidationError):
            EdgePolicy.model_validate(policy.model_dump() | change)


def test_other_cameras_do_not_hear_of_it(edge_policy: EdgePolicy) -> None:
    """So that a camera of an earlier version goes on working with this hub."""
    assert "purpose" not in edge_policy.model_dump_json()


@pytest.mark.parametrize(("mine", "hubs"), [("recognise", "till"), ("till", "recognise")])
def test_what_is_for_another_place_is_never_matched_with(
    real_engine: Engine, edge_policy: EdgePolicy, policy: EdgePolicy, mine: str, hubs: str
) -> None:
    state = EdgeState(real_engine, mine)  # type: ignore[arg-type]
    state.set_policy(policy if hubs == "till" else edge_policy)
    assert state.matching(0.0) == "no_policy"


@pytest.mark.parametrize(("mine", "hubs"), [("recognise", "till"), ("till", "recognise")])
def test_a_camera_that_the_hub_has_elsewhere_ends_its_start(
    hub_simulator: HubSimulator,
    start_camera: StartCamera,
    policy: EdgePolicy,
    tmp_path: Path,
    mine: str,
    hubs: str,
) -> None:
    if hubs == "till":
        hub_simulator.policy = policy
    clip = compose(tmp_path / "empty.avi", [empty(0.5)])
    camera = start_camera(clip, wait=False, purpose=mine)
    camera.join()
    assert isinstance(camera.error, RefusedError)
    assert 'purpose = "till"' in str(camera.error)
    assert camera.encoder_calls == 0


def test_moved_by_the_hub_while_it_runs_it_forgets_everything_and_ends(
    hub_simulator: HubSimulator, start_camera: StartCamera, policy: EdgePolicy, tmp_path: Path
) -> None:
    camera = start_camera(compose(tmp_path / "empty.avi", [empty(0.5)]))
    hub_simulator.change_policy(policy)
    camera.join()
    assert isinstance(camera.error, RefusedError)
