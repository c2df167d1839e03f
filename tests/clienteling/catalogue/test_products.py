"""Products: replaced by GTIN; "not known" is kept apart from "contains none"."""

from dataclasses import replace

from sqlalchemy import select

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.models import ProductRow
from clienteling.catalogue.products import Product, put_products
from clienteling.home import Home

BAR = Product("8700000000018", "Bar", "Bars", 349, (Allergen.MILK, Allergen.SOYBEANS), ())


def products(shop: Home) -> list[ProductRow]:
    with shop.databases.identity.read() as identity:
        return list(identity.scalars(select(ProductRow).order_by(ProductRow.gtin)))


def put(shop: Home, *items: Product) -> int:
    with shop.databases.identity.write() as identity:
        return put_products(identity, items)


def test_a_product_is_kept_as_it_was_given(shop: Home) -> None:
    assert put(shop, BAR) == 1

    [row] = products(shop)
    assert (row.gtin, row.name, row.category, row.price_cents) == (BAR.gtin, "Bar", "Bars", 349)
    assert row.allergens == ["milk", "soybeans"]


def test_not_known_is_not_contains_none(shop: Home) -> None:
    put(shop, BAR, replace(BAR, gtin="8700000000025", allergens=None, traces=None))

    known, unknown = products(shop)
    assert (known.traces, unknown.traces) == ([], None)
    assert unknown.allergens is None


def test_the_same_gtin_replaces_and_keeps_its_id(shop: Home) -> None:
    put(shop, BAR)
    [before] = products(shop)

    put(shop, replace(BAR, name="Better bar", allergens=None), BAR, replace(BAR, name="Best bar"))

    [after] = products(shop)
    assert (after.id, after.name) == (before.id, "Best bar")
    assert after.allergens == ["milk", "soybeans"]
