"""How well products fit the words of a customer's tastes, and how alike two products are.

Words are weighed by how few products have them (TF-IDF: log of the inverse share), so that
"hazelnut" counts for more than "bar". Everything that depends on the catalogue alone is made once.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from clienteling.catalogue.product import Product
from clienteling.catalogue.search import plain_words
from clienteling.catalogue.suggestions.glossary import OTHERWISE

Scores = NDArray[np.float64]

#: Of 100: above it, two words are the same one, inflected or mistyped.
_ALIKE = 82.0
#: A shorter word is compared as it stands: in others it is chance.
_SHORT = 4
#: How much a word counts that only resembles the one in the like, or is a part of it.
_RESEMBLING = 0.8
#: From this share of its words on, a like is fitted.
FITS = 0.5
_SMALL = """
aan and bij bit but dat de den der die een en erg for from graag het iets ik in is like love maar
met mijn my niet of on ook op or really some te the to van very voor want wel with zeer
"""
_SAYS_NOTHING = frozenset(_SMALL.split())
_PLURALS = ("en", "n", "s", "es", "jes", "tjes")
_NOT = frozenset(("geen", "no", "nooit", "never"))


@dataclass(frozen=True, slots=True)
class Tastes:
    """The words of a catalogue.

    Attributes:
        size: How many products.
        holders: By word: which products have it, by their place.
        weights: By word: what it counts.
        lengths: By product: the length of its words' weights as a vector; at least 1.
        words: By product: its words.
    """

    size: int
    holders: Mapping[str, NDArray[np.int32]]
    weights: Mapping[str, float]
    lengths: Scores
    words: tuple[tuple[str, ...], ...]


def tastes_of(products: Sequence[Product]) -> Tastes:
    """Return the words of these products, in their order."""
    words = tuple(_words(product) for product in products)
    holders: dict[str, list[int]] = {}
    for place, several in enumerate(words):
        for word in several:
            holders.setdefault(word, []).append(place)
    weights = {word: math.log1p(len(words) / len(those)) for word, those in holders.items()}
    lengths = [math.sqrt(sum(weights[word] ** 2 for word in several)) for several in words]
    return Tastes(
        size=len(words),
        holders={word: np.array(those, np.int32) for word, those in holders.items()},
        weights=weights,
        lengths=np.maximum(np.array(lengths, np.float64), 1.0),
        words=words,
    )


def fitting(tastes: Tastes, like: str) -> Scores:
    """Return how well each product fits a like, from 0 to 1 (each of its words is in it)."""
    words = _telling(like)
    scores = np.zeros(tastes.size)
    if not words:
        return scores
    rarest = math.log1p(tastes.size)
    total = 0.0
    for word in words:
        found = _resembling(tastes, word)
        weight = max((tastes.weights[other] for other in found), default=rarest)
        total += weight
        best = np.zeros(tastes.size)
        for other, likeness in found.items():
            those = tastes.holders[other]
            best[those] = np.maximum(best[those], likeness)
        scores += weight * best
    return scores / total


def split(likes: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what the customer likes, and what not ("no liquorice", "geen drop")."""
    unwanted = tuple(like for like in likes if _NOT & set(plain_words(like)[:1]))
    return tuple(like for like in likes if like not in unwanted), unwanted


def unwanted(tastes: Tastes, dislikes: Sequence[str]) -> NDArray[np.bool_]:
    """Return which products have every word of something that the customer does not want."""
    out = np.zeros(tastes.size, np.bool_)
    for dislike in dislikes:
        out |= fitting(tastes, " ".join(plain_words(dislike)[1:])) >= _RESEMBLING
    return out


def resembling(tastes: Tastes, places: Mapping[int, float]) -> Scores:
    """Return how alike each product is to these together, each with its weight: 0 to 1."""
    profile: dict[str, float] = {}
    for place, weight in places.items():
        for word in tastes.words[place]:
            share = weight * tastes.weights[word] / tastes.lengths[place]
            profile[word] = profile.get(word, 0.0) + share
    length = math.sqrt(sum(share**2 for share in profile.values()))
    scores = np.zeros(tastes.size)
    if length == 0.0:
        return scores
    for word, share in profile.items():
        scores[tastes.holders[word]] += share * tastes.weights[word]
    return scores / (tastes.lengths * length)


def likeness(tastes: Tastes, one: int, other: int) -> float:
    """Return how alike two products are, from 0 to 1."""
    shared = set(tastes.words[one]) & set(tastes.words[other])
    product = sum(tastes.weights[word] ** 2 for word in shared)
    return float(product / (tastes.lengths[one] * tastes.lengths[other]))


def _words(product: Product) -> tuple[str, ...]:
    texts = (product.name, product.name_nl, product.name_en, *product.category, *product.tastes)
    return tuple(sorted(set(_telling(" ".join(texts)))))


def _telling(text: str) -> tuple[str, ...]:
    words = dict.fromkeys(plain_words(text))
    return tuple(word for word in words if len(word) > 1 and word not in _SAYS_NOTHING)


def _resembling(tastes: Tastes, word: str) -> dict[str, float]:
    """Return the catalogue's words that mean this one, in either language, and how surely."""
    found: dict[str, float] = {}
    for meant in _forms(word):
        if meant in tastes.holders:
            found[meant] = 1.0
        if len(meant) >= _SHORT:
            near = process.extract(
                meant, tastes.holders.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=None
            )
            within = (other for other in tastes.holders if meant in other)
            for other in (*(alike for alike, _, _ in near), *within):
                found.setdefault(other, _RESEMBLING)
    return found


def _forms(word: str) -> tuple[str, ...]:
    """Return the word, what it may be the plural of, and what those are in the other language."""
    singular = [word]
    for ending in _PLURALS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORT - 1:
            # Dutch: "noten" is of "noot".
            singular += [stem, re.sub(r"([aeou])([^aeiou])$", r"\1\1\2", stem)]
    known = [form for form in singular if form in OTHERWISE]
    others = [other for form in known for other in sorted(OTHERWISE[form])]
    return tuple(dict.fromkeys((word, *known, *others)))
