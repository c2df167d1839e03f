"""How many of each product a store has."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from clienteling.catalogue.models import StockRow
from clienteling.catalogue.product import Stock
from clienteling.catalogue.versions import STOCK, raise_version
from consent.clock import parse, stamp

MOST = 1_000_000


def stock_of(identity: Session, store_id: str) -> dict[str, Stock]:
    """Return what a store has, by the product's id; absent: unknown."""
    rows = identity.scalars(select(StockRow).where(StockRow.store_id == store_id))
    return {row.product_id: Stock(row.quantity, parse(row.counted_at)) for row in rows}


def set_stock(
    identity: Session, store_id: str, quantities: Mapping[str, int | None], *, now: datetime
) -> None:
    """Keep how many there are, by the product's id; None: unknown again.

    Raises:
        ValueError: a quantity is negative or more than a million.
    """
    for product_id, quantity in quantities.items():
        if quantity is None:
            identity.execute(
                delete(StockRow).where(
                    StockRow.product_id == product_id, StockRow.store_id == store_id
                )
            )
            continue
        if not 0 <= quantity <= MOST:
            raise ValueError("A stock is a number from 0 to 1,000,000.")
        identity.merge(
            StockRow(
                product_id=product_id,
                store_id=store_id,
                quantity=quantity,
                counted_at=stamp(now),
            )
        )
    if quantities:
        raise_version(identity, STOCK)
