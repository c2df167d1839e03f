"""What the passive checks say about a visitor, over all frames of the visit."""

import numpy as np
import pytest

from clienteling.recognition.decide import Decision, DecisionKind
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Image
from clienteling.recognition.liveness.evidence import (
    ENOUGH_SECONDS,
    Checks,
    LivenessEvidence,
    Reason,
    Verdict,
    VerdictKind,
    settle,
)
from tests.support.attacks import HELD_STILL, head, looked_at, shown
from tests.support.faces import face_at

MATCH = Decision(DecisionKind.MATCH, "a", 0.8, 3)
PLAIN: Image = np.full((480, 640, 3), 128, np.uint8)


@pytest.mark.parametrize(("kind", "height"), [("print_close", 185), ("phone", 185), ("tablet", 90)])
def test_a_picture_carried_into_view_is_a_spoof(engine: Engine, kind: str, height: float) -> None:
    frames = shown(engine.detector, kind, height=height)
    verdict = looked_at(engine.detector, frames, Checks()).verdict()

    assert verdict.kind is VerdictKind.SPOOF
    assert Reason.HELD in verdict.reasons
    assert verdict.frames >= 12


def test_a_print_held_still_is_not_found_out(engine: Engine) -> None:
    """What the check cannot do, said by a test: nothing moves, so nothing moves along."""
    frames = shown(engine.detector, "print", sway=HELD_STILL, frames=8)

    assert looked_at(engine.detector, frames, Checks()).verdict().kind is VerdictKind.UNDECIDED


def test_a_tablet_that_fills_the_view_is_not_found_out(engine: Engine) -> None:
    """It hides the room, so nobody can say whether it is the tablet that moves, or the camera."""
    frames = shown(engine.detector, "tablet")

    assert looked_at(engine.detector, frames, Checks()).verdict().kind is VerdictKind.UNDECIDED


def test_a_cut_out_is_not_found_out(engine: Engine) -> None:
    """The shop is behind it as it is behind a head: this is for the staff's eyes, or a model."""
    frames = shown(engine.detector, "cutout")

    assert looked_at(engine.detector, frames, Checks()).verdict().kind is VerdictKind.UNDECIDED


@pytest.mark.parametrize(("depth", "kind"), [(0.55, "live"), (0.0, "undecided")])
def test_a_head_that_turns_is_solid_and_a_flat_face_that_turns_is_not(
    depth: float, kind: str
) -> None:
    evidence = LivenessEvidence(Checks())
    for number, yaw in enumerate(range(-24, 25, 4)):
        evidence.add(PLAIN, head(yaw, depth=depth), number / 10)

    assert evidence.verdict().kind == kind


def test_nothing_is_known_of_somebody_who_was_not_seen() -> None:
    verdict = LivenessEvidence(Checks()).verdict()

    assert verdict == Verdict(VerdictKind.UNDECIDED, (), 0.0, 0)


@pytest.mark.parametrize(
    "box", [(-60.0, 100.0, 150.0, 190.0), (600.0, 420.0, 120.0, 150.0), (5.0, 5.0, 9.0, 12.0)]
)
def test_a_face_at_the_edge_or_tiny_is_measured_without_harm(
    box: tuple[float, float, float, float],
) -> None:
    evidence = LivenessEvidence(Checks())
    for step in range(8):
        x, y, w, h = box
        evidence.add(PLAIN, face_at(x + 4 * step, y, w, h), step / 10)

    assert evidence.verdict().kind is VerdictKind.UNDECIDED


def test_a_fast_camera_is_measured_no_more_often_than_a_slow_one() -> None:
    evidence = LivenessEvidence(Checks())
    for number in range(60):
        evidence.add(PLAIN, head(0), number / 60)

    assert 10 <= evidence.frames <= 15


def test_wiping_forgets_the_visitor(engine: Engine) -> None:
    evidence = looked_at(engine.detector, shown(engine.detector, "print_close"), Checks())
    rings = [ring.values for ring in evidence._surroundings._rings]
    assert all(values.any() for values in rings)

    evidence.wipe()

    assert not any(values.any() for values in rings)
    assert evidence.verdict() == LivenessEvidence(Checks()).verdict()


def test_no_more_than_a_ring_around_the_face_is_kept(engine: Engine) -> None:
    """Of the picture only the ring stays, and the ring leaves the head out."""
    evidence = looked_at(engine.detector, shown(engine.detector, "print_close"), Checks())
    kept = [ring.values.size for ring in evidence._surroundings._rings]

    assert 0 < len(kept) <= 4
    assert max(kept) < 500


def test_only_a_match_is_settled(engine: Engine) -> None:
    spoof = looked_at(engine.detector, shown(engine.detector, "print_close"), Checks())
    unknown = Decision(DecisionKind.UNKNOWN, None, 0.1, 3)

    assert settle(None, spoof, final=True) is None
    assert settle(unknown, spoof, final=False) is unknown
    settled = settle(MATCH, spoof, final=False)
    assert settled is not None
    assert (settled.kind, settled.alias) == (DecisionKind.SPOOF, None)


def test_a_match_waits_until_enough_was_seen() -> None:
    evidence = LivenessEvidence(Checks())
    for at in (3.0, 3.5, 3.0 + ENOUGH_SECONDS):
        assert settle(MATCH, evidence, final=False) is None
        assert settle(MATCH, evidence, final=True) is MATCH
        evidence.add(PLAIN, head(0), at)

    assert settle(MATCH, evidence, final=False) is MATCH


def test_a_match_of_a_head_that_turned_does_not_wait() -> None:
    evidence = LivenessEvidence(Checks())
    for number in range(13):
        evidence.add(PLAIN, head(4.0 * number - 24), number / 10)

    assert settle(MATCH, evidence, final=False) is MATCH


def test_where_the_check_is_off_the_match_stands() -> None:
    assert settle(MATCH, None, final=False) is MATCH
