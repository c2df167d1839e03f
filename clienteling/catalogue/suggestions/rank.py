"""Scoring what was sieved: each part of a score by itself, so that it can be weighed and told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from clienteling.catalogue.product import Product
from clienteling.catalogue.suggestions.history import (
    HABIT_HALVES,
    TASTE_HALVES,
    Bought,
    counted,
)
from clienteling.catalogue.suggestions.model import BuyingModel
from clienteling.catalogue.suggestions.safe import NOTHING_SAID, Offer, Sieve, Stated
from clienteling.catalogue.suggestions.tastes import fitting, resembling, split, tastes_of, unwanted
from clienteling.catalogue.suggestions.weights import (
    NEW_FOR_DAYS,
    NEWNESS,
    SEASON,
    TASTE,
    Mix,
)

Scores = NDArray[np.float64]
InStock = Callable[[Product], bool | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One customer, as far as it was read under their own grants.

    Attributes:
        today: The shop's day.
        stated: Of allergies.
        likes: In the customer's own words.
        history: What was bought.
        liked: Products, by id, that the customer said they like.
        refused: Products, by id, that the customer lately did not want.
        again: Suggest also what was bought before.
        most: So many suggestions.
    """

    today: date
    stated: Stated = field(default=NOTHING_SAID, repr=False)
    likes: tuple[str, ...] = field(default=(), repr=False)
    history: tuple[Bought, ...] = field(default=(), repr=False)
    liked: frozenset[str] = field(default=frozenset(), repr=False)
    refused: frozenset[str] = field(default=frozenset(), repr=False)
    again: bool = False
    most: int = 5


class Ground:
    """A catalogue made ready for questions; made again when the catalogue changes."""

    def __init__(self, products: Sequence[Product]) -> None:
        """Read the words and declarations of the products that are sold."""
        self.sieve = Sieve(products)
        self.tastes = tastes_of(products)
        self.places: Mapping[str, int] = {each.id: place for place, each in enumerate(products)}


@dataclass(frozen=True, slots=True)
class Parts:
    """What speaks for each candidate, by its place among them; each part lies in 0 to 1.

    Attributes:
        likes: By like: how well it is fitted.
    """

    offers: tuple[Offer, ...]
    together: Scores
    popular: Scores
    own: Scores
    alike: Scores
    likes: Mapping[str, Scores]
    newness: Scores
    season: Scores

    def blended(self, mix: Mix) -> Mapping[str, Scores]:
        """Return what each part adds to the scores."""
        taste = np.max([*self.likes.values(), np.zeros(len(self.offers))], axis=0)
        return {
            "taste": TASTE * taste,
            "own": mix.own * self.own,
            "together": mix.together * self.together,
            "alike": mix.alike * self.alike,
            "newness": NEWNESS * self.newness,
            "season": SEASON * self.season,
            "popular": mix.popular * self.popular,
        }


def candidates(ground: Ground, asked: Asked, in_stock: InStock) -> tuple[Offer, ...]:
    """Return what may be suggested: safe first, then on sale, in stock, wanted, and new to them."""
    offers = ground.sieve.offers(asked.stated)
    out = unwanted(ground.tastes, split(asked.likes)[1])
    bought = frozenset() if asked.again else frozenset(each.product_id for each in asked.history)
    return tuple(
        offer
        for offer in offers
        if offer.product.id not in bought
        and offer.product.id not in asked.refused
        and not out[offer.place]
        and offer.product.in_season(asked.today)
        and (offer.product.launched is None or offer.product.launched <= asked.today)
        and in_stock(offer.product) is not False
    )


def parts_of(ground: Ground, model: BuyingModel, asked: Asked, offers: tuple[Offer, ...]) -> Parts:
    """Return what speaks for each of these offers."""
    at = np.array([offer.place for offer in offers], np.intp)
    learnt = np.array([model.places.get(offer.product.id, -1) for offer in offers], np.intp)
    speaking = (*asked.history, *(Bought(each, asked.today) for each in sorted(asked.liked)))

    def known(scores: Scores) -> Scores:
        return _to_one(np.where(learnt >= 0, np.append(scores, 0.0)[learnt], 0.0))

    habits = counted(asked.history, asked.today, HABIT_HALVES)
    tastes = counted(speaking, asked.today, TASTE_HALVES)
    here = {ground.places[each]: n for each, n in tastes.items() if each in ground.places}
    return Parts(
        offers=offers,
        together=known(model.together(speaking, asked.today)),
        popular=known(model.popular()),
        own=_to_one(np.array([habits.get(offer.product.id, 0.0) for offer in offers], float)),
        alike=_to_one(resembling(ground.tastes, here)[at]),
        likes={like: fitting(ground.tastes, like)[at] for like in split(asked.likes)[0]},
        newness=np.array([_newness(offer.product, asked.today) for offer in offers], float),
        season=np.array([float(bool(offer.product.season)) for offer in offers], float),
    )


def _newness(product: Product, today: date) -> float:
    if product.launched is None:
        return 0.0
    return max(0.0, 1.0 - (today - product.launched).days / NEW_FOR_DAYS)


def _to_one(scores: Scores) -> Scores:
    """Return them from 0 to 1; what speaks against is not weighed."""
    positive = np.maximum(scores, 0.0)
    most = positive.max(initial=0.0)
    return positive / most if most > 0 else positive
