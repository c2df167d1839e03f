"""Attachments: ten minutes, at one till, by a handle that says nothing."""

import pytest

from clienteling.till.desk import AttachmentGoneError, TillDesk
from tests.support.web import ShopClock


@pytest.fixture
def clock(shop_clock: ShopClock) -> ShopClock:
    shop_clock.freeze()
    return shop_clock


@pytest.fixture
def desk(clock: ShopClock) -> TillDesk:
    return TillDesk(clock)


def test_an_attachment_ends_after_ten_minutes(desk: TillDesk, clock: ShopClock) -> None:
    made = desk.attach("robin", "till-1", confirmed=True)
    clock.forward(599)
    assert desk.get(made.id, "till-1").subject_id == "robin"
    clock.forward(1)
    with pytest.raises(AttachmentGoneError):
        desk.get(made.id, "till-1")


def test_another_till_cannot_use_it(desk: TillDesk) -> None:
    made = desk.attach("robin", "till-1", confirmed=False)
    for use in (desk.get, desk.confirm):
        with pytest.raises(AttachmentGoneError):
            use(made.id, "till-2")
    desk.release(made.id, "till-2")
    assert desk.get(made.id, "till-1") == made


def test_the_handle_is_no_number_of_the_customer(desk: TillDesk) -> None:
    first, second = (desk.attach("robin", "till-1", confirmed=True) for _ in range(2))
    assert first.id != second.id
    assert "robin" not in first.id


def test_confirming_lasts_and_does_not_prolong(desk: TillDesk, clock: ShopClock) -> None:
    made = desk.attach("robin", "till-1", confirmed=False)
    clock.forward(300)
    assert desk.confirm(made.id, "till-1").confirmed
    assert desk.get(made.id, "till-1").until == made.until


def test_a_name_that_was_offered_can_be_chosen_for_a_minute_and_once(
    desk: TillDesk, clock: ShopClock
) -> None:
    once, late = desk.offer("robin", "till-1"), desk.offer("sam", "till-1")
    with pytest.raises(AttachmentGoneError):
        desk.choose(once, "till-2")
    assert not desk.choose(once, "till-1").confirmed
    with pytest.raises(AttachmentGoneError):
        desk.choose(once, "till-1")
    clock.forward(60)
    with pytest.raises(AttachmentGoneError):
        desk.choose(late, "till-1")


def test_whose_account_ends_is_forgotten_everywhere(desk: TillDesk) -> None:
    gone = desk.attach("robin", "till-1", confirmed=True)
    offered = desk.offer("robin", "till-2")
    stays = desk.attach("sam", "till-1", confirmed=True)

    desk.drop_subject("robin")

    with pytest.raises(AttachmentGoneError):
        desk.get(gone.id, "till-1")
    with pytest.raises(AttachmentGoneError):
        desk.choose(offered, "till-2")
    assert desk.get(stays.id, "till-1") == stays


def test_released_is_gone(desk: TillDesk) -> None:
    made = desk.attach("robin", "till-1", confirmed=True)
    desk.release(made.id, "till-1")
    desk.release(made.id, "till-1")
    with pytest.raises(AttachmentGoneError):
        desk.get(made.id, "till-1")


def test_whom_a_colleague_sends_waits_at_that_till_and_stands_there_once(
    desk: TillDesk, clock: ShopClock
) -> None:
    first = desk.send("robin", "till-1", confirmed=False)
    clock.forward(1)
    other = desk.send("sam", "till-1", confirmed=True)
    again = desk.send("robin", "till-1", confirmed=True)
    desk.attach("kim", "till-1", confirmed=True)

    assert desk.sent_to("till-1") == (again, other)
    assert (again.id, again.at, again.confirmed) == (first.id, first.at, True)
    assert desk.send("robin", "till-1", confirmed=False).confirmed, "what was asked stays asked"
    assert desk.sent_to("till-2") == ()
    desk.release(other.id, "till-1")
    clock.forward(599)
    assert desk.sent_to("till-1") == ()
