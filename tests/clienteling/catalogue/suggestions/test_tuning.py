"""Weighing by a shop's own purchases: it follows what its customers do."""

import random
from datetime import date, timedelta

import pytest

from clienteling.catalogue.product import Product
from clienteling.catalogue.suggestions.history import Bought
from clienteling.catalogue.suggestions.rank import Ground
from clienteling.catalogue.suggestions.tuning import FEWEST, gain, tuned
from clienteling.catalogue.suggestions.weights import USUAL_WEIGHTS

START = date(2026, 1, 1)
IDS = [f"p{number}" for number in range(20)]
GROUND = Ground([Product(id=each, name=each) for each in IDS])


def histories(customers: int, *, loyal: bool) -> dict[str, list[Bought]]:
    """Loyal ones buy the same again; the others what everybody buys just then."""
    chance = random.Random(1)
    found = {}
    for number in range(customers):
        own = chance.sample(IDS, 2)
        found[f"c{number}"] = [
            Bought(each, START + timedelta(days=day))
            for day in (number % 7, 40 + number % 7, 80 + number % 7)
            for each in (own if loyal else [IDS[day // 40], IDS[day // 40 + 1]])
        ]
    return found


def test_few_customers_leave_the_usual_weights() -> None:
    assert tuned({}, GROUND) == USUAL_WEIGHTS
    assert tuned(histories(FEWEST // 2, loyal=True), GROUND) == USUAL_WEIGHTS


def test_a_fashionable_shop_leans_on_what_is_popular() -> None:
    loyal = tuned(histories(300, loyal=True), GROUND)
    fashionable = tuned(histories(300, loyal=False), GROUND)
    assert fashionable.again.popular > loyal.again.popular


def test_the_same_purchases_give_the_same_weights() -> None:
    assert tuned(histories(300, loyal=True), GROUND) == tuned(histories(300, loyal=True), GROUND)


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [(["a", "b"], 1.0), (["x", "y"], 0.0), (["x", "a"], 0.3869), ([], 0.0)],
)
def test_gain_counts_what_stands_high(ranked: list[str], expected: float) -> None:
    assert gain(ranked, frozenset({"a", "b"})) == pytest.approx(expected, abs=1e-4)
