"""What customers think of suggestions: one opinion for each product, gone with the purpose."""

from datetime import timedelta

import pytest

from clienteling.customers import opinions
from clienteling.customers.opinions import REFUSED_FOR, Verdict
from clienteling.home import Home
from consent.errors import ConsentMissingError
from consent.purposes import Purpose
from tests.clienteling.customers.conftest import GrantOf
from tests.support.people import join
from tests.support.web import ShopClock

BAR, CAKE = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2))


def test_the_last_word_counts(shop: Home, grant_of: GrantOf) -> None:
    subject_id = join(shop).subject_id
    for product_id, verdict in (
        (BAR, Verdict.LIKED),
        (CAKE, Verdict.LIKED),
        (BAR, Verdict.REFUSED),
    ):
        opinions.say(shop.office, subject_id, product_id, "name", verdict, actor="user:1")

    said = opinions.read(shop.office, grant_of(subject_id, Purpose.PREFERENCES))
    assert opinions.liked(said) == {CAKE}
    assert opinions.refused(said, shop.office.now().date()) == {BAR}


def test_a_tap_by_mistake_is_taken_back(shop: Home, grant_of: GrantOf) -> None:
    subject_id = join(shop).subject_id
    opinions.say(shop.office, subject_id, BAR, "Bar", Verdict.REFUSED, actor="user:1")

    assert opinions.take_back(shop.office, subject_id, BAR, actor="user:1")
    assert not opinions.take_back(shop.office, subject_id, BAR, actor="user:1")
    assert opinions.read(shop.office, grant_of(subject_id, Purpose.PREFERENCES)) == ()


def test_a_refusal_is_over_at_some_time(
    shop: Home, grant_of: GrantOf, shop_clock: ShopClock
) -> None:
    subject_id = join(shop).subject_id
    opinions.say(shop.office, subject_id, BAR, "Bar", Verdict.REFUSED, actor="user:1")
    said = opinions.read(shop.office, grant_of(subject_id, Purpose.PREFERENCES))
    today = shop.office.now().date()

    assert opinions.refused(said, today + REFUSED_FOR - timedelta(days=1)) == {BAR}
    assert opinions.refused(said, today + REFUSED_FOR) == frozenset()


def test_two_customers_may_think_the_same(shop: Home, grant_of: GrantOf) -> None:
    several = [join(shop).subject_id for _ in range(2)]
    for subject_id in several:
        opinions.say(shop.office, subject_id, BAR, "Bar", Verdict.LIKED, actor="user:1")
    for subject_id in several:
        said = opinions.read(shop.office, grant_of(subject_id, Purpose.PREFERENCES))
        assert opinions.liked(said) == {BAR}


def test_without_preferences_nothing_is_kept(shop: Home) -> None:
    subject_id = join(shop, purposes=frozenset()).subject_id
    with pytest.raises(ConsentMissingError):
        opinions.say(shop.office, subject_id, BAR, "Bar", Verdict.LIKED, actor="user:1")
