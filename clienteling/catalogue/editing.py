"""Changing one product by hand: checked like a row of a file, and never over another's change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.imports.facts import checked
from clienteling.catalogue.imports.rows import Cells
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import Put, get, put_products
from clienteling.catalogue.stock import set_stock
from clienteling.errors import ClientelingError
from clienteling.webhooks.events import Event, ProductData, Told
from clienteling.webhooks.outbox import tell
from consent.clock import stamp
from consent.office import Office

#: The columns of `imports.facts` that a person fills in.
FIELDS = (
    *("name", "name_nl", "name_en", "gtin", "sku", "brand", "category", "price", "launched"),
    *("season", "tastes", "description", "ingredients", "stock"),
)


class ChangedMeanwhileError(ClientelingError):
    """Somebody else changed the product since it was shown."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a form says.

    Attributes:
        facts: By the product's attribute.
        stock: How many; None: not known.
        problems: By the field, what to do.
    """

    facts: Mapping[str, Any]
    stock: int | None
    problems: Mapping[str, str]


def check(fields: Mapping[str, str]) -> Checked:
    """Check what a person typed; every field is there."""
    row = checked(Cells(0, {field: fields.get(field, "") for field in FIELDS}))
    problems = {each.column: each.advice for each in row.problems}
    facts = {"gtin": None, "sku": None, **row.facts}
    return Checked(facts, row.stock.get("stock"), problems)


def save(
    office: Office,
    product: Product,
    told: Checked,
    declaration: Declaration,
    *,
    seen: str,
    actor: str,
) -> Product:
    """Keep what was typed; what changed of its allergens is logged.

    Args:
        office: The shop.
        product: As it was, or a new one with an id of its own.
        told: Of `check`, without problems.
        declaration: Of its allergens.
        seen: When it was last changed as far as the person saw; `mark_of`.
        actor: Who is signed in.

    Raises:
        ChangedMeanwhileError: it was changed since; nothing is kept.
        UsageError: another product has this barcode or code.
    """
    now = office.now()
    with office.databases.identity.write() as identity:
        standing = get(identity, product.id)
        if standing is not None and mark_of(standing) != seen:
            raise ChangedMeanwhileError("Somebody changed this product meanwhile.")
        kept = replace(standing or product, **told.facts, declaration=declaration)
        put = put_products(identity, office.ring, [kept], actor=actor, now=now)
        set_stock(identity, office.controller.store_id, {kept.id: told.stock}, now=now)
        _tell(identity, office, put)
    return kept


def set_sold(office: Office, product_id: str, *, sold: bool, actor: str) -> Product | None:
    """Archive a product, or sell it again; None: there is none."""
    return _change(office, product_id, actor, active=sold)


def set_image(office: Office, product_id: str, image: str | None, *, actor: str) -> Product | None:
    """Say which picture shows it; None: there is no such product."""
    return _change(office, product_id, actor, image=image)


def mark_of(product: Product) -> str:
    """Return a text that changes whenever the product does."""
    return "" if product.updated_at is None else stamp(product.updated_at)


def _change(office: Office, product_id: str, actor: str, **changes: Any) -> Product | None:
    with office.databases.identity.write() as identity:
        product = get(identity, product_id)
        if product is None:
            return None
        changed = replace(product, **changes)
        put = put_products(identity, office.ring, [changed], actor=actor, now=office.now())
        _tell(identity, office, put)
    return changed


def _tell(identity: Session, office: Office, put: Put) -> None:
    for product in (*put.added, *put.changed):
        data = ProductData(
            product=product.id, gtin=product.gtin, sku=product.sku, sold=product.active
        )
        tell(identity, office, Told(Event.PRODUCT_CHANGED, data))
