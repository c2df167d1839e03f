"""Products of the shop. Nothing personal is here, so nothing is sealed."""

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from consent.models import IdentityBase


class ProductRow(IdentityBase):
    """A product with what is known of its allergens.

    `allergens` null means "not known", which is not the same as an empty list ("contains none").
    """

    __tablename__ = "product"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    gtin: Mapped[str | None] = mapped_column(String(14), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(60))
    price_cents: Mapped[int]
    allergens: Mapped[list[str] | None] = mapped_column(JSON)
    traces: Mapped[list[str] | None] = mapped_column(JSON)
