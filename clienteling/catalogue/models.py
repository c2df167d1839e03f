"""Tables of the shop's goods. Nothing personal is here, so nothing is sealed."""

from sqlalchemy import JSON, ForeignKey, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from consent.models import IdentityBase


class ProductRow(IdentityBase):
    """A product. Empty text and null: nobody said."""

    __tablename__ = "product"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    gtin: Mapped[str | None] = mapped_column(String(14), unique=True)
    sku: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_nl: Mapped[str] = mapped_column(String(200), server_default="")
    name_en: Mapped[str] = mapped_column(String(200), server_default="")
    brand: Mapped[str] = mapped_column(String(120), server_default="")
    #: From wide to narrow, with " > " between.
    category: Mapped[str] = mapped_column(String(300))
    price_cents: Mapped[int | None]
    #: A file in the data folder's `catalogue/images`.
    image: Mapped[str | None] = mapped_column(String(80))
    launched: Mapped[str | None] = mapped_column(String(10))  # YYYY-MM-DD
    #: Months (1 to 12) in which it is sold; empty: all year.
    season: Mapped[list[int]] = mapped_column(JSON, server_default="[]")
    tastes: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    description: Mapped[str] = mapped_column(Text, server_default="")
    ingredients: Mapped[str] = mapped_column(Text, server_default="")
    #: Allergen code → "contained", "traces" or "free"; a code that is absent is not known.
    declaration: Mapped[dict[str, str]] = mapped_column(JSON, server_default="{}")
    active: Mapped[bool] = mapped_column(server_default=true())
    #: Null: not since before this was noted.
    updated_at: Mapped[str | None] = mapped_column(String(32))


class StockRow(IdentityBase):
    """How many of a product a store has, when somebody or the till last said; absent: unknown."""

    __tablename__ = "product_stock"

    product_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("product.id", ondelete="CASCADE"), primary_key=True
    )
    store_id: Mapped[str] = mapped_column(String(36), primary_key=True, index=True)
    quantity: Mapped[int]
    counted_at: Mapped[str] = mapped_column(String(32))


class VersionRow(IdentityBase):
    """How often the products, or the stock, were changed: who holds a copy sees it is old."""

    __tablename__ = "catalogue_version"

    part: Mapped[str] = mapped_column(String(16), primary_key=True)
    version: Mapped[int]
