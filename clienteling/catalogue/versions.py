"""How often the catalogue was changed, so that whoever holds a copy sees that it is old."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.catalogue.models import VersionRow

PRODUCTS, STOCK = "products", "stock"


def versions(identity: Session) -> tuple[int, int]:
    """Return the versions of the products and of the stock; they only grow."""
    known = {row.part: row.version for row in identity.scalars(select(VersionRow))}
    return known.get(PRODUCTS, 0), known.get(STOCK, 0)


def raise_version(identity: Session, part: str) -> None:
    """Say that a part was changed. Needs a session of `Database.write()`."""
    row = identity.get(VersionRow, part)
    if row is None:
        identity.add(VersionRow(part=part, version=1))
    else:
        row.version += 1
