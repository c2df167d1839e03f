"""Which pages are open for whom: only their own, and not for long."""

from datetime import UTC, datetime, timedelta

import pytest

from clienteling.service.openings import LIFETIME, OpeningBook, OpeningGoneError, Reason

SECOND = timedelta(seconds=1)


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 5, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(clock: Clock) -> OpeningBook:
    return OpeningBook(clock)


def test_an_opening_is_for_who_had_the_reason(book: OpeningBook) -> None:
    id_ = book.open("user:1", "robin", Reason.SEARCH)
    opening = book.use(id_, "user:1")
    assert (opening.subject_id, opening.reason) == ("robin", Reason.SEARCH)
    assert "robin" not in id_ + repr(opening)
    for wrong, who in ((id_, "user:2"), ("another", "user:1"), ("robin", "user:1")):
        with pytest.raises(OpeningGoneError):
            book.use(wrong, who)


def test_it_lasts_while_it_is_used(book: OpeningBook, clock: Clock) -> None:
    id_ = book.open("user:1", "robin", Reason.LIST)
    for _ in range(3):
        clock.at += LIFETIME - SECOND
        book.use(id_, "user:1")
    clock.at += LIFETIME
    with pytest.raises(OpeningGoneError):
        book.use(id_, "user:1")


def test_signing_out_ends_ones_own(book: OpeningBook) -> None:
    mine, others = (book.open(who, "robin", Reason.LIST) for who in ("user:1", "user:2"))
    book.close_for("user:1")
    with pytest.raises(OpeningGoneError):
        book.use(mine, "user:1")
    assert book.use(others, "user:2").subject_id == "robin"
