"""The shop's products, and what is known of their allergens."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.models import ProductRow


@dataclass(frozen=True, slots=True)
class Product:
    """A product. `allergens` and `traces` None: not known, which is not "contains none"."""

    gtin: str
    name: str
    category: str
    price_cents: int
    allergens: tuple[Allergen, ...] | None
    traces: tuple[Allergen, ...] | None


def put_products(identity: Session, products: Iterable[Product]) -> int:
    """Add products, or replace those with the same GTIN; returns how many."""
    count = 0
    for product in products:
        row = identity.scalars(
            select(ProductRow).where(ProductRow.gtin == product.gtin)
        ).one_or_none()
        if row is None:
            row = ProductRow(id=str(uuid.uuid4()), gtin=product.gtin)
            identity.add(row)
        row.name, row.category = product.name, product.category
        row.price_cents = product.price_cents
        row.allergens = _codes(product.allergens)
        row.traces = _codes(product.traces)
        count += 1
    return count


def _codes(allergens: tuple[Allergen, ...] | None) -> list[str] | None:
    return None if allergens is None else [str(allergen) for allergen in allergens]
