"""Whatever goes wrong, the answer is "no matching", and health says why (R13, R25, R49)."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clienteling.edge_protocol import MatchingState
from clienteling.recognition.engine import Engine
from tests.support.cameras import StartCamera, Template, press_and_wait, until
from tests.support.clips import PHOTOS, compose, scene
from tests.support.hub_simulator import HubSimulator, random_template


@pytest.fixture
def known(hub: HubSimulator, template: Template) -> HubSimulator:
    hub.enrol("alias-a", template(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg"))
    hub.enrol("alias-n", random_template())
    return hub


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return compose(tmp_path / "a.avi", [scene(2.0, PHOTOS / "a3.jpg")])


def says(hub: HubSimulator, state: MatchingState) -> bool:
    return bool(hub.healths) and hub.healths[-1].state == state


def test_a_stop_ends_matching_and_a_resume_brings_it_back(
    known: HubSimulator, start_camera: StartCamera, clip: Path
) -> None:
    camera = start_camera(clip)
    assert press_and_wait(known).decision == "match"
    known.stop_recognition()
    until(lambda: says(known, "stopped"))
    calls = camera.encoder_calls
    assert press_and_wait(known).decision == "none"
    assert camera.encoder_calls == calls
    known.resume_recognition()
    until(lambda: says(known, "matching"))
    assert press_and_wait(known).decision == "match"


def test_a_camera_that_starts_during_a_stop_does_not_match(
    known: HubSimulator, start_camera: StartCamera, clip: Path
) -> None:
    known.stopped = True
    camera = start_camera(clip)
    until(lambda: says(known, "stopped"))
    assert press_and_wait(known).decision == "none"
    assert camera.encoder_calls == 0


def test_matching_ends_with_the_lease_when_the_hub_cannot_renew_it(
    known: HubSimulator, start_camera: StartCamera, clip: Path
) -> None:
    known.lease_seconds = 2.0
    camera = start_camera(clip)
    assert press_and_wait(known).decision == "match"
    known.gallery_down = True
    until(lambda: says(known, "lease_out"))
    calls = camera.encoder_calls
    assert press_and_wait(known).decision == "none"
    assert camera.encoder_calls == calls
    known.gallery_down = False
    until(lambda: says(known, "matching"), 20)
    assert press_and_wait(known).decision == "match"


def test_a_short_lease_is_renewed_before_it_ends(
    known: HubSimulator, start_camera: StartCamera, clip: Path
) -> None:
    known.policy = known.policy.model_copy(update={"lease_seconds": 3.0})
    known.lease_seconds = 3.0
    start_camera(clip)
    time.sleep(4.0)
    assert press_and_wait(known).decision == "match"
    assert known.pulls >= 3


def test_a_clock_that_is_off_does_not_match(
    known: HubSimulator, start_camera: StartCamera, clip: Path
) -> None:
    camera = start_camera(clip)
    assert press_and_wait(known).decision == "match"
    known.clock_offset = timedelta(seconds=45)
    known.stop()  # the next connection is judged by the new time
    known.start()
    until(lambda: "clock_skew" in known.refusals)
    calls = camera.encoder_calls
    window = known.press()
    time.sleep(1.0)
    assert known.decision(window.window_id) is None
    assert camera.encoder_calls == calls


def test_a_forged_gallery_is_not_taken(
    known: HubSimulator, start_camera: StartCamera, clip: Path
) -> None:
    """A template under another's alias does not open; what was held stays, nothing else."""
    start_camera(clip)
    assert press_and_wait(known).decision == "match"
    held = known.version
    until(lambda: known.acks and known.acks[-1][1] == held)
    known.forged = True
    known.enrol("alias-x", random_template())
    until(lambda: known.pulls >= 3)
    assert press_and_wait(known).decision == "match"
    assert known.sightings[-1].alias == "alias-a"
    assert known.sightings[-1].gallery_version == held
    assert known.acks[-1][1] == held


def test_a_log_that_became_shorter_ends_matching(
    known: HubSimulator, start_camera: StartCamera, clip: Path, tmp_path: Path
) -> None:
    camera = start_camera(clip)
    assert press_and_wait(known).decision == "match"
    known.log_size -= 1
    known.enrol("alias-x", random_template())
    until(lambda: says(known, "log_rolled_back"))
    calls = camera.encoder_calls
    assert press_and_wait(known).decision == "none"
    assert camera.encoder_calls == calls
    assert "\n10\n" in (tmp_path / "state" / "checkpoint.txt").read_text()


@pytest.mark.parametrize("fault", ["log_rewritten", "no proof"])
def test_a_log_that_does_not_prove_its_growth_ends_matching(
    known: HubSimulator, start_camera: StartCamera, clip: Path, fault: str
) -> None:
    camera = start_camera(clip)
    assert press_and_wait(known).decision == "match"
    known.log_size += 3
    known.log_rewritten, known.log_proves = fault == "log_rewritten", fault != "no proof"
    known.enrol("alias-x", random_template())
    until(lambda: says(known, "log_unproven"))
    calls = camera.encoder_calls
    assert press_and_wait(known).decision == "none"
    assert camera.encoder_calls == calls


def test_a_log_that_proves_its_growth_goes_on(
    known: HubSimulator, start_camera: StartCamera, clip: Path, tmp_path: Path
) -> None:
    start_camera(clip)
    assert press_and_wait(known).decision == "match"
    known.log_size += 3
    known.enrol("alias-x", random_template())
    kept = tmp_path / "state" / "checkpoint.txt"
    until(lambda: "\n13\n" in kept.read_text())
    assert press_and_wait(known).decision == "match"


def test_a_shorter_log_is_seen_over_a_restart(
    known: HubSimulator, start_camera: StartCamera, clip: Path
) -> None:
    start_camera(clip).stop()
    known.log_size -= 1
    start_camera(clip)
    until(lambda: says(known, "log_rolled_back"))


def test_a_gallery_of_another_model_is_not_searched(
    known: HubSimulator, start_camera: StartCamera, clip: Path
) -> None:
    known.policy = known.policy.model_copy(update={"model_id": "another-model"})
    camera = start_camera(clip)
    until(lambda: says(known, "model_differs"))
    assert press_and_wait(known).decision == "none"
    assert camera.encoder_calls == 0


def test_a_gallery_beyond_the_calibration_is_not_searched(
    known: HubSimulator, start_camera: StartCamera, clip: Path
) -> None:
    template = random_template()
    known.templates |= {f"n{number}": template for number in range(3400)}
    camera = start_camera(clip)
    until(lambda: says(known, "calibration_unfit"))
    assert press_and_wait(known).decision == "none"
    assert camera.encoder_calls == 0


def test_thresholds_of_the_shops_own_wait_for_a_second_person(
    known: HubSimulator, start_camera: StartCamera, clip: Path, real_engine: Engine
) -> None:
    own = "c0ffee" + "0" * 58
    camera = start_camera(clip, engine=replace(real_engine, own_calibration=own))
    until(lambda: says(known, "calibration_unapproved"))
    assert press_and_wait(known).decision == "none"
    assert camera.encoder_calls == 0

    known.change_policy(known.policy.model_copy(update={"calibrations": (own,)}))
    until(lambda: says(known, "matching"))
    assert press_and_wait(known).decision == "match"


def test_a_stop_inside_a_window_ends_it_without_a_decision_about_anybody(
    known: HubSimulator, start_camera: StartCamera, tmp_path: Path
) -> None:
    start_camera(compose(tmp_path / "e.avi", [scene(2.0)]))
    until(known.connected)
    window = known.press()
    known.stop_recognition()
    assert until(lambda: known.decision(window.window_id)) < 8.0  # the window's own end is 10 s
    closed = known.decision(window.window_id)
    assert closed is not None
    assert closed.decision == "none"
