from hypothesis import given
from hypothesis import strategies as st

from clienteling.recognition.track import Tracker
from tests.support.faces import face_at


def _numbers(tracker: Tracker, at: float, *left: float) -> list[int]:
    return [track.number for track in tracker.update([face_at(x, 50, 100, 120) for x in left], at)]


def test_a_face_that_moves_a_little_stays_itself() -> None:
    tracker = Tracker()
    assert [_numbers(tracker, at / 10, 20.0 * at) for at in range(5)] == [[1]] * 5
    (track,) = tracker.update([face_at(100, 50, 100, 120)], 0.5)
    assert (track.first_at, track.last_at, track.frames) == (0.0, 0.5, 6)


def test_two_apart_stay_apart_in_whatever_order_they_come() -> None:
    tracker = Tracker()
    assert _numbers(tracker, 0.0, 0, 400) == [1, 2]
    assert _numbers(tracker, 0.1, 410, 10) == [2, 1]


def test_a_jump_is_another_visitor() -> None:
    tracker = Tracker()
    assert _numbers(tracker, 0.0, 0) == [1]
    assert _numbers(tracker, 0.1, 300) == [2]


def test_a_short_gap_is_bridged_and_a_long_one_is_not() -> None:
    tracker = Tracker()
    assert _numbers(tracker, 0.0, 0) == [1]
    assert _numbers(tracker, 0.3) == []
    assert _numbers(tracker, 0.6, 0) == [1]
    assert _numbers(tracker, 1.4, 0) == [2]


def test_two_faces_on_one_track_begin_anew() -> None:
    """It is not plain which of them it was, so neither inherits the evidence."""
    tracker = Tracker()
    assert _numbers(tracker, 0.0, 50) == [1]
    assert _numbers(tracker, 0.1, 30, 70) == [2, 3]


def test_a_face_on_two_tracks_begins_anew() -> None:
    tracker = Tracker()
    assert _numbers(tracker, 0.0, 0, 100) == [1, 2]
    assert _numbers(tracker, 0.1, 50) == [3]
    assert _numbers(tracker, 0.2, 0) == [3]  # the two that were contested have ended


@given(st.lists(st.lists(st.integers(0, 600), max_size=4), max_size=8))
def test_every_face_has_one_track_and_no_two_share_one(frames: list[list[int]]) -> None:
    tracker = Tracker()
    for number, left in enumerate(frames):
        numbers = _numbers(tracker, number / 10, *left)
        assert len(numbers) == len(left) == len(set(numbers))
