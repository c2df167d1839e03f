"""Products: kept as given, replaced by what identifies them, and allergens logged."""

from dataclasses import replace
from datetime import date

import pytest

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product, split_category
from clienteling.catalogue.products import (
    Put,
    all_products,
    by_gtin,
    by_sku,
    get,
    new_id,
    put_products,
)
from clienteling.errors import UsageError
from clienteling.home import Home
from consent.log.events import EventKind
from consent.log.ledger import EntryView, search

BAR = Product(
    id="00000000-0000-4000-8000-000000000001",
    name="Sea-salt caramel bar",
    name_nl="Reep karamel-zeezout",
    gtin="8700000000018",
    sku="BAR-1",
    brand="Zoetelief",
    category=("Chocolate", "Bars"),
    price_cents=349,
    image="bar.jpg",
    launched=date(2026, 11, 2),
    season=frozenset({11, 12}),
    tastes=("caramel", "salt"),
    description="Thin and crisp.",
    ingredients="Sugar, cocoa mass, milk.",
    declaration=Declaration.complete({Allergen.MILK}, {Allergen.NUTS}),
)


def put(shop: Home, *products: Product) -> Put:
    with shop.databases.identity.write() as identity:
        return put_products(
            identity, shop.office.ring, products, actor="user:1", now=shop.office.now()
        )


def kept(shop: Home) -> tuple[Product, ...]:
    with shop.databases.identity.read() as identity:
        return all_products(identity)


def declared(shop: Home) -> list[EntryView]:
    with shop.databases.identity.read() as identity:
        return list(search(identity, kinds=(EventKind.ALLERGENS_DECLARED,)))


def test_a_product_is_kept_as_it_was_given(shop: Home) -> None:
    assert len(put(shop, BAR).added) == 1

    [found] = kept(shop)
    assert replace(found, updated_at=None) == BAR
    assert found.updated_at is not None
    assert found.named("nl") == "Reep karamel-zeezout"
    assert found.named("en") == found.named("fr") == "Sea-salt caramel bar"


def test_it_is_found_by_id_barcode_and_code(shop: Home) -> None:
    put(shop, BAR)

    with shop.databases.identity.read() as identity:
        found = [
            get(identity, BAR.id),
            by_gtin(identity, "8700000000018"),
            by_sku(identity, "BAR-1"),
        ]
        assert [product and product.id for product in found] == [BAR.id] * 3
        assert get(identity, new_id()) is by_gtin(identity, "1") is by_sku(identity, "1") is None


def test_the_same_barcode_or_code_replaces_and_keeps_its_id(shop: Home) -> None:
    put(shop, BAR)

    later = replace(BAR, id=new_id(), sku=None, name="Better bar")
    assert [product.id for product in put(shop, later).changed] == [BAR.id]
    put(shop, BAR, replace(BAR, id=new_id(), gtin=None, name="Best bar"))

    [after] = kept(shop)
    assert (after.id, after.name, after.gtin) == (BAR.id, "Best bar", None)


def test_what_is_the_same_is_left_alone(shop: Home) -> None:
    put(shop, BAR)
    [before] = kept(shop)

    assert put(shop, BAR) == Put(unchanged=(before,))
    assert kept(shop) == (before,)


def test_a_barcode_and_a_code_of_two_products_are_refused(shop: Home) -> None:
    other = replace(BAR, id=new_id(), gtin="96385074", sku="OTHER")
    put(shop, BAR, other)

    with pytest.raises(UsageError, match="Another product has this barcode"):
        put(shop, replace(BAR, id=new_id(), sku="OTHER"))

    assert len(kept(shop)) == 2


def test_a_barcode_that_one_product_gave_up_another_may_take(shop: Home) -> None:
    put(shop, BAR)

    put(shop, replace(BAR, gtin=None), replace(BAR, id=new_id(), sku="NEW"))

    assert {product.gtin for product in kept(shop)} == {None, "8700000000018"}


def test_who_declared_which_allergens_is_logged(shop: Home) -> None:
    put(shop, BAR, replace(BAR, id=new_id(), gtin=None, sku="S", declaration=Declaration()))
    put(shop, replace(BAR, price_cents=1))
    put(shop, replace(BAR, declaration=Declaration()))

    first, last = sorted(declared(shop), key=lambda entry: entry.leaf_index)
    assert first.detail == {"products": {BAR.id: "ffffffctffffff"}}
    assert last.detail == {"products": {BAR.id: "--------------"}}
    assert first.actor == "user:1"


def test_a_category_is_read_as_people_write_it() -> None:
    assert split_category(" Chocolate>Bars > > Milk ") == ("Chocolate", "Bars", "Milk")
    assert split_category("") == ()


def test_a_season_is_months_and_none_is_all_year() -> None:
    assert BAR.in_season(date(2026, 12, 24))
    assert not BAR.in_season(date(2026, 1, 1))
    assert replace(BAR, season=frozenset()).in_season(date(2026, 1, 1))
