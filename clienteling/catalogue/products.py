"""Reading and keeping the shop's products. What was declared of their allergens is logged."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from clienteling.catalogue.declarations import NOTHING_DECLARED, Declaration
from clienteling.catalogue.models import ProductRow
from clienteling.catalogue.product import Product, joined_category, split_category
from clienteling.catalogue.versions import PRODUCTS, raise_version
from clienteling.errors import UsageError
from consent.clock import parse, stamp
from consent.keystore.keys import KeyRing
from consent.log import ledger
from consent.log.events import EventKind

#: So many products go into one question to the database, and into one entry of the log.
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Put:
    """What came of keeping products, in the order in which they were given."""

    added: tuple[Product, ...] = ()
    changed: tuple[Product, ...] = ()
    unchanged: tuple[Product, ...] = ()


def new_id() -> str:
    """Return an id for a product that is not kept yet."""
    return str(uuid.uuid4())


def get(identity: Session, product_id: str) -> Product | None:
    """Return a product, also an archived one; None: there is none."""
    row = identity.get(ProductRow, product_id)
    return None if row is None else _product(row)


def by_gtin(identity: Session, gtin: str) -> Product | None:
    """Return the product with this barcode, as `gtin.normal_gtin` writes it."""
    return _one(identity, ProductRow.gtin == gtin)


def by_sku(identity: Session, sku: str) -> Product | None:
    """Return the product with this code of the shop's own."""
    return _one(identity, ProductRow.sku == sku)


def all_products(identity: Session) -> tuple[Product, ...]:
    """Return every product by name, archived ones too."""
    rows = identity.scalars(select(ProductRow).order_by(ProductRow.name, ProductRow.id))
    return tuple(_product(row) for row in rows)


def put_products(
    identity: Session, ring: KeyRing, products: Iterable[Product], *, actor: str, now: datetime
) -> Put:
    """Add products, or replace those with the same id, barcode or code, which keep their id.

    One log entry for each hundred of which the declared allergens are new says what they became.

    Raises:
        UsageError: the id, the barcode and the code are those of different products.
        LedgerError: it cannot be logged, so nothing is kept.
    """
    given = tuple(products)
    added, changed, unchanged = list[Product](), list[Product](), list[Product]()
    declared: dict[str, str] = {}
    for start in range(0, len(given), _BATCH):
        known = _Known(identity, given[start : start + _BATCH])
        for product in given[start : start + _BATCH]:
            row = known.row(product)
            before = None if row is None else _product(row)
            kept = replace(product, id=before.id if before else product.id, updated_at=now)
            if before is not None and replace(before, updated_at=now) == kept:
                unchanged.append(before)
                continue
            if (before.declaration if before else NOTHING_DECLARED) != kept.declaration:
                declared[kept.id] = kept.declaration.as_letters()
            if row is None:
                row = ProductRow(id=kept.id)
                identity.add(row)
            known.forget(row)
            _fill(row, kept, now)
            known.add(row)
            if before is not None and (before.gtin, before.sku) != (kept.gtin, kept.sku):
                identity.flush()  # else another could not take the barcode that this one gave up
            (changed if before else added).append(kept)
        identity.flush()
    if added or changed:
        raise_version(identity, PRODUCTS)
    _log(identity, ring, declared, actor, now)
    return Put(tuple(added), tuple(changed), tuple(unchanged))


class _Known:
    """The rows that some products may replace."""

    def __init__(self, identity: Session, products: Sequence[Product]) -> None:
        gtins = {product.gtin for product in products} - {None}
        skus = {product.sku for product in products} - {None}
        rows = identity.scalars(
            select(ProductRow).where(
                or_(
                    ProductRow.id.in_({product.id for product in products}),
                    ProductRow.gtin.in_(gtins),
                    ProductRow.sku.in_(skus),
                )
            )
        )
        self._rows: list[dict[str, ProductRow]] = [{}, {}, {}]
        for row in rows:
            self.add(row)

    def add(self, row: ProductRow) -> None:
        for rows, key in zip(self._rows, (row.id, row.gtin, row.sku), strict=True):
            if key is not None:
                rows[key] = row

    def forget(self, row: ProductRow) -> None:
        for rows, key in zip(self._rows, (row.id, row.gtin, row.sku), strict=True):
            rows.pop(key or "", None)

    def row(self, product: Product) -> ProductRow | None:
        keys = (product.id, product.gtin, product.sku)
        found = [
            rows[key]
            for rows, key in zip(self._rows, keys, strict=True)
            if key is not None and key in rows
        ]
        if len({row.id for row in found}) > 1:
            raise UsageError(
                "Another product has this barcode or this code of the shop's own. "
                "Correct one of the two."
            )
        return found[0] if found else None


def _log(
    identity: Session, ring: KeyRing, declared: dict[str, str], actor: str, now: datetime
) -> None:
    changes = list(declared.items())
    for start in range(0, len(changes), _BATCH):
        ledger.append(
            identity,
            ring,
            EventKind.ALLERGENS_DECLARED,
            actor=actor,
            about=None,
            detail={"products": dict(changes[start : start + _BATCH])},
            now=now,
        )


def _one(identity: Session, condition: Any) -> Product | None:
    row = identity.scalars(select(ProductRow).where(condition)).one_or_none()
    return None if row is None else _product(row)


def _product(row: ProductRow) -> Product:
    return Product(
        id=row.id,
        name=row.name,
        gtin=row.gtin,
        sku=row.sku,
        name_nl=row.name_nl,
        name_en=row.name_en,
        brand=row.brand,
        category=split_category(row.category),
        price_cents=row.price_cents,
        image=row.image,
        launched=None if row.launched is None else date.fromisoformat(row.launched),
        season=frozenset(row.season),
        tastes=tuple(row.tastes),
        description=row.description,
        ingredients=row.ingredients,
        declaration=Declaration.of(row.declaration),
        active=row.active,
        updated_at=None if row.updated_at is None else parse(row.updated_at),
    )


def _fill(row: ProductRow, product: Product, now: datetime) -> None:
    row.gtin, row.sku = product.gtin, product.sku
    row.name, row.name_nl, row.name_en = product.name, product.name_nl, product.name_en
    row.brand, row.category = product.brand, joined_category(product.category)
    row.price_cents, row.image = product.price_cents, product.image
    row.launched = None if product.launched is None else product.launched.isoformat()
    row.season, row.tastes = sorted(product.season), list(product.tastes)
    row.description, row.ingredients = product.description, product.ingredients
    row.declaration = product.declaration.as_codes()
    row.active, row.updated_at = product.active, stamp(now)
