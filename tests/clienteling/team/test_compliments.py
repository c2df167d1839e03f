"""Compliments between colleagues, and the one bonus a month."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.team import compliments
from clienteling.team.amounts import month_of, set_amounts
from clienteling.team.compliments import BonusGivenError, give
from clienteling.team.models import ComplimentRow
from clienteling.team.telling import CustomerNamedError
from tests.clienteling.team.conftest import ANNA, BRAM, MANAGER
from tests.support.web import ShopClock


def test_the_receiver_sees_who_gave_it(team: Home) -> None:
    give(team.office, 2, "You stayed late.", giver=ANNA)
    with team.databases.identity.read() as identity:
        (got,) = compliments.received(identity, BRAM)
        (gave,) = compliments.given(identity, ANNA)
        assert compliments.received(identity, ANNA) == ()
    assert (got.giver, got.words, got.bonus_cents) == ("Anna", "You stayed late.", 0)
    assert gave.receiver == "Bram"


def test_as_many_as_one_likes_and_one_bonus_a_month(team: Home, shop_clock: ShopClock) -> None:
    give(team.office, 2, "One", giver=ANNA, bonus=True)
    with pytest.raises(BonusGivenError, match="already"):
        give(team.office, 3, "Two", giver=ANNA, bonus=True)
    give(team.office, 3, "Two", giver=ANNA)
    give(team.office, 1, "Three", giver=BRAM, bonus=True)
    with team.databases.identity.read() as identity:
        now = team.office.wall(team.office.now())
        assert compliments.bonus_state(identity, ANNA, now).given
        assert not compliments.bonus_state(identity, MANAGER, now).given
    shop_clock.forward(32 * 86_400.0)
    give(team.office, 2, "Next month", giver=ANNA, bonus=True)


def test_two_bonuses_at_once_are_one(team: Home) -> None:
    start, refused = threading.Barrier(6), []

    def run(receiver: int) -> None:
        start.wait()
        try:
            give(team.office, receiver, "Great", giver=ANNA, bonus=True)
        except BonusGivenError as error:
            refused.append(error)

    threads = [threading.Thread(target=run, args=(2 + n % 2,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 5


@pytest.mark.parametrize(
    ("giver_id", "receiver_id", "bonus"), [(1, 3, 100), (2, 2, None), (2, 3, 0)]
)
def test_the_database_itself_holds_the_rules(
    team: Home, giver_id: int, receiver_id: int, bonus: int | None
) -> None:
    """A second bonus of a month, one to oneself, and one of nothing."""
    give(team.office, 2, "One", giver=ANNA, bonus=True)
    month = month_of(team.office.wall(team.office.now()))
    with pytest.raises(IntegrityError), team.databases.identity.write() as identity:
        identity.add(
            ComplimentRow(
                id="x",
                giver_id=giver_id,
                receiver_id=receiver_id,
                words="x",
                month=month,
                given_at="",
                bonus_cents=bonus,
            )
        )


@pytest.mark.parametrize(
    ("receiver", "words"), [(1, "Me!"), (99, "Nobody"), (2, " "), (2, "x" * 301)]
)
def test_a_compliment_is_for_a_colleague_and_says_something(
    team: Home, receiver: int, words: str
) -> None:
    with pytest.raises(UsageError):
        give(team.office, receiver, words, giver=ANNA)


@pytest.mark.usefixtures("robin")
def test_a_compliment_names_no_customer(team: Home) -> None:
    with pytest.raises(CustomerNamedError):
        give(team.office, 2, "How you helped Robin Zeldzaamnaam!", giver=ANNA)


def test_without_an_amount_there_are_no_bonuses(team: Home) -> None:
    set_amounts(team.office, 2500, 0, actor=MANAGER)
    with pytest.raises(UsageError, match="no bonuses"):
        give(team.office, 2, "Great", giver=ANNA, bonus=True)


def test_a_bonus_keeps_the_worth_it_was_given_with(team: Home) -> None:
    give(team.office, 2, "Great", giver=ANNA, bonus=True)
    set_amounts(team.office, 2500, 100, actor=MANAGER)
    month = month_of(team.office.wall(team.office.now()))
    with team.databases.identity.read() as identity:
        (payout,) = compliments.payouts(identity, month)
        assert compliments.payouts(identity, "2020-01") == ()
        assert compliments.months(identity) == (month,)
    assert (payout.receiver, payout.username, payout.cents, payout.giver) == (
        "Bram",
        "bram",
        5000,
        "Anna",
    )


def test_the_morning_hears_the_compliments_of_the_last_day(
    team: Home, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    give(team.office, 2, "Before", giver=ANNA)
    shop_clock.forward(86_400.0)
    give(team.office, 2, "Yesterday", giver=ANNA)
    today = team.office.today()
    with team.databases.identity.read() as identity:
        heard = compliments.lately(identity, today + timedelta(days=1), team.office.zone)
        assert [each.words for each in heard] == ["Yesterday"]
        earlier = compliments.lately(identity, today, team.office.zone)
        assert [each.words for each in earlier] == ["Before"]
        assert compliments.lately(identity, today + timedelta(days=9)) == ()
