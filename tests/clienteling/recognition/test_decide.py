import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clienteling.recognition.calibration import CalibrationError
from clienteling.recognition.decide import (
    EARLY_FRAMES,
    ENOUGH_FRAMES,
    STRICTEST,
    Decision,
    DecisionKind,
    decide,
)
from clienteling.recognition.errors import RecognitionError
from clienteling.recognition.evidence import Evidence
from clienteling.recognition.gallery import Gallery
from tests.support.faces import calibration

# The probe is the first axis, so a template's first coordinate is its score; the made-up
# calibration's threshold is 0.5, its margin 0.1, and 0.05 is clear.
_PROBE = np.array([1, 0, 0], np.float32)


def _template(score: float) -> NDArray[np.float32]:
    return np.array([score, math.sqrt(1 - score**2), 0], np.float32)


def _gallery(*scores: float) -> Gallery:
    matrix = np.array([_template(score) for score in scores], np.float32).reshape(-1, 3)
    return Gallery("made-up", 1, tuple(f"a{row}" for row in range(len(scores))), matrix)


def _stricter(scores: Sequence[float], steps: Sequence[int]) -> Gallery:
    plain = _gallery(*scores)
    return Gallery("made-up", 1, plain.aliases, plain.matrix, stricter=tuple(steps))


def _evidence(frames: int) -> Evidence:
    evidence = Evidence(3)
    for _ in range(frames):
        evidence.add(_PROBE, 0.5)
    return evidence


def _decide(*scores: float, frames: int, final: bool = False) -> Decision | None:
    return decide(_evidence(frames), _gallery(*scores), calibration(), final=final)


def test_a_clear_match_is_decided_early() -> None:
    assert _decide(0.7, 0.2, frames=EARLY_FRAMES - 1) is None
    decision = _decide(0.7, 0.2, frames=EARLY_FRAMES)
    assert decision is not None
    assert (decision.kind, decision.alias, decision.frames) == (DecisionKind.MATCH, "a0", 3)
    assert decision.score == pytest.approx(0.7)


def test_a_narrow_match_waits_for_enough_frames() -> None:
    assert _decide(0.53, 0.2, frames=ENOUGH_FRAMES - 1) is None
    decision = _decide(0.53, 0.2, frames=ENOUGH_FRAMES)
    assert decision is not None
    assert decision.kind is DecisionKind.MATCH


def test_at_the_end_the_threshold_decides() -> None:
    above, below = _decide(0.51, frames=1, final=True), _decide(0.49, frames=1, final=True)
    assert above is not None
    assert below is not None
    assert (above.kind, below.kind) == (DecisionKind.MATCH, DecisionKind.UNKNOWN)
    assert below.alias is None


def test_nobody_is_unknown_early() -> None:
    assert _decide(0.1, frames=ENOUGH_FRAMES - 1) is None
    decision = _decide(0.1, frames=ENOUGH_FRAMES)
    assert decision is not None
    assert decision.kind is DecisionKind.UNKNOWN


def test_just_below_the_threshold_waits_for_the_end() -> None:
    assert _decide(0.47, frames=ENOUGH_FRAMES + 20) is None


def test_a_close_runner_up_is_ambiguous_and_names_nobody() -> None:
    assert _decide(0.7, 0.65, frames=EARLY_FRAMES) is None
    decision = _decide(0.7, 0.65, frames=ENOUGH_FRAMES)
    assert decision is not None
    assert (decision.kind, decision.alias) == (DecisionKind.AMBIGUOUS, None)


def test_without_evidence_there_is_no_decision() -> None:
    assert _decide(0.9, frames=0, final=True) is None


def test_in_an_empty_gallery_everybody_is_unknown() -> None:
    decision = _decide(frames=1, final=True)
    assert decision is not None
    assert decision.kind is DecisionKind.UNKNOWN


def test_a_wiped_gallery_recognises_nobody() -> None:
    gallery = _gallery(0.9, 0.1)
    gallery.wipe()
    decision = decide(_evidence(8), gallery, calibration(), final=True)
    assert decision is not None
    assert decision.kind is DecisionKind.UNKNOWN


@given(
    st.permutations([math.nan, math.inf, -math.inf, 0.9]),
    st.integers(0, 5),
    st.booleans(),
)
def test_evidence_that_is_no_number_recognises_nobody(
    broken: list[float], good: int, final: bool
) -> None:
    """Neither a NaN nor an infinity, wherever it stands, however many good frames are around it."""
    evidence = _evidence(good)
    evidence.add(np.array(broken[:3], np.float32), 0.9)
    decision = decide(evidence, _gallery(0.9, 0.1), calibration(), final=final)
    assert decision is None or decision.kind is DecisionKind.UNKNOWN


def test_a_gallery_of_another_model_is_an_error() -> None:
    other = Gallery("other", 1, (), np.empty((0, 3), np.float32))
    with pytest.raises(RecognitionError, match="of the model other"):
        decide(_evidence(1), other, calibration(), final=True)


def test_a_gallery_beyond_the_calibration_is_an_error() -> None:
    with pytest.raises(CalibrationError):
        decide(_evidence(1), _gallery(*[0.1] * 112), calibration(), final=True)


_SCORES = st.lists(st.floats(-0.9, 0.99), min_size=1, max_size=5)


@given(_SCORES, st.floats(-0.9, 0.99), st.integers(1, 12), st.booleans())
def test_one_more_customer_never_makes_another_one_recognised(
    scores: list[float], more: float, frames: int, final: bool
) -> None:
    """Enrolling somebody can take a match away or be the match, but never gives one to others."""
    before = _decide(*scores, frames=frames, final=final)
    after = _decide(*scores, more, frames=frames, final=final)
    if after is not None and after.kind is DecisionKind.MATCH and after.alias != f"a{len(scores)}":
        assert before == after


def test_a_stricter_template_asks_for_more_up_to_the_margin() -> None:
    for steps, score in ((0, 0.51), (1, 0.54), (2, 0.57), (STRICTEST, 0.61)):
        for reached, kind in ((score, DecisionKind.MATCH), (score - 0.02, DecisionKind.UNKNOWN)):
            decision = decide(
                _evidence(1), _stricter((reached, 0.1), (steps, 0)), calibration(), final=True
            )
            assert decision is not None
            assert decision.kind is kind


@given(
    st.lists(st.tuples(st.floats(-0.9, 0.99), st.integers(0, STRICTEST)), min_size=1, max_size=5),
    st.data(),
    st.integers(1, 12),
    st.booleans(),
)
def test_being_stricter_with_one_never_makes_anybody_more_likely_to_match(
    people: list[tuple[float, int]], data: st.DataObject, frames: int, final: bool
) -> None:
    """It can take that customer's own match away; it gives a match to nobody, and moves none."""
    scores, steps = zip(*people, strict=True)
    who = data.draw(st.integers(0, len(people) - 1))
    more = data.draw(st.integers(steps[who], STRICTEST))
    before, after = (
        decide(
            _evidence(frames),
            _stricter(scores, (*steps[:who], asked, *steps[who + 1 :])),
            calibration(),
            final=final,
        )
        for asked in (steps[who], more)
    )
    if after is not None and after.kind is DecisionKind.MATCH:
        assert before == after
    if before is not None and before.kind is DecisionKind.MATCH and before.alias != f"a{who}":
        assert before == after


@given(_SCORES, st.integers(1, 12), st.booleans())
def test_a_match_is_above_the_threshold_and_apart_from_the_rest(
    scores: list[float], frames: int, final: bool
) -> None:
    decision = _decide(*scores, frames=frames, final=final)
    if decision is not None and decision.kind is DecisionKind.MATCH:
        best, *others = sorted(scores, reverse=True)
        assert best >= 0.5 - 1e-6
        assert all(best - other >= 0.1 - 1e-6 for other in others)
        assert final or frames >= EARLY_FRAMES


@given(_SCORES, st.integers(1, 12))
def test_at_the_end_there_is_always_a_decision(scores: list[float], frames: int) -> None:
    assert _decide(*scores, frames=frames, final=True) is not None
