"""Words of tastes: in either language, inflected, mistyped, and what is not wanted."""

import pytest

from clienteling.catalogue.product import Product
from clienteling.catalogue.suggestions.tastes import (
    FITS,
    fitting,
    likeness,
    resembling,
    split,
    tastes_of,
    unwanted,
)

NAMES = (
    "Hazelnut bar, dark",
    "Hazelnoottaart",
    "Lemon cake",
    "Zoete drop",
    "Sea salt caramel",
    "Chocolate coins",
)
TASTES = tastes_of([Product(id=str(n), name=name) for n, name in enumerate(NAMES)])


def fits(like: str) -> set[str]:
    scores = fitting(TASTES, like)
    return {name for name, score in zip(NAMES, scores, strict=True) if score >= FITS}


@pytest.mark.parametrize(
    ("like", "names"),
    [
        ("hazelnut", {"Hazelnut bar, dark", "Hazelnoottaart"}),
        ("hazelnoot", {"Hazelnut bar, dark", "Hazelnoottaart"}),
        ("hazelnoten", {"Hazelnut bar, dark", "Hazelnoottaart"}),
        ("citroen", {"Lemon cake"}),
        ("liquorice", {"Zoete drop"}),
        ("karamel", {"Sea salt caramel"}),
        ("I love chocolade", {"Chocolate coins"}),
        ("gardening", set()),
        ("the of and", set()),
    ],
)
def test_a_like_finds_its_products(like: str, names: set[str]) -> None:
    assert fits(like) == names


def test_more_of_the_words_fit_better() -> None:
    scores = fitting(TASTES, "dark hazelnut")
    assert scores[0] > scores[1] > scores[2]
    assert scores[0] == pytest.approx(1.0)


def test_what_is_not_wanted_is_told_apart() -> None:
    assert split(("caramel", "geen drop", "No liquorice")) == (
        ("caramel",),
        ("geen drop", "No liquorice"),
    )
    out = unwanted(TASTES, ("geen drop",))
    assert [name for name, is_out in zip(NAMES, out, strict=True) if is_out] == ["Zoete drop"]


def test_products_with_the_same_rare_words_are_alike() -> None:
    products = [
        Product(id=str(n), name=name) for n, name in enumerate(("Red mug", "Red mug, large", "Tea"))
    ]
    tastes = tastes_of(products)
    assert likeness(tastes, 0, 1) > likeness(tastes, 0, 2) == 0.0
    assert likeness(tastes, 0, 0) == pytest.approx(1.0)
    scores = resembling(tastes, {0: 1.0})
    assert scores[0] == pytest.approx(1.0)
    assert scores[1] > scores[2] == 0.0


def test_a_product_without_words_is_like_nothing() -> None:
    tastes = tastes_of([Product(id="1", name="!"), Product(id="2", name="Tea")])
    assert likeness(tastes, 0, 1) == 0.0
    assert not resembling(tastes, {0: 1.0}).any()
