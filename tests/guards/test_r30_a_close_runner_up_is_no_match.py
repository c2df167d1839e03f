"""R30: of two who look alike, neither is recognised as the other; and both hear of it at enrolment.

Twins here are two templates that score 0.7 against each other, as identical twins do (0.5 to 0.75).
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clienteling.recognition.decide import ENOUGH_FRAMES, Decision, DecisionKind, decide
from clienteling.recognition.evidence import Evidence
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.likeness import Likeness, resemblance
from tests.support.faces import calibration

LIKE = 0.7
FIRST = np.array([1, 0, 0], np.float32)
SECOND = np.array([LIKE, np.sqrt(1 - LIKE**2), 0], np.float32)
TWINS = Gallery("made-up", 1, ("first", "second"), np.stack([FIRST, SECOND]))


def decided(probe: NDArray[np.float32], gallery: Gallery = TWINS) -> Decision:
    evidence = Evidence(3)
    for _ in range(ENOUGH_FRAMES):
        evidence.add(probe, 1.0)
    decision = decide(evidence, gallery, calibration(), final=True)
    assert decision is not None
    return decision


def between(share: float, off: float) -> NDArray[np.float32]:
    """A face between the twins (0: the first, 1: the second), `off` unlike both."""
    plane = (1 - share) * FIRST + share * SECOND
    plane /= np.linalg.norm(plane)
    return np.asarray(np.sqrt(1 - off**2) * plane + off * np.array([0, 0, 1]), np.float32)


def test_a_face_near_both_is_nobody() -> None:
    decision = decided(between(0.5, 0.3))
    assert (decision.kind, decision.alias) == (DecisionKind.AMBIGUOUS, None)
    assert decision.score > 0.8, "each alone would have been recognised"


def test_alone_in_the_gallery_the_same_face_is_recognised() -> None:
    """What keeps the name back is the runner-up, and nothing else."""
    alone = Gallery("made-up", 1, ("first",), FIRST[None])
    assert decided(between(0.5, 0.3), alone).alias == "first"


@given(st.floats(0, 1), st.floats(0, 0.6))
def test_nobody_is_named_without_the_margin_to_the_other(share: float, off: float) -> None:
    probe = between(share, off)
    scores = sorted(float(score) for score in TWINS.matrix @ probe)
    decision = decided(probe)
    if decision.alias is not None:
        assert scores[1] - scores[0] >= calibration().margin - 1e-6
    else:
        assert scores[1] - scores[0] < calibration().margin + 1e-6 or scores[1] < 0.5


@pytest.mark.parametrize(("new", "there"), [(FIRST, SECOND), (SECOND, FIRST)])
def test_the_second_of_them_hears_of_it_when_joining(
    new: NDArray[np.float32], there: NDArray[np.float32]
) -> None:
    gallery = Gallery("made-up", 1, ("there",), there[None])
    assert resemblance(new, gallery, calibration()).likeness is not Likeness.NONE
