"""The whole camera process against a whole hub, on real faces."""

from datetime import timedelta
from pathlib import Path

import pytest

from clienteling.edge_protocol import CloseWindow, OpenWindow
from clienteling.errors import RefusedError, StartError
from tests.support.cameras import StartCamera, Template, press_and_wait, until
from tests.support.clips import PHOTOS, compose, empty, scene
from tests.support.hub_simulator import HubSimulator, random_template

A, C, STRANGER = PHOTOS / "a3.jpg", PHOTOS / "c1.jpg", PHOTOS / "b1.jpg"


@pytest.fixture
def known(hub: HubSimulator, template: Template) -> HubSimulator:
    """A shop where two people are enrolled; the pictures of A in the clips are others."""
    hub.enrol("alias-a", template(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg"))
    hub.enrol("alias-c", template(C))
    return hub


@pytest.fixture
def clip_of_a(tmp_path: Path) -> Path:
    return compose(tmp_path / "a.avi", [scene(2.0, A)])


def test_a_press_brings_a_sighting_of_the_alias(
    known: HubSimulator, start_camera: StartCamera, clip_of_a: Path
) -> None:
    camera = start_camera(clip_of_a)
    closed = press_and_wait(known)
    assert closed.decision == "match"
    [sighting] = known.sightings
    assert (sighting.alias, sighting.window_id) == ("alias-a", closed.window_id)
    assert (sighting.camera, sighting.gallery_version) == ("entrance", known.version)
    assert sighting.score > 0.5
    assert camera.encoder_calls == sighting.frames
    camera.stop()
    assert camera.code == 0
    told = [event["event"] for event in camera.events]
    assert list(dict.fromkeys(told)) == ["paired", "gallery", "started", "ended"]


def test_a_stranger_who_presses_is_unknown_and_leaves_a_counter(
    known: HubSimulator, start_camera: StartCamera, tmp_path: Path
) -> None:
    start_camera(compose(tmp_path / "b.avi", [scene(2.0, STRANGER)]))
    assert press_and_wait(known).decision == "unknown"
    assert known.sightings == []


def test_nobody_in_view_is_none(
    known: HubSimulator, start_camera: StartCamera, tmp_path: Path
) -> None:
    camera = start_camera(compose(tmp_path / "e.avi", [empty(2.0)]))
    closed = press_and_wait(known, seconds=1.0)
    assert (closed.decision, closed.frames) == ("none", 0)
    assert camera.encoder_calls == 0


def test_a_window_that_the_hub_closes_decides_no_later(
    known: HubSimulator, start_camera: StartCamera, tmp_path: Path
) -> None:
    start_camera(compose(tmp_path / "e.avi", [empty(2.0)]))
    until(known.connected)
    window = known.press()
    known.tell(CloseWindow(window_id=window.window_id))
    assert until(lambda: known.decision(window.window_id)) < 8.0  # its own end is 10 s


def test_each_press_is_decided_once(
    known: HubSimulator, start_camera: StartCamera, clip_of_a: Path
) -> None:
    start_camera(clip_of_a)
    for _ in range(3):
        assert press_and_wait(known).decision == "match"
    assert [item.decision for item in known.closed] == ["match"] * 3
    sequences = [sighting.sequence for sighting in known.sightings]
    assert len(sequences) == 3
    assert sequences == sorted(set(sequences))


def test_a_replayed_press_opens_nothing(
    known: HubSimulator, start_camera: StartCamera, clip_of_a: Path
) -> None:
    camera = start_camera(clip_of_a)
    event = known.press()
    until(lambda: known.decision(event.window_id))
    calls = camera.encoder_calls
    known.tell(event)
    other = event.model_copy(update={"window_id": "w-other", "camera": "back-door"})
    known.tell(other)
    late = timedelta(seconds=60)
    known.tell(_moved(event, "w-old", -late))
    until(lambda: known.decision("w-old"))
    assert camera.encoder_calls == calls
    assert len(known.sightings) == 1
    assert known.decision("w-other") is None


def _moved(event: OpenWindow, window_id: str, by: timedelta) -> OpenWindow:
    times = {"opened_at": event.opened_at + by, "expires_at": event.expires_at + by}
    return event.model_copy(update={"window_id": window_id, **times})


def test_a_hub_that_restarts_is_found_again_and_gets_what_waited(
    known: HubSimulator, start_camera: StartCamera, clip_of_a: Path
) -> None:
    """The press arrives, the hub goes away before the answer, and has it after it is back."""
    start_camera(clip_of_a)
    press_and_wait(known)
    window = known.press()
    until(lambda: not known.pending(), 5)
    known.stop()
    known.start()
    until(lambda: known.decision(window.window_id), 20)
    until(known.connected)
    assert press_and_wait(known).decision == "match"
    assert len({sighting.nonce for sighting in known.sightings}) == len(known.sightings)


def test_a_second_start_does_not_pair_again(
    known: HubSimulator, start_camera: StartCamera, clip_of_a: Path
) -> None:
    start_camera(clip_of_a).stop()
    camera = start_camera(clip_of_a)
    assert not camera.has("paired")
    assert press_and_wait(known).decision == "match"
    assert len(known.devices) == 1


def test_the_end_of_a_clip_ends_the_camera_in_order(
    known: HubSimulator, start_camera: StartCamera, clip_of_a: Path
) -> None:
    camera = start_camera(clip_of_a, loop=False)
    window = known.press()
    camera.join()
    assert camera.code == 0
    closed = known.decision(window.window_id)
    assert closed is not None
    assert closed.decision == "match"
    assert known.healths[-1].state == "ended"
    assert known.healths[-1].counters.match == 1
    assert camera.events[-1] == {"event": "ended"}


def test_health_says_what_is_active(
    known: HubSimulator, start_camera: StartCamera, clip_of_a: Path
) -> None:
    start_camera(clip_of_a)
    until(lambda: known.healths and known.healths[-1].state in {"matching", "no_gallery"})
    health = known.healths[-1]
    assert health.attack_check == "none"
    assert health.policy == "trigger"
    assert health.encoder_calls_without_permit == 0
    assert health.calibration


def test_a_wrong_code_pairs_nothing(
    known: HubSimulator, start_camera: StartCamera, clip_of_a: Path, tmp_path: Path
) -> None:
    known.code = "ANOTHER-1"
    camera = start_camera(clip_of_a, wait=False)
    camera.join()
    assert "unknown_code" in known.refusals
    assert camera.error is not None
    assert not (tmp_path / "state" / "device.json").exists()


def test_without_a_code_the_start_says_what_to_do(
    known: HubSimulator, start_camera: StartCamera, clip_of_a: Path
) -> None:
    camera = start_camera(clip_of_a, wait=False, pair_code_file=None)
    camera.join()
    assert isinstance(camera.error, StartError)
    assert "--pair-code-file" in str(camera.error)


def test_a_camera_of_another_hub_is_not_taken_along(
    known: HubSimulator, start_camera: StartCamera, clip_of_a: Path
) -> None:
    start_camera(clip_of_a).stop()
    camera = start_camera(clip_of_a, wait=False, hub="http://localhost:1")
    camera.join()
    assert isinstance(camera.error, StartError)
    assert "belongs to a camera of" in str(camera.error)


def test_a_policy_that_is_not_for_live_cameras_ends_the_start(
    hub: HubSimulator, start_camera: StartCamera, clip_of_a: Path
) -> None:
    hub.policy = hub.policy.model_copy(update={"live": False})
    camera = start_camera(clip_of_a, wait=False)
    camera.join()
    assert isinstance(camera.error, RefusedError)


def test_a_removed_camera_forgets_everything_and_ends(
    known: HubSimulator, start_camera: StartCamera, clip_of_a: Path
) -> None:
    camera = start_camera(clip_of_a)
    known.devices["d1"].revoked = True
    known.enrol("alias-x", random_template())
    camera.join()
    assert isinstance(camera.error, RefusedError)
    assert "Pair this camera again" in str(camera.error)


def test_the_state_folder_holds_secrets_for_this_user_only(
    known: HubSimulator, start_camera: StartCamera, clip_of_a: Path, tmp_path: Path
) -> None:
    start_camera(clip_of_a).stop()
    files = sorted(path.name for path in (tmp_path / "state").iterdir())
    assert files == ["checkpoint.txt", "device.json", "device.key"]
    assert {(tmp_path / "state" / name).stat().st_mode & 0o777 for name in files} == {0o600}


def test_a_source_that_fails_leaves_the_pairing_code_unused(
    known: HubSimulator, start_camera: StartCamera, tmp_path: Path
) -> None:
    camera = start_camera(tmp_path / "absent.avi", wait=False)
    camera.join()
    assert isinstance(camera.error, StartError)
    assert known.code is not None
