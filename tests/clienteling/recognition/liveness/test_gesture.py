"""Steps are told from what changes in one face, not from how the face is."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.recognition.liveness.gesture import Gestures, Step
from clienteling.recognition.liveness.signs import Signs
from tests.support.signs import DOING, REST, acted


def _told(frames: Iterable[Signs]) -> list[Step]:
    gestures = Gestures()
    return [step for signs in frames if (step := gestures.add(signs)) is not None]


@given(steps=st.lists(st.sampled_from(Step), max_size=6))
def test_each_step_that_is_done_is_told_once_in_its_order(steps: list[Step]) -> None:
    assert _told(acted(*steps)) == steps


@given(
    eyes=st.floats(0.2, 0.4),
    mouth=st.floats(-0.1, 0.2),
    shakes=st.lists(st.floats(-1, 1), min_size=40, max_size=40),
)
def test_a_face_that_does_nothing_tells_nothing(
    eyes: float, mouth: float, shakes: list[float]
) -> None:
    """However narrow the eyes and wide the mouth: they are the person's own."""
    frames = [
        Signs(0.1 * shake, 0.05 * shake, eyes * (1 + 0.1 * shake), mouth + 0.01 * shake)
        for shake in shakes
    ]

    assert _told(frames) == []


@pytest.mark.parametrize("step", Step)
def test_what_is_there_from_the_beginning_is_no_step(step: Step) -> None:
    """A still picture of somebody turned, asleep or smiling."""
    assert _told([DOING[step]] * 30) == []


@pytest.mark.parametrize("step", Step)
def test_one_frame_alone_is_no_step(step: Step) -> None:
    assert _told(acted(step, held=1)) == []


def test_eyes_that_stay_shut_have_not_blinked() -> None:
    assert _told([REST] * 6 + [DOING[Step.BLINK]] * 20) == []


def test_eyes_that_a_nod_hides_have_not_blinked() -> None:
    nod = replace(DOING[Step.BLINK], below=0.2)

    assert _told([REST] * 6 + [nod] * 5 + [REST] * 5) == []


def test_eyes_half_open_are_neither_shut_nor_open() -> None:
    half = replace(REST, eyes=0.26)

    assert _told([REST] * 6 + [half] * 5 + [REST] * 5) == []


def test_who_smiled_at_the_beginning_may_smile_again() -> None:
    smile = DOING[Step.SMILE]

    assert _told([smile] * 6 + [REST] * 5 + [smile] * 5) == [Step.SMILE]


def test_a_smile_that_is_kept_is_told_once_and_hides_no_turn() -> None:
    smile, turned = DOING[Step.SMILE], DOING[Step.LEFT]

    assert _told([REST] * 6 + [smile] * 9 + [turned] * 4) == [Step.SMILE, Step.LEFT]
