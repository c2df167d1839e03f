"""The same request twice is done once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from clienteling.home import Home
from clienteling.retention.job import sweep
from clienteling.till.idempotency import Answered, Asked, InProgressError, KeyReusedError, once
from clienteling.till.models import AnswerRow
from consent.office import Office

ASKED = Asked("till-1", "key-1", b"POST /sales {robin@example.test}")


class Act:
    """Counts how often it was done."""

    def __init__(self, during: Callable[[], object] = lambda: None) -> None:
        self.times = 0
        self.during = during

    def __call__(self) -> Answered:
        self.times += 1
        self.during()
        return Answered(201, {"kept": True})


def later(office: Office, much: timedelta) -> Office:
    return replace(office, now=lambda: office.now() + much)


def test_a_request_that_is_sent_again_gets_the_first_answer(shop: Home) -> None:
    act = Act()
    first, second = (once(shop.office, ASKED, act) for _ in range(2))

    assert (first, second) == (
        (Answered(201, {"kept": True}), False),
        (Answered(201, {"kept": True}), True),
    )
    assert act.times == 1


def test_the_same_key_of_another_till_is_another_request(shop: Home) -> None:
    act = Act()
    for till in ("till-1", "till-2"):
        once(shop.office, replace(ASKED, device_id=till), act)
    assert act.times == 2


def test_the_same_key_with_another_request_is_refused(shop: Home) -> None:
    act = Act()
    once(shop.office, ASKED, act)
    with pytest.raises(KeyReusedError):
        once(shop.office, replace(ASKED, request=b"another"), act)
    assert act.times == 1


def test_while_the_first_is_answered_the_second_waits(shop: Home) -> None:
    def again() -> None:
        with pytest.raises(InProgressError):
            once(shop.office, ASKED, Act())

    once(shop.office, ASKED, act := Act(again))
    assert act.times == 1


def test_what_failed_may_be_tried_again(shop: Home) -> None:
    def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        once(shop.office, ASKED, Act(fail))
    assert once(shop.office, ASKED, Act()) == (Answered(201, {"kept": True}), False)


def test_whoever_died_answering_is_followed_after_a_minute(shop: Home) -> None:
    """As if the process had ended between taking the key and answering."""
    once(shop.office, ASKED, Act())
    with shop.databases.identity.write() as identity:
        identity.execute(update(AnswerRow).values(status=None, body=None))

    with pytest.raises(InProgressError):
        once(shop.office, ASKED, Act())
    after = later(shop.office, timedelta(seconds=61))
    assert once(after, ASKED, Act()) == (Answered(201, {"kept": True}), False)


def test_an_answer_is_forgotten_after_a_day_and_holds_no_request(shop: Home) -> None:
    once(shop.office, ASKED, Act())
    with shop.databases.identity.read() as identity:
        (row,) = identity.scalars(select(AnswerRow)).all()
        stored = repr({column.key: getattr(row, column.key) for column in row.__table__.columns})
    assert "robin" not in stored
    assert "key-1" not in stored

    assert sweep(later(shop.office, timedelta(hours=23))) == 0
    assert sweep(later(shop.office, timedelta(hours=24))) == 1
    act = Act()
    once(later(shop.office, timedelta(hours=25)), ASKED, act)
    assert act.times == 1
