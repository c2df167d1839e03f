"""What is suggested, in which order, and why."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.suggestions.history import Bought
from clienteling.catalogue.suggestions.model import BuyingModel
from clienteling.catalogue.suggestions.rank import Asked, Ground
from clienteling.catalogue.suggestions.reasons import (
    BoughtAgain,
    FitsTaste,
    GoesWith,
    InSeason,
    IsNew,
    IsPopular,
    Reason,
)
from clienteling.catalogue.suggestions.suggest import suggest

TODAY = date(2026, 11, 24)
ASKED = Asked(today=TODAY)
EMPTY = BuyingModel([], today=TODAY)


def product(id_: str, name: str = "", **more: object) -> Product:
    return Product(id=id_, name=name or id_, declaration=Declaration.complete(), **more)  # type: ignore[arg-type]


def bought(product_id: str, ago: int = 7) -> Bought:
    return Bought(product_id, TODAY - timedelta(days=ago))


def crowd(*product_ids: str, times: int = 30) -> list[tuple[str, list[Bought]]]:
    return [(f"{product_ids}{n}", [bought(each) for each in product_ids]) for n in range(times)]


def found(
    products: list[Product], asked: Asked = ASKED, model: BuyingModel = EMPTY
) -> dict[str, tuple[Reason, ...]]:
    answer = suggest(Ground(products), model, asked)
    return {each.offer.product.id: each.reasons for each in answer}


def test_a_like_in_dutch_finds_an_english_name_and_is_the_reason() -> None:
    products = [product("a", "Lemon cake"), product("b", "Hazelnut bar")]
    answer = found(products, replace(ASKED, likes=("hazelnoot",)))
    assert list(answer) == ["b", "a"]
    assert answer["b"] == (FitsTaste("hazelnoot"),)
    assert answer["a"] == ()


def test_what_goes_with_a_purchase_names_it() -> None:
    model = BuyingModel([*crowd("tea", "mug"), *crowd("soap", "towel")], today=TODAY)
    products = [product(each) for each in ("tea", "mug", "soap", "towel")]
    answer = found(products, replace(ASKED, history=(bought("tea"),)), model)
    assert next(iter(answer)) == "mug"
    assert GoesWith("tea", TODAY - timedelta(days=7), alike=False) in answer["mug"]
    assert "tea" not in answer


def test_what_is_like_a_purchase_names_it_even_if_nobody_bought_it_yet() -> None:
    products = [product("a", "Hazelnut bar"), product("b", "Hazelnut cream"), product("c", "Soap")]
    answer = found(products, replace(ASKED, history=(bought("a"),)))
    assert next(iter(answer)) == "b"
    assert answer["b"] == (GoesWith("a", TODAY - timedelta(days=7), alike=True),)


def test_what_was_bought_comes_again_only_if_asked_for() -> None:
    history = (bought("a", 1), bought("a", 8), bought("b", 30))
    products = [product("a"), product("b"), product("c")]
    assert list(found(products, replace(ASKED, history=history))) == ["c"]
    again = found(products, replace(ASKED, history=history, again=True))
    assert list(again) == ["a", "b", "c"]
    assert again["a"] == (BoughtAgain(2, TODAY - timedelta(days=1)),)


def test_new_products_come_first_and_say_so() -> None:
    new = product("a", launched=TODAY - timedelta(days=3))
    products = [product("c", launched=TODAY - timedelta(days=400)), new, product("b")]
    answer = found(products)
    assert next(iter(answer)) == "a"
    assert answer["a"] == (IsNew(TODAY - timedelta(days=3)),)
    assert answer["c"] == ()


def test_what_is_popular_says_so_to_somebody_new() -> None:
    model = BuyingModel([*crowd("a", times=5), *crowd("b")], today=TODAY)
    answer = found([product("a"), product("b")], ASKED, model)
    assert answer == {"b": (IsPopular(),), "a": (IsPopular(),)}


@pytest.mark.parametrize(
    "unsold",
    [
        product("a", season=frozenset({6})),
        product("a", launched=TODAY + timedelta(days=1)),
    ],
)
def test_what_cannot_be_had_today_is_not_suggested(unsold: Product) -> None:
    assert found([unsold]) == {}


def test_what_is_sold_in_season_says_so() -> None:
    answer = found([product("a"), product("b", season=frozenset({11, 12}))])
    assert answer["b"] == (InSeason((11, 12)),)


def test_what_is_out_of_stock_is_not_suggested_and_unknown_stock_is() -> None:
    products = [product("none"), product("some"), product("unknown")]
    stock = {"none": False, "some": True, "unknown": None}
    answer = suggest(Ground(products), EMPTY, ASKED, lambda each: stock[each.id])
    assert {each.offer.product.id for each in answer} == {"some", "unknown"}


def test_what_was_refused_or_is_not_wanted_stays_away() -> None:
    products = [product("a", "Drop"), product("b", "Cake"), product("c", "Tea")]
    asked = replace(ASKED, refused=frozenset({"b"}), likes=("geen drop",))
    assert list(found(products, asked)) == ["c"]


def test_what_was_liked_draws_its_like() -> None:
    products = [product("a", "Soap"), product("b", "Hazelnut bar"), product("c", "Hazelnut cream")]
    asked = replace(ASKED, liked=frozenset({"b"}))
    answer = found(products, asked)
    assert list(answer)[:2] == ["b", "c"]


def test_five_at_most_and_not_five_of_the_same() -> None:
    bars = [product(f"bar{n}", f"Hazelnut bar {'large' if n else 'small'}") for n in range(5)]
    others = [product("cake", "Hazelnut cake"), product("tea", "Tea")]
    answer = list(found([*bars, *others], replace(ASKED, likes=("hazelnut",))))
    assert len(answer) == 5
    assert "cake" in answer[:3]


def test_nothing_sold_is_nothing_suggested() -> None:
    assert found([]) == {}
