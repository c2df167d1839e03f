"""Weighing the parts of a score by what a shop's own customers bought next."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from clienteling.catalogue.suggestions.history import Bought
from clienteling.catalogue.suggestions.model import BuyingModel
from clienteling.catalogue.suggestions.rank import Asked, Ground, Parts, candidates, parts_of
from clienteling.catalogue.suggestions.weights import USUAL_WEIGHTS, Mix, Weights

Histories = Mapping[str, Sequence[Bought]]

#: Fewer customers who came back tell nothing that can be relied on.
FEWEST = 100
#: More are not asked: the answer would be the same, later.
_MOST = 600
#: The share of shopping days that is held out, the latest.
_HELD_OUT = 0.1
_TOP = 5

_POPULAR = (0.05, 0.2, 0.5, 1.0, 3.0, 20.0)
_NEW = [
    Mix(together=1.0, popular=popular, own=0.0, alike=alike)
    for popular, alike in itertools.product(_POPULAR, (0.0, 0.2, 0.5))
]
_AGAIN = [
    Mix(together=together, popular=popular, own=1.0, alike=0.0)
    for popular, together in itertools.product(_POPULAR, (0.2, 0.5, 1.0))
]


def tuned(
    histories: Histories, ground: Ground, say: Callable[[str], None] = lambda _line: None
) -> Weights:
    """Return the weights that ranked best what customers bought next, at their next visit.

    The last tenth of the shopping days is held out, and a model is made of what lies before. With
    fewer than `FEWEST` customers on both sides the usual weights stay.
    """
    days = sorted(
        day for history in histories.values() for day in {bought.on for bought in history}
    )
    if not days:
        return USUAL_WEIGHTS
    cut = days[int(len(days) * (1 - _HELD_OUT))]
    before = {
        who: tuple(bought for bought in history if bought.on < cut)
        for who, history in histories.items()
    }
    came_back = [
        who
        for who, history in histories.items()
        if before[who] and any(bought.on >= cut for bought in history)
    ]
    if len(came_back) < FEWEST:
        return USUAL_WEIGHTS
    say(f"weighing by what {min(len(came_back), _MOST)} customers bought next")
    model = BuyingModel(before.items(), today=cut)
    asked_of = sorted(came_back)[:: math.ceil(len(came_back) / _MOST)]
    gains: dict[bool, list[Mapping[Mix, float]]] = {False: [], True: []}
    for who in asked_of:
        next_day = min(bought.on for bought in histories[who] if bought.on >= cut)
        bought = frozenset(b.product_id for b in histories[who] if b.on == next_day)
        for again, mixes in ((False, _NEW), (True, _AGAIN)):
            asked = Asked(today=cut, history=before[who], again=again)
            gains[again].append(_gains(ground, model, asked, bought, mixes))
    return Weights(new=_best(_NEW, gains[False]), again=_best(_AGAIN, gains[True]))


def gain(ranked: Sequence[str], bought: frozenset[str]) -> float:
    """Return the normalised discounted cumulative gain of a ranking, whose length is the cut."""
    found = sum(1 / math.log2(place + 2) for place, each in enumerate(ranked) if each in bought)
    best = sum(1 / math.log2(place + 2) for place in range(min(len(ranked), len(bought))))
    return found / best if best else 0.0


def _gains(
    ground: Ground, model: BuyingModel, asked: Asked, bought: frozenset[str], mixes: Sequence[Mix]
) -> Mapping[Mix, float]:
    offers = candidates(ground, asked, lambda _product: None)
    sought = bought & {offer.product.id for offer in offers}
    if not sought:
        return {}
    parts = parts_of(ground, model, asked, offers)
    return {mix: gain(_top(parts, mix), sought) for mix in mixes}


def _top(parts: Parts, mix: Mix) -> list[str]:
    scores = np.sum(list(parts.blended(mix).values()), axis=0)
    return [parts.offers[at].product.id for at in np.argsort(-scores, kind="stable")[:_TOP]]


def _best(mixes: Sequence[Mix], gains: Sequence[Mapping[Mix, float]]) -> Mix:
    told = [each for each in gains if each]
    return max(mixes, key=lambda mix: sum(each[mix] for each in told))
