"""What may be suggested to whom: the allergens come first, before any taste is asked.

Nothing is ranked, counted or shown but an `Offer`, and only a `Sieve` makes one: a product that is
not safe for a customer never reaches the code that could prefer it. The rules, and why, stand in
docs/decisions/0240-allergens-before-tastes.md:

1. A product that contains a stated allergen, or may contain traces of it, is withheld.
2. So is one of which nobody said whether it contains it.
3. An allergy in the customer's own words withholds what names it, and what an allergen that the
   words mean withholds; everything else says "check the label".
4. Where the customer said nothing, the offer says what is in it, and that the label must be
   checked where that is not known.
"""

from collections.abc import Iterable
from dataclasses import InitVar, dataclass

from rapidfuzz import fuzz

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.search import plain_words
from clienteling.catalogue.suggestions.own_words import meant, telling

_PROOF = object()

#: Words that are this much alike (of 100) may be the same one, mistyped or inflected.
_ALIKE = 80.0
#: A shorter word inside a longer one is chance ("ei" in "reis").
_INSIDE = 4


@dataclass(frozen=True, slots=True)
class Stated:
    """What a customer said of allergies.

    Attributes:
        said: False: not recorded, or not shared. The other two are empty then.
        codes: Of the fourteen; with `said` and no own words, empty means "none known".
        own_words: What else, as the customer wrote it.
    """

    said: bool
    codes: frozenset[Allergen] = frozenset()
    own_words: tuple[str, ...] = ()


#: Nothing was said, or may be read.
NOTHING_SAID = Stated(said=False)


@dataclass(frozen=True, slots=True)
class Label:
    """What is declared of a product, for a customer who said nothing of allergies."""

    contains: tuple[Allergen, ...]
    traces: tuple[Allergen, ...]
    not_known: tuple[Allergen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A product that may be suggested to one customer, with what has to be said along with it.

    Attributes:
        place: Of the product, among those that were sieved.
        free_from: What the customer stated, and the product is declared to be free from.
        label: Where the customer said nothing of allergies: what is declared.
        own_words: The customer has allergies in words of their own, which no declaration covers.
        proof: Only this module has it.
    """

    place: int
    product: Product
    free_from: tuple[Allergen, ...]
    label: Label | None
    own_words: bool
    proof: InitVar[object]

    def __post_init__(self, proof: object) -> None:
        """Refuse to be made elsewhere."""
        if proof is not _PROOF:
            raise ValueError("An offer is made by a sieve only, which knows the allergies.")

    @property
    def check_label(self) -> bool:
        """Whether "ingredients not known: check the label" must be shown with it."""
        return self.own_words or (self.label is not None and bool(self.label.not_known))


class Sieve:
    """A catalogue, made ready once so that a customer's question takes milliseconds."""

    def __init__(self, products: Iterable[Product]) -> None:
        """Read what is declared, and every word that a product says of itself."""
        self._products = tuple(products)
        self._labels = tuple(_label(product.declaration) for product in self._products)
        holders: dict[str, set[int]] = {}
        for place, product in enumerate(self._products):
            for word in _words(product):
                holders.setdefault(word, set()).add(place)
        self._holders = holders

    @property
    def products(self) -> tuple[Product, ...]:
        """All of them, in the order given."""
        return self._products

    def offers(self, stated: Stated) -> tuple[Offer, ...]:
        """Return what may be suggested to somebody who stated this, in the products' order."""
        wary = stated.codes | meant(stated.own_words)
        named = self._naming(telling(stated.own_words))
        free_from = tuple(allergen for allergen in Allergen if allergen in wary)
        own_words = bool(stated.own_words)
        return tuple(
            Offer(
                place=place,
                product=product,
                free_from=free_from,
                label=None if stated.said else self._labels[place],
                own_words=own_words,
                proof=_PROOF,
            )
            for place, product in enumerate(self._products)
            # Contained, traces and not known are all "not declared free": one rule for the three.
            if wary <= product.declaration.free and place not in named
        )

    def _naming(self, words: frozenset[str]) -> frozenset[int]:
        """Return the products that have one of these words, or one like it."""
        found: set[int] = set()
        for sought in words:
            for word, places in self._holders.items():
                if _same(sought, word):
                    found |= places
        return frozenset(found)


def offers(products: Iterable[Product], stated: Stated) -> tuple[Offer, ...]:
    """Return what may be suggested to somebody who stated this: for few products, asked once."""
    return Sieve(products).offers(stated)


def _words(product: Product) -> frozenset[str]:
    texts = (
        product.name,
        product.name_nl,
        product.name_en,
        product.brand,
        *product.category,
        *product.tastes,
        product.description,
        product.ingredients,
    )
    return frozenset(plain_words(" ".join(texts)))


def _same(word: str, other: str) -> bool:
    if word == other:
        return True
    if min(len(word), len(other)) < _INSIDE:
        return False
    return word in other or other in word or fuzz.ratio(word, other) >= _ALIKE


def _label(declaration: Declaration) -> Label:
    return Label(
        contains=tuple(each for each in Allergen if each in declaration.contained),
        traces=tuple(each for each in Allergen if each in declaration.traces),
        not_known=tuple(each for each in Allergen if each in declaration.not_known),
    )
