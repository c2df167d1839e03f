"""What the allergen filter costs: the share of a catalogue that each allergy withholds."""

from collections.abc import Sequence
from dataclasses import dataclass

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import AllergenStatus
from clienteling.catalogue.product import Product
from clienteling.catalogue.suggestions.safe import Sieve, Stated


@dataclass(frozen=True, slots=True)
class Withheld:
    """One allergy: of how many products it is known, and what is left.

    Attributes:
        contained: Products that contain it; `traces` and `not_known` likewise.
        offered: Products that may be suggested.
    """

    allergen: Allergen
    products: int
    contained: int
    traces: int
    not_known: int
    offered: int

    @property
    def share(self) -> float:
        """The share that is withheld."""
        return 1 - self.offered / self.products if self.products else 0.0

    @property
    def share_of_declared(self) -> float:
        """The same among the products of which it is known: what is left once all are declared."""
        known = self.products - self.not_known
        return (self.contained + self.traces) / known if known else 0.0


def withheld(products: Sequence[Product]) -> tuple[Withheld, ...]:
    """Return what each of the fourteen allergies, alone, withholds of these products."""
    sieve = Sieve(products)
    found = []
    for allergen in Allergen:
        statuses = [product.status(allergen) for product in products]
        offers = sieve.offers(Stated(said=True, codes=frozenset({allergen})))
        found.append(
            Withheld(
                allergen,
                len(products),
                statuses.count(AllergenStatus.CONTAINED),
                statuses.count(AllergenStatus.TRACES),
                statuses.count(AllergenStatus.NOT_KNOWN),
                len(offers),
            )
        )
    return tuple(found)


def table(several: Sequence[Withheld]) -> str:
    """Return it in Markdown."""
    columns = ("allergen", "contained", "traces", "not known", "withheld", "of the declared")
    head = f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"
    rows = (
        f"| {one.allergen.value} | {one.contained} | {one.traces} | {one.not_known} | "
        f"{one.share:.1%} | {one.share_of_declared:.1%} |"
        for one in several
    )
    return "\n".join((head, *rows))
