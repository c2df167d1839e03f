"""The live list: two minutes, one colleague at a time, gone when consent is."""

from datetime import UTC, datetime, timedelta

import pytest

from clienteling.service.arrivals import (
    ArrivalBoard,
    ArrivalClaimedError,
    ArrivalGoneError,
    ArrivalState,
    Staff,
)

ANNA = Staff("user:1", "Anna")
BRAM = Staff("user:2", "Bram")


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
def board(clock: Clock) -> ArrivalBoard:
    return ArrivalBoard(clock)


def test_an_arrival_lives_for_two_minutes(board: ArrivalBoard, clock: Clock) -> None:
    arrival, new = board.announce("subject", "door")
    assert new
    clock.move(119)
    assert board.get(arrival.id) == arrival
    clock.move(1)
    with pytest.raises(ArrivalGoneError, match="ended"):
        board.get(arrival.id)
    assert board.live() == ()
    assert [gone.id for gone in board.sweep()] == [arrival.id]
    assert board.sweep() == ()


def test_a_customer_is_on_the_board_once(board: ArrivalBoard) -> None:
    first, _ = board.announce("subject", "door")
    assert board.announce("subject", "back") == (first, False)


def test_the_newest_is_first(board: ArrivalBoard, clock: Clock) -> None:
    first, _ = board.announce("one", "door")
    clock.move(1)
    second, _ = board.announce("two", "door")
    assert [arrival.id for arrival in board.live()] == [second.id, first.id]


def test_one_colleague_claims(board: ArrivalBoard) -> None:
    arrival, _ = board.announce("subject", "door")
    assert board.claim(arrival.id, ANNA).claimed_by == ANNA
    assert board.claim(arrival.id, ANNA).state is ArrivalState.CLAIMED
    with pytest.raises(ArrivalClaimedError, match="Anna"):
        board.claim(arrival.id, BRAM)
    with pytest.raises(ArrivalClaimedError):
        board.confirm(arrival.id, BRAM)
    with pytest.raises(ArrivalClaimedError):
        board.dismiss(arrival.id, BRAM)


def test_confirming_claims_too_and_is_once(board: ArrivalBoard) -> None:
    arrival, _ = board.announce("subject", "door")
    confirmed, first = board.confirm(arrival.id, ANNA)
    assert (confirmed.confirmed, confirmed.claimed_by, first) == (True, ANNA, True)
    assert board.confirm(arrival.id, ANNA)[1] is False


def test_releasing_ends_the_confirmation(board: ArrivalBoard) -> None:
    arrival, _ = board.announce("subject", "door")
    board.confirm(arrival.id, ANNA)
    assert not board.release(arrival.id, ANNA).confirmed
    assert board.claim(arrival.id, BRAM).claimed_by == BRAM


def test_dismissed_is_gone_for_all(board: ArrivalBoard) -> None:
    arrival, _ = board.announce("subject", "door")
    board.dismiss(arrival.id, ANNA)
    with pytest.raises(ArrivalGoneError):
        board.claim(arrival.id, BRAM)


def test_who_withdraws_is_taken_off_and_others_stay(board: ArrivalBoard) -> None:
    gone, _ = board.announce("leaves", "door")
    stays, _ = board.announce("stays", "door")
    assert board.drop_subject("leaves") == (gone,)
    assert board.live() == (stays,)
    assert board.of_subject("stays") == (stays,)


def test_stopping_clears_the_board(board: ArrivalBoard) -> None:
    arrival, _ = board.announce("subject", "door")
    assert board.clear() == (arrival,)
    assert board.live() == ()


def test_a_card_that_is_served_stays_while_it_is_touched_and_twenty_minutes_in_all(
    clock: Clock,
) -> None:
    board = ArrivalBoard(clock)
    arrival, _ = board.announce("robin", "door")
    assert board.stay(arrival.id, ANNA).seconds_left(clock()) == 120
    board.confirm(arrival.id, ANNA)
    for _ in range(10):
        clock.move(110)
        assert board.stay(arrival.id, BRAM).seconds_left(clock()) == 10
        board.stay(arrival.id, ANNA)
    assert board.get(arrival.id).seconds_left(clock()) == 100
    clock.move(100)
    with pytest.raises(ArrivalGoneError):
        board.get(arrival.id)
    assert [gone.id for gone in board.sweep()] == [arrival.id]


def test_who_gives_a_served_card_back_gives_its_time_back(clock: Clock) -> None:
    board = ArrivalBoard(clock)
    arrival, _ = board.announce("robin", "door")
    board.confirm(arrival.id, ANNA)
    clock.move(110)
    board.stay(arrival.id, ANNA)
    assert board.release(arrival.id, ANNA).seconds_left(clock()) == 10
