"""Finding products by what somebody types, with its typing errors: in memory."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from clienteling.catalogue.gtin import is_gtin, normal_gtin
from clienteling.catalogue.product import Product

#: Of 100: below it, a word is another word rather than a mistyped one.
_ALIKE = 75.0
#: Words this short are compared by their beginning only: one wrong letter makes another word.
_SHORT = 3
_SAME, _BEGINS = 100.0, 95.0


@dataclass(frozen=True, slots=True)
class Index:
    """The words of a catalogue, and which products have them.

    Attributes:
        products: By id, in the order in which they are shown.
        codes: Ids by barcode, and by the shop's own code in lower case.
        holders: Ids by word of the name, the brand, the category and the tastes.
    """

    products: Mapping[str, Product] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    holders: Mapping[str, frozenset[str]] = field(default_factory=dict)


def index_of(products: Iterable[Product]) -> Index:
    """Return the index of these products."""
    known = {product.id: product for product in products}
    codes, holders = dict[str, str](), dict[str, set[str]]()
    for product in known.values():
        codes |= {code.casefold(): product.id for code in (product.sku, product.gtin) if code}
        for word in _words_of(product):
            holders.setdefault(word, set()).add(product.id)
    return Index(known, codes, {word: frozenset(ids) for word, ids in holders.items()})


def search(index: Index, query: str) -> tuple[Product, ...]:
    """Return the products that fit, best first; nothing typed: all of them.

    A barcode or the shop's own code finds its product. Else every typed word must resemble a word
    of the product; case, accents and order do not matter.
    """
    typed = query.strip()
    if not typed:
        return tuple(index.products.values())
    code = normal_gtin(typed) if is_gtin(typed) else typed.casefold()
    if code in index.codes:
        return (index.products[index.codes[code]],)
    scores: dict[str, float] | None = None
    for word in plain_words(typed):
        found = _fitting(index, word)
        scores = (
            found
            if scores is None
            else {each: min(scores[each], found[each]) for each in scores.keys() & found.keys()}
        )
    if not scores:
        return ()
    place = {each: number for number, each in enumerate(index.products) if each in scores}
    best = sorted(scores, key=lambda each: (-scores[each], place[each]))
    return tuple(index.products[each] for each in best)


def plain_words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case and without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return tuple(re.findall(r"\w+", plain))


def _fitting(index: Index, typed: str) -> dict[str, float]:
    """Return how well each product fits one typed word, by id."""
    alike: dict[str, float] = {}
    if len(typed) > _SHORT:
        found = process.extract(
            typed, index.holders.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=None
        )
        alike = {word: min(_BEGINS - 1, score) for word, score, _ in found}
    alike |= {word: _BEGINS for word in index.holders if word.startswith(typed)}
    if typed in index.holders:
        alike[typed] = _SAME
    scores: dict[str, float] = {}
    for word, score in alike.items():
        for each in index.holders[word]:
            scores[each] = max(score, scores.get(each, 0.0))
    return scores


def _words_of(product: Product) -> tuple[str, ...]:
    names = (product.name, product.name_nl, product.name_en, product.brand)
    return plain_words(" ".join((*names, *product.category, *product.tastes)))
