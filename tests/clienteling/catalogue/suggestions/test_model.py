"""What everybody bought, in memory: learnt, forgotten, and popular of late."""

from datetime import date, timedelta

import numpy as np
import pytest

from clienteling.catalogue.suggestions.history import Bought, counted
from clienteling.catalogue.suggestions.model import BuyingModel

TODAY = date(2026, 11, 24)


def bought(product_id: str, ago: int = 1) -> Bought:
    return Bought(product_id, TODAY - timedelta(days=ago))


def popular(model: BuyingModel) -> dict[str, float]:
    scores = model.popular()
    return {each: float(scores[place]) for each, place in model.places.items()}


PAIRS = [(f"c{number}", [bought("bar"), bought("tea", 30)]) for number in range(5)]


def test_a_day_counts_half_after_its_time_and_once() -> None:
    history = [bought("bar", 0), bought("bar", 0), bought("bar", 10)]
    assert counted(history, TODAY, 10.0) == {"bar": pytest.approx(1.5)}


def test_what_is_bought_lately_is_popular() -> None:
    assert popular(BuyingModel(PAIRS, today=TODAY)) == {
        "bar": pytest.approx(1.0),
        "tea": pytest.approx(0.5 ** (29 / 30)),
    }


def test_sales_to_nobody_in_particular_count_for_what_is_popular() -> None:
    model = BuyingModel(PAIRS, today=TODAY, anonymous={bought("cake", 1): 50})
    assert max(popular(model), key=popular(model).__getitem__) == "cake"
    assert model.customers == len(PAIRS)


def test_what_others_bought_too_is_known_and_why() -> None:
    model = BuyingModel(PAIRS, today=TODAY)
    scores = model.together([bought("bar")], TODAY)
    assert scores[model.places["tea"]] > 0
    assert model.because("tea", [bought("bar")], TODAY) == "bar"
    assert model.because("unknown", [bought("bar")], TODAY) is None


def test_forgetting_a_customer_is_as_if_they_had_never_bought() -> None:
    without = BuyingModel(PAIRS, today=TODAY)
    model = BuyingModel(
        [*PAIRS, ("gone", [bought("bar"), bought("tea"), bought("tea", 3)])], today=TODAY
    )
    assert model.forget("gone")
    assert not model.forget("gone")
    assert model.customers == without.customers
    assert popular(model) == pytest.approx(popular(without))
    for history in ([bought("bar")], [bought("tea")]):
        assert np.sort(model.together(history, TODAY)) == pytest.approx(
            np.sort(without.together(history, TODAY)), abs=1e-9
        )


def test_the_last_buyer_of_a_product_takes_its_trace_along() -> None:
    model = BuyingModel([*PAIRS, ("only", [bought("rare"), bought("bar")])], today=TODAY)
    model.forget("only")
    assert popular(model)["rare"] == pytest.approx(0.0, abs=1e-12)
    assert model.together([bought("bar")], TODAY)[model.places["rare"]] == pytest.approx(
        0, abs=1e-6
    )
    assert model.because("rare", [bought("bar")], TODAY) in {None, "bar"}


def test_learning_a_customer_again_replaces_what_was_known() -> None:
    model = BuyingModel(PAIRS, today=TODAY)
    model.learn("c0", [bought("bar"), bought("tea", 30)])
    assert model.customers == len(PAIRS)
    assert popular(model) == pytest.approx(popular(BuyingModel(PAIRS, today=TODAY)))


def test_an_empty_shop_has_an_empty_model() -> None:
    model = BuyingModel([], today=TODAY)
    assert model.popular().size == model.together([bought("bar")], TODAY).size == 0
