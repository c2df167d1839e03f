"""A press on "greet me" opens ten seconds at one camera, and one decision closes them."""

from datetime import UTC, datetime, timedelta

import pytest

from clienteling.service.windows import WINDOW, Outcome, WindowBoard


class Clock:
    moment = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def board(clock: Clock) -> WindowBoard:
    return WindowBoard(clock)


def test_a_window_is_open_for_ten_seconds(board: WindowBoard) -> None:
    window, new = board.open("door")
    assert new
    assert window.expires_at - window.opened_at == WINDOW == timedelta(seconds=10)
    assert board.outcome(window.id, "door") is Outcome.LOOKING


def test_pressing_again_keeps_the_open_window_and_prolongs_nothing(
    board: WindowBoard, clock: Clock
) -> None:
    first, _ = board.open("door")
    clock.move(5)
    second, new = board.open("door")
    assert (second, new) == (first, False)


def test_each_camera_has_its_own(board: WindowBoard) -> None:
    door, _ = board.open("door")
    back, new = board.open("back")
    assert new
    assert door.id != back.id
    assert board.awaiting(door.id, "back") is None


def test_after_its_end_a_press_opens_a_new_one(board: WindowBoard, clock: Clock) -> None:
    first, _ = board.open("door")
    clock.move(10.1)
    second, new = board.open("door")
    assert new
    assert second.id != first.id


def test_a_decision_on_its_way_is_still_taken_within_five_seconds(
    board: WindowBoard, clock: Clock
) -> None:
    window, _ = board.open("door")
    clock.move(14.9)
    assert board.awaiting(window.id, "door") is not None
    clock.move(0.2)
    assert board.awaiting(window.id, "door") is None


def test_the_first_decision_stands(board: WindowBoard) -> None:
    window, _ = board.open("door")
    assert board.decide(window.id, Outcome.SEVERAL) is not None
    assert board.decide(window.id, Outcome.COMING) is None
    assert board.outcome(window.id, "door") is Outcome.SEVERAL
    assert board.awaiting(window.id, "door") is None


def test_a_camera_that_never_answered_was_not_available(board: WindowBoard, clock: Clock) -> None:
    window, _ = board.open("door")
    clock.move(15.1)
    assert board.outcome(window.id, "door") is Outcome.UNAVAILABLE


def test_stopping_closes_every_open_window(board: WindowBoard) -> None:
    door, _ = board.open("door")
    back, _ = board.open("back")
    board.decide(back.id, Outcome.UNKNOWN)
    (closed,) = board.close_all(Outcome.STOPPED)
    assert closed.id == door.id
    assert board.outcome(back.id, "back") is Outcome.UNKNOWN


def test_windows_are_forgotten(board: WindowBoard, clock: Clock) -> None:
    window, _ = board.open("door")
    clock.move(71)
    assert board.outcome(window.id, "door") is None
    assert board.outcome("unknown", "door") is None
