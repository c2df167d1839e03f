"""The pipeline over clips, on real faces: what is decided, and what is never encoded."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from camera.replay import replay
from clienteling.edge_protocol import EdgePolicy, Policy, Zone
from clienteling.errors import StartError, UsageError
from clienteling.recognition.engine import Engine
from clienteling.recognition.gallery import Gallery
from tests.support.cameras import Template
from tests.support.clips import PHOTOS, Scene, compose, empty, scene

A, B, C, D = (PHOTOS / name for name in ("a3.jpg", "b1.jpg", "c1.jpg", "d1.jpg"))
Play = Callable[..., list[tuple[str, str | None]]]


@pytest.fixture(scope="module")
def gallery(engine: Engine, template: Template) -> Gallery:
    rows = np.stack([template(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg"), template(C)])
    return Gallery(engine.encoder.model_id, 1, ("alias-a", "alias-c"), rows, 2)


def make_policy(engine: Engine, policy: Policy, **changes: object) -> EdgePolicy:
    model_id = engine.encoder.model_id
    values = {"region": "us", "policy": policy, "model_id": model_id, "live": False}
    return EdgePolicy.model_validate(values | changes)


@pytest.fixture
def play(engine: Engine, gallery: Gallery, tmp_path: Path) -> Iterator[Play]:
    def run(
        scenes: list[Scene],
        *presses: float,
        policy: Policy = "trigger",
        fps: int = 10,
        **changes: object,
    ) -> list[tuple[str, str | None]]:
        clip = compose(tmp_path / "clip.avi", scenes, fps=fps)
        chosen = make_policy(engine, policy, **changes)
        decisions = list(replay(clip, chosen, presses, engine, gallery))
        return [(decision.decision, decision.alias) for decision in decisions]

    before = engine.encoder.meter.without_permit
    yield run
    assert engine.encoder.meter.without_permit == before


def test_who_pressed_and_is_enrolled_is_matched(play: Play) -> None:
    assert play([empty(0.5), scene(2.0, A)], 0.6) == [("match", "alias-a")]


def test_a_stranger_who_pressed_is_unknown(play: Play) -> None:
    assert play([scene(2.0, B)], 0.2) == [("unknown", None)]


def test_nobody_is_encoded_outside_a_window(play: Play, engine: Engine) -> None:
    calls = engine.encoder.meter.calls
    assert play([scene(1.5, A), empty(11.0), scene(2.0, C)], 1.6) == []
    assert engine.encoder.meter.calls == calls


def test_two_people_near_abort_and_neither_is_encoded(play: Play, engine: Engine) -> None:
    calls = engine.encoder.meter.calls
    assert play([scene(2.0, A, D)], 0.2) == [("abort", None)]
    assert engine.encoder.meter.calls == calls


def test_somebody_who_joins_during_the_window_aborts_it(play: Play) -> None:
    """Fewer frames than a decision needs, then a second person."""
    assert play([scene(0.2, A), scene(2.0, A, D)], 0.0) == [("abort", None)]


def test_somebody_outside_the_zone_does_not_count(play: Play) -> None:
    """A second person beside the marked spot neither aborts nor is encoded."""
    left = Zone(x=0.0, y=0.0, w=0.5, h=1.0)
    assert play([scene(2.0, A, D)], 0.0, zone=left.model_dump()) == [("match", "alias-a")]


def test_somebody_far_away_does_not_count(play: Play, engine: Engine) -> None:
    calls = engine.encoder.meter.calls
    assert play([scene(2.0, A)], 0.0, min_face_height=0.6) == []
    assert engine.encoder.meter.calls == calls


def test_another_person_in_the_same_place_aborts(play: Play) -> None:
    """Who stepped in did not press; the first one's evidence is not given to the second."""
    assert play([scene(0.2, A), scene(2.0, B)], 0.0) == [("abort", None)]


def test_a_second_press_ends_the_first_window(play: Play) -> None:
    assert play([empty(1.0), scene(2.0, A)], 0.0, 0.5) == [("match", "alias-a")]


def test_a_window_that_the_clip_cuts_off_is_decided_with_what_there_is(play: Play) -> None:
    assert play([scene(0.2, A)], 0.0) == [("match", "alias-a")]


def test_ambient_decides_once_for_each_visitor(play: Play) -> None:
    seen = play([scene(1.5, A, B), empty(1.5), scene(1.5, C)], policy="ambient", min_face_height=0)
    assert sorted(seen, key=str) == [("match", "alias-a"), ("match", "alias-c"), ("unknown", None)]


def test_ambient_does_not_encode_a_decided_visitor_again(play: Play, engine: Engine) -> None:
    calls = engine.encoder.meter.calls
    assert play([scene(4.0, A)], policy="ambient", min_face_height=0) == [("match", "alias-a")]
    assert engine.encoder.meter.calls - calls < 10


def test_ambient_keeps_one_visit_over_a_short_absence(play: Play) -> None:
    scenes = [scene(1.0, A), empty(1.5), scene(1.0, A)]
    assert play(scenes, policy="ambient", min_face_height=0) == [("match", "alias-a")]


def test_a_zone_takes_a_dwell(play: Play, engine: Engine) -> None:
    calls = engine.encoder.meter.calls
    assert play([scene(1.0, A), empty(2.0)], policy="zone") == []
    assert engine.encoder.meter.calls == calls
    assert play([scene(3.0, A)], policy="zone") == [("match", "alias-a")]


@pytest.mark.parametrize(
    ("policy", "presses", "error", "why"),
    [
        ("trigger", (), UsageError, "--press"),
        ("trigger", (-1.0,), UsageError, "0 or more"),
        ("trigger", (float("nan"),), UsageError, "0 or more"),
        ("ambient", (1.0,), UsageError, "nobody presses"),
        ("pass", (1.0,), UsageError, "nobody presses"),
    ],
)
def test_what_does_not_fit_the_policy_is_said_before_anything_is_read(
    engine: Engine,
    gallery: Gallery,
    policy: Policy,
    presses: tuple[float, ...],
    error: type[Exception],
    why: str,
) -> None:
    with pytest.raises(error, match=why):
        replay(Path("absent.avi"), make_policy(engine, policy), presses, engine, gallery)


def test_a_missing_or_empty_video_is_said_at_once(
    engine: Engine, gallery: Gallery, tmp_path: Path
) -> None:
    policy = make_policy(engine, "trigger")
    with pytest.raises(StartError, match="There is no file"):
        replay(tmp_path / "absent.avi", policy, (1.0,), engine, gallery)
    (tmp_path / "empty.avi").touch()
    with pytest.raises(StartError, match="is empty"):
        replay(tmp_path / "empty.avi", policy, (1.0,), engine, gallery)
