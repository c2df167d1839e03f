"""What the shop keeps of people whom it has forgotten: counts for its figures, nobody's trace."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from consent.models import IdentityBase


class SoldRow(IdentityBase):
    """Pieces of a product that forgotten people bought in a month, and how many people they were.

    An empty product: none of the catalogue's.
    """

    __tablename__ = "sold_without_person"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    product_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    pieces: Mapped[int]
    people: Mapped[int]
