"""The catalogue in memory: it is read again when something changed, and only then."""

from dataclasses import replace

import pytest

from clienteling.catalogue.products import new_id
from clienteling.catalogue.search import index_of, search
from clienteling.catalogue.shelf import shelf_of
from clienteling.catalogue.stock import set_stock
from clienteling.home import Home
from tests.clienteling.catalogue.test_products import BAR, put

OTHER = replace(
    BAR,
    id=new_id(),
    gtin="96385074",
    sku="KR-2",
    name="Crème brûlée truffles",
    name_nl="",
    brand="Bonbonnerie",
    category=("Chocolate", "Truffles"),
    tastes=("vanilla",),
)


def stock(shop: Home, quantity: int | None) -> None:
    with shop.databases.identity.write() as identity:
        set_stock(
            identity,
            shop.config.store.id,
            {BAR.id: quantity},
            now=shop.office.now(),
        )


def test_a_shop_without_products_has_an_empty_catalogue(shop: Home) -> None:
    catalogue = shelf_of(shop.office).catalogue()

    assert (catalogue.version, catalogue.active, catalogue.products) == (0, (), {})


def test_the_same_object_is_given_until_something_changes(shop: Home) -> None:
    put(shop, BAR)
    shelf = shelf_of(shop.office)

    first = shelf.catalogue()
    assert shelf.catalogue() is first
    put(shop, BAR)  # nothing new
    assert shelf.catalogue() is first
    put(shop, replace(BAR, name="Better bar"))

    second = shelf.catalogue()
    assert second.version > first.version
    assert [product.name for product in second.active] == ["Better bar"]


def test_archived_products_are_known_but_not_sold(shop: Home) -> None:
    put(shop, replace(BAR, active=False), OTHER)

    catalogue = shelf_of(shop.office).catalogue()

    assert [product.id for product in catalogue.active] == [OTHER.id]
    assert catalogue.products.keys() == {BAR.id, OTHER.id}


def test_stock_is_a_number_or_unknown(shop: Home) -> None:
    put(shop, BAR, OTHER)
    shelf = shelf_of(shop.office)
    assert shelf.catalogue().in_stock(BAR) is None

    stock(shop, 3)
    first = shelf.catalogue()
    assert first.in_stock(BAR) is True
    assert first.stock[BAR.id].quantity == 3
    stock(shop, 0)
    assert shelf.catalogue().in_stock(BAR) is False
    stock(shop, None)
    assert shelf.catalogue().in_stock(BAR) is None
    assert shelf.catalogue().version == first.version


def test_a_stock_below_zero_is_refused(shop: Home) -> None:
    put(shop, BAR)

    with pytest.raises(ValueError, match="from 0"):
        stock(shop, -1)


@pytest.mark.parametrize(
    "typed",
    ["caramel", "CARAMEL sea", "karamel", "caramell", "zoetelief bar", "bar-1", "8700000000018"],
)
def test_a_product_is_found_with_typing_errors(typed: str) -> None:
    assert search(index_of([BAR, OTHER]), typed)[0] == BAR


@pytest.mark.parametrize("typed", ["creme brulee", "brulée", "trufles", "TRUFFLES creme", "kr-2"])
def test_accents_and_case_do_not_matter(typed: str) -> None:
    assert search(index_of([BAR, OTHER]), typed) == (OTHER,)


def test_all_words_must_fit_and_nothing_typed_finds_all() -> None:
    index = index_of([BAR, OTHER])

    assert search(index, "caramel truffles") == ()
    assert search(index, "xyz") == search(index, "!!!") == ()
    assert search(index, "  ") == (BAR, OTHER)
    assert search(index, "chocolate") == (BAR, OTHER)
