"""Smiles: one answer a token, counted by day; words of the disappointed become a request."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.service.helpbar.kinds import Asked, HelpKind, HelpRequest
from clienteling.service.helpbar.lists import Which, listed
from clienteling.service.models import FigureRow
from clienteling.service.smiles import (
    LIFETIME,
    Invitation,
    Smile,
    SmileDesk,
    SmileGoneError,
    invitation,
    set_invitation,
    smiles_by_day,
)
from consent.log.events import EventKind
from consent.office import erase
from tests.support.people import join
from tests.support.shops import logged
from tests.support.web import ShopClock

WORDS = Asked("The kaneel was gone", "Kim", "0600000000")


@pytest.fixture
def desk(shop: Home) -> SmileDesk:
    return SmileDesk(shop.office)


def counted(shop: Home) -> dict[Smile, int]:
    today = shop.office.now().date()
    with shop.databases.identity.read() as identity:
        found = smiles_by_day(identity, today, today)
    return {smile: days.get(today, 0) for smile, days in found.items()}


def opened(shop: Home) -> tuple[HelpRequest, ...]:
    return listed(shop.office, Which.ALL, reader="test")


def test_a_token_is_good_for_one_answer(shop: Home, desk: SmileDesk) -> None:
    token = desk.ask()
    assert desk.is_open(token)
    assert desk.answer(token, Smile.DELIGHTED) == ""
    assert not desk.is_open(token)
    with pytest.raises(SmileGoneError):
        desk.answer(token, Smile.DISAPPOINTED)
    assert counted(shop) == {Smile.DELIGHTED: 1, Smile.FINE: 0, Smile.DISAPPOINTED: 0}


def test_it_is_good_for_two_hours(shop: Home, desk: SmileDesk, shop_clock: ShopClock) -> None:
    token = desk.ask()
    shop_clock.forward(LIFETIME.total_seconds() + 1)
    assert not desk.is_open(token)
    with pytest.raises(SmileGoneError):
        desk.answer(token, Smile.FINE)
    with pytest.raises(SmileGoneError):
        desk.answer("never was", Smile.FINE)
    assert sum(counted(shop).values()) == 0


def test_an_answer_leaves_a_number_and_nothing_else(shop: Home, desk: SmileDesk) -> None:
    customer = join(shop)
    desk.answer(desk.ask(customer.subject_id, actor="user:1"), Smile.FINE)
    with shop.databases.identity.read() as identity:
        rows = identity.scalars(select(FigureRow)).all()
    today = shop.office.now().date().isoformat()
    assert [(row.name, row.day, row.count) for row in rows] == [("smile_fine", today, 1)]
    (asked,) = logged(shop.office, EventKind.SMILE_ASKED)
    assert (asked.actor, asked.about, asked.detail) == ("user:1", customer.subject_id, {})


def test_disappointed_words_become_a_complaint_that_somebody_takes(
    shop: Home, desk: SmileDesk
) -> None:
    key = desk.answer(desk.ask(), Smile.DISAPPOINTED)
    assert not desk.knows_whose(key)
    desk.tell(key, WORDS)
    (found,) = opened(shop)
    assert (found.kind, found.subject_id, found.asked) == (HelpKind.COMPLAINT, None, WORDS)
    with pytest.raises(SmileGoneError):
        desk.tell(key, WORDS)


def test_of_a_customer_who_was_asked_it_goes_to_the_account(shop: Home, desk: SmileDesk) -> None:
    customer = join(shop, name="Robin Test")
    key = desk.answer(desk.ask(customer.subject_id, actor="user:1"), Smile.DISAPPOINTED)
    assert desk.knows_whose(key)
    desk.tell(key, WORDS)
    (found,) = opened(shop)
    assert (found.subject_id, found.name) == (customer.subject_id, "Robin Test")
    assert found.asked == Asked(WORDS.what)


def test_of_a_customer_who_has_left_it_stays_a_strangers(shop: Home, desk: SmileDesk) -> None:
    customer = join(shop)
    key = desk.answer(desk.ask(customer.subject_id, actor="user:1"), Smile.DISAPPOINTED)
    erase(shop.office, customer.subject_id, actor="c", method="c")
    desk.tell(key, WORDS)
    (found,) = opened(shop)
    assert (found.subject_id, found.name) == (None, "Kim")


def test_a_slip_does_not_use_the_key_up(shop: Home, desk: SmileDesk) -> None:
    key = desk.answer(desk.ask(), Smile.DISAPPOINTED)
    for slip in (Asked(" "), Asked("x" * 501)):
        with pytest.raises(UsageError):
            desk.tell(key, slip)
    desk.tell(key, WORDS)
    assert len(opened(shop)) == 1


def test_tokens_do_not_pile_up(desk: SmileDesk) -> None:
    tokens = [desk.ask() for _ in range(5_001)]
    assert not desk.is_open(tokens[0])
    assert desk.is_open(tokens[1])
    assert desk.is_open(tokens[-1])


def test_smiles_by_day_know_their_days(shop: Home, desk: SmileDesk, shop_clock: ShopClock) -> None:
    first = shop.office.now().date()
    desk.answer(desk.ask(), Smile.FINE)
    shop_clock.forward(86_400)
    desk.answer(desk.ask(), Smile.FINE)
    desk.answer(desk.ask(), Smile.DELIGHTED)
    with shop.databases.identity.read() as identity:
        found = smiles_by_day(identity, first, first + timedelta(days=1))
        before = smiles_by_day(identity, first - timedelta(days=9), first - timedelta(days=1))
    assert found[Smile.FINE] == {first: 1, first + timedelta(days=1): 1}
    assert found[Smile.DELIGHTED] == {first + timedelta(days=1): 1}
    assert before == {smile: {} for smile in Smile}


def test_the_invitation_is_kept(shop: Home) -> None:
    with shop.databases.identity.read() as identity:
        assert invitation(identity) == Invitation()
    with shop.databases.identity.write() as identity:
        set_invitation(identity, " Tell a friend ", "https://example.test/us")
        set_invitation(identity, "Tell others", "")
    with shop.databases.identity.read() as identity:
        assert invitation(identity) == Invitation("Tell others", "")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("x" * 281, ""),
        ("", "https://example.test/" + "x" * 200),
        ("", "http://example.test"),
        ("", "javascript:alert(1)"),
        ("", "https://"),
        ("", "https://user@example.test"),
    ],
)
def test_an_invitation_that_is_none_is_refused(shop: Home, text: str, link: str) -> None:
    with shop.databases.identity.write() as identity, pytest.raises(UsageError):
        set_invitation(identity, text, link)
