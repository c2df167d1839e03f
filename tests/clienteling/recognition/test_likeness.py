"""What a new template's nearest neighbour says. The made-up threshold is 0.5, the margin 0.1."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clienteling.recognition.gallery import Gallery
from clienteling.recognition.likeness import Likeness, Resemblance, resemblance
from tests.support.faces import calibration

NEW = np.array([1, 0], np.float32)


def gallery(*scores: float) -> Gallery:
    """Templates that score so against the new one."""
    rows = [(score, math.sqrt(1 - score**2)) for score in scores]
    matrix: NDArray[np.float32] = np.array(rows, np.float32).reshape(-1, 2)
    return Gallery("made-up", 1, tuple(f"a{row}" for row in range(len(rows))), matrix)


@pytest.mark.parametrize(
    ("score", "likeness"),
    [
        (0.49, Likeness.NONE),
        (0.51, Likeness.LOOK_ALIKE),
        (0.59, Likeness.LOOK_ALIKE),
        (0.61, Likeness.SAME_PERSON),
        (1.0, Likeness.SAME_PERSON),
    ],
)
def test_from_the_threshold_on_it_is_a_look_alike_and_a_margin_above_the_same_person(
    score: float, likeness: Likeness
) -> None:
    alias = None if likeness is Likeness.NONE else "a1"
    assert resemblance(NEW, gallery(0.1, score), calibration()) == Resemblance(likeness, alias)


def test_the_first_customer_looks_like_nobody() -> None:
    assert resemblance(NEW, gallery(), calibration()) == Resemblance(Likeness.NONE, None)


def test_beyond_the_calibration_the_largest_gallery_that_was_measured_speaks() -> None:
    """The camera stops there; enrolling does not, and neither do its warnings."""
    assert resemblance(NEW, gallery(*[0.1] * 400, 0.55), calibration()).alias == "a400"


@given(st.lists(st.floats(-0.99, 0.99), max_size=5), st.floats(-0.99, 0.99))
def test_one_more_customer_never_hides_a_likeness(scores: list[float], more: float) -> None:
    kinds = list(Likeness)
    before = resemblance(NEW, gallery(*scores), calibration()).likeness
    after = resemblance(NEW, gallery(*scores, more), calibration()).likeness
    assert kinds.index(after) >= kinds.index(before)
