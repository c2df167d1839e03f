"""A product as every other part of the shop sees it: plain values, no database behind them."""

from dataclasses import dataclass
from datetime import date, datetime

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import NOTHING_DECLARED, AllergenStatus, Declaration

_BETWEEN = " > "


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product. Empty text and None: nobody said.

    Attributes:
        id: A UUID.
        name: As the shop calls it.
        gtin: The barcode, as `gtin.normal_gtin` writes it; one product has it.
        sku: The shop's own code; one product has it.
        name_nl: In Dutch, where it differs.
        name_en: In English, where it differs.
        category: From wide to narrow, as ("Chocolate", "Bars").
        price_cents: In hundredths of the shop's currency (`store.currency`).
        image: A file in the data folder's `catalogue/images`.
        launched: Since when the shop has it.
        season: Months (1 to 12) in which it is sold; empty: all year.
        tastes: Words for what somebody likes about it, as "caramel".
        ingredients: The list on the label, for what is not among the fourteen allergens.
        declaration: Of the fourteen allergens, what is known.
        active: It is sold; what is not was archived.
        updated_at: When it was last changed; None before it is kept.
    """

    id: str
    name: str
    gtin: str | None = None
    sku: str | None = None
    name_nl: str = ""
    name_en: str = ""
    brand: str = ""
    category: tuple[str, ...] = ()
    price_cents: int | None = None
    image: str | None = None
    launched: date | None = None
    season: frozenset[int] = frozenset()
    tastes: tuple[str, ...] = ()
    description: str = ""
    ingredients: str = ""
    declaration: Declaration = NOTHING_DECLARED
    active: bool = True
    updated_at: datetime | None = None

    def named(self, language: str) -> str:
        """Return the name for a reader of this language ("nl" or "en")."""
        return {"nl": self.name_nl, "en": self.name_en}.get(language, "") or self.name

    def status(self, allergen: Allergen) -> AllergenStatus:
        """Return what is known of one allergen in it."""
        return self.declaration.status(allergen)

    @property
    def declared(self) -> bool:
        """Whether something is known of each of the fourteen allergens."""
        return self.declaration.is_complete

    def in_season(self, day: date) -> bool:
        """Whether it is sold in this day's month."""
        return not self.season or day.month in self.season


@dataclass(frozen=True, slots=True)
class Stock:
    """How many of a product the store had, and when that was so."""

    quantity: int
    at: datetime


def joined_category(category: tuple[str, ...]) -> str:
    """Return the path as people read it: "Chocolate > Bars"."""
    return _BETWEEN.join(category)


def split_category(text: str) -> tuple[str, ...]:
    """Return the path behind such a text; empty parts are left out."""
    return tuple(part.strip() for part in text.split(_BETWEEN.strip()) if part.strip())
