"""When a camera looks under each policy: the choice itself, and each policy live before a hub."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from camera.capture import Capture
from camera.state import EdgeState, Moment
from clienteling.edge_protocol import EdgePolicy, Health, OpenWindow, Policy, Zone
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame
from clienteling.recognition.gallery import Gallery
from tests.support.cameras import SIZE, StartCamera, Template
from tests.support.clips import PHOTOS, compose, empty, picture, scene
from tests.support.hub_simulator import HubSimulator

A, STRANGER = PHOTOS / "a3.jpg", PHOTOS / "b1.jpg"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LANE = Zone(x=0.2, w=0.6)


@pytest.fixture
def state(engine: Engine, policy: EdgePolicy, template: Template) -> EdgeState:
    """A camera that may match, with one customer in its gallery."""
    state = EdgeState(engine)
    state.set_policy(policy)
    state.heard(NOW, Moment(0.0, NOW))
    rows = template(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg")[None].copy()
    gallery = Gallery(engine.encoder.model_id, 7, ("alias-a",), rows, 2)
    assert state.install(gallery, 900.0, stopped=False, epoch=state.epoch)
    return state


@pytest.fixture
def capture(engine: Engine, state: EdgeState) -> Capture:
    return Capture(engine, state, "entrance", on_shown=Mock(), unseal=Mock(return_value=None))


def look_under(state: EdgeState, policy: EdgePolicy, name: Policy) -> None:
    state.set_policy(policy.model_copy(update={"policy": name, "zone": LANE}))


def press(at: float, window_id: str = "w1") -> OpenWindow:
    opened = NOW + timedelta(seconds=at)
    return OpenWindow(
        camera="entrance",
        window_id=window_id,
        opened_at=opened,
        expires_at=opened + timedelta(seconds=10),
    )


def test_under_trigger_frames_are_wanted_inside_a_window_only(capture: Capture) -> None:
    capture.tick(1.0)
    assert not capture.wants_frames(1.0)
    assert capture.open(press(1.0), 1.0) == ()
    assert capture.wants_frames(1.5)
    [ended] = capture.tick(11.5)
    assert (ended.decision, ended.window_id) == ("none", "w1")
    assert not capture.wants_frames(11.5)


@pytest.mark.parametrize("name", ["zone", "ambient"])
def test_under_zone_and_ambient_frames_are_wanted_while_matching_is_allowed(
    capture: Capture, state: EdgeState, policy: EdgePolicy, name: Policy
) -> None:
    look_under(state, policy, name)
    assert not capture.wants_frames(1.0)  # not before the policy was followed
    capture.tick(1.0)
    assert capture.wants_frames(1.0)
    state.set_stopped(True)
    assert not capture.wants_frames(1.1)


def test_under_zone_a_press_opens_nothing_and_says_so(
    capture: Capture, state: EdgeState, policy: EdgePolicy
) -> None:
    look_under(state, policy, "zone")
    [closed] = capture.open(press(1.0), 1.0)
    assert (closed.decision, closed.window_id) == ("none", "w1")


def test_a_new_policy_ends_what_the_old_one_began(
    capture: Capture, state: EdgeState, policy: EdgePolicy
) -> None:
    capture.open(press(1.0), 1.0)
    look_under(state, policy, "ambient")
    [ended] = capture.tick(2.0)
    assert (ended.decision, ended.window_id) == ("none", "w1")
    assert capture.wants_frames(2.0)
    state.set_policy(policy)
    assert capture.tick(3.0) == ()
    assert not capture.wants_frames(3.0)


def test_a_frame_that_nobody_wants_is_overwritten(capture: Capture) -> None:
    frame = Frame(picture((A,), SIZE), 1.0, 0)
    assert capture.step(frame) == ()
    assert not frame.image.any()


def play_live(
    hub: HubSimulator, start: StartCamera, clip: Path, name: Policy, zone: Zone = LANE
) -> Health:
    """Run a live camera until its clip ends; return how it said that it was."""
    changes = {"policy": name, "region": "us", "zone": zone, "min_face_height": 0.0}
    hub.policy = hub.policy.model_copy(update=changes)
    start(clip, loop=False).join()
    return hub.healths[-1]


@pytest.mark.parametrize("name", ["zone", "ambient"])
def test_a_customer_is_seen_once_and_without_a_window(
    hub: HubSimulator, template: Template, start_camera: StartCamera, tmp_path: Path, name: Policy
) -> None:
    """Gone for a moment and seen again: the visit stays one."""
    hub.enrol("alias-a", template(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg"))
    clip = compose(tmp_path / "a.avi", [scene(2.5, A), empty(1.2), scene(2.5, A)])
    health = play_live(hub, start_camera, clip, name)
    [sighting] = hub.sightings
    assert (sighting.alias, sighting.ground, sighting.window_id) == ("alias-a", name, None)
    assert hub.closed == []
    assert (health.counters.match, health.encoder_calls_without_permit) == (1, 0)


@pytest.mark.parametrize("name", ["zone", "ambient"])
def test_a_stranger_is_told_as_a_number_and_nothing_else(
    hub: HubSimulator, template: Template, start_camera: StartCamera, tmp_path: Path, name: Policy
) -> None:
    """R4: what the hub hears of somebody unknown is a counter in the camera's health."""
    hub.enrol("alias-a", template(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg"))
    clip = compose(tmp_path / "b.avi", [scene(2.5, STRANGER)])
    assert play_live(hub, start_camera, clip, name).counters.unknown == 1
    assert (hub.sightings, hub.closed) == ([], [])


def test_zone_without_a_marked_lane_looks_at_nobody(
    hub: HubSimulator,
    template: Template,
    start_camera: StartCamera,
    tmp_path: Path,
    engine: Engine,
) -> None:
    """The whole picture is no lane: one has to be drawn first."""
    hub.enrol("alias-a", template(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg"))
    calls = engine.encoder.meter.calls
    clip = compose(tmp_path / "a.avi", [scene(2.5, A)])
    health = play_live(hub, start_camera, clip, "zone", Zone())
    assert "no_lane" in {report.state for report in hub.healths}
    assert (health.encoder_calls, hub.sightings) == (calls, [])
