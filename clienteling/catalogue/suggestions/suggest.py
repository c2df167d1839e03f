"""At most five products for one customer, each with why. Safe first; then what fits best."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clienteling.catalogue.suggestions.model import BuyingModel
from clienteling.catalogue.suggestions.rank import Asked, Ground, InStock, candidates, parts_of
from clienteling.catalogue.suggestions.reasons import Reason
from clienteling.catalogue.suggestions.safe import Offer
from clienteling.catalogue.suggestions.tastes import Tastes, likeness
from clienteling.catalogue.suggestions.weights import SAMENESS
from clienteling.catalogue.suggestions.why import Why

Scores = NDArray[np.float64]

#: Among so many of the best, variety is sought.
_WIDE = 40


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A product for this customer.

    Attributes:
        offer: The product, and what has to be said of its allergens.
        reasons: What speaks for it, the strongest first.
        score: Comparable within one answer only.
    """

    offer: Offer
    reasons: tuple[Reason, ...]
    score: float


def suggest(
    ground: Ground, model: BuyingModel, asked: Asked, in_stock: InStock = lambda _product: None
) -> tuple[Suggestion, ...]:
    """Return the suggestions, best first; none where nothing is safe, sold and wanted."""
    offers = candidates(ground, asked, in_stock)
    if not offers:
        return ()
    parts = parts_of(ground, model, asked, offers)
    added = parts.blended(model.weights.again if asked.again else model.weights.new)
    scores = np.sum(list(added.values()), axis=0)
    why = Why(ground, model, asked, parts)
    return tuple(
        Suggestion(
            offers[at],
            why.reasons(at, {part: float(values[at]) for part, values in added.items()}),
            float(scores[at]),
        )
        for at in _varied(ground.tastes, offers, scores, asked.most)
    )


def _varied(tastes: Tastes, offers: tuple[Offer, ...], scores: Scores, most: int) -> list[int]:
    """Choose one after the other, each losing for being like those that were chosen."""
    left = np.argsort(-scores, kind="stable")[: max(_WIDE, most)].tolist()
    chosen: list[int] = []
    sameness = dict.fromkeys(left, 0.0)
    while left and len(chosen) < most:
        best = max(left, key=lambda each: scores[each] * (1.0 - SAMENESS * sameness[each]))
        left.remove(best)
        chosen.append(best)
        for each in left:
            alike = likeness(tastes, offers[each].place, offers[best].place)
            sameness[each] = max(sameness[each], alike)
    return chosen
