"""How long suggestions take in an invented shop of a given size, beside the most popular."""

import random
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

import numpy as np

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.suggestions.history import Bought
from clienteling.catalogue.suggestions.model import BuyingModel
from clienteling.catalogue.suggestions.rank import Asked, Ground
from clienteling.catalogue.suggestions.safe import Stated
from clienteling.catalogue.suggestions.suggest import suggest
from clienteling.catalogue.suggestions.tuning import tuned
from clienteling.evaluation.suggestions.baselines import Ranker, most_popular

T = TypeVar("T")

_TODAY = date(2026, 11, 24)
_SEED = 1
_ASKED = 500
#: The share of products whose allergens are declared, and of purchases near to the others.
_DECLARED, _NEAR = 0.8, 0.6
_WORDS = """
almond apple banana bar berry biscuit black bread butter cake caramel cherry chocolate cinnamon
coconut cookie cream dark drop fig fudge ginger hazelnut honey jam lemon lime liquorice mango
maple mint mocha nougat nut orange peach pear pecan plum praline raspberry salt sesame sour
spice strawberry sugar tart tea toffee truffle vanilla waffle walnut white
"""


@dataclass(frozen=True, slots=True)
class SuggestionTime:
    """What was measured.

    Attributes:
        prepare_s: Reading the words and declarations of the catalogue.
        tune_s: Weighing by the shop's own purchases; once a day, in the background.
        build_s: Building the model; likewise.
        p50_ms, p95_ms, most_ms: One customer's suggestions.
        popular_ms: The most popular products that the customer did not buy, p50.
        forget_ms: Taking one customer out of the model.
        model_mb: What it allocates.
    """

    products: int
    customers: int
    lines: int
    prepare_s: float
    tune_s: float
    build_s: float
    p50_ms: float
    p95_ms: float
    most_ms: float
    popular_ms: float
    forget_ms: float
    model_mb: float

    @property
    def ratio(self) -> float:
        """How many times as long as the most popular products."""
        return self.p50_ms / self.popular_ms


def bench_suggestions(
    products: int, customers: int, lines: int, say: Callable[[str], None]
) -> SuggestionTime:
    """Measure with invented products and purchases; the same each time but for the machine."""
    chance = random.Random(_SEED)
    say(f"inventing {products:,} products and {lines:,} lines of {customers:,} customers")
    goods = [_product(chance, number) for number in range(products)]
    histories = dict(_histories(chance, goods, customers, lines))
    ground, prepare_s = _timed(lambda: Ground(goods))
    say("weighing")
    weights, tune_s = _timed(lambda: tuned(histories, ground))
    say("building")
    tracemalloc.start()
    model, build_s = _timed(lambda: BuyingModel(histories.items(), today=_TODAY, weights=weights))
    model_mb = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    several = chance.sample(sorted(histories), min(_ASKED, len(histories)))
    say(f"asking for {len(several)} customers")
    asked = [_asked(chance, histories[who]) for who in several]
    took = [1000 * _timed(partial(suggest, ground, model, each))[1] for each in asked]
    popular = most_popular(histories.values())
    plain = [1000 * _timed(partial(_popular, popular, each))[1] for each in asked]
    forgot = [1000 * _timed(partial(model.forget, who))[1] for who in several[:50]]
    p50, p95 = np.percentile(took, [50, 95])
    return SuggestionTime(
        products=products,
        customers=len(histories),
        lines=sum(map(len, histories.values())),
        prepare_s=prepare_s,
        tune_s=tune_s,
        build_s=build_s,
        p50_ms=float(p50),
        p95_ms=float(p95),
        most_ms=max(took),
        popular_ms=float(np.median(plain)),
        forget_ms=float(np.median(forgot)),
        model_mb=model_mb,
    )


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    done = work()
    return done, time.perf_counter() - started


def _product(chance: random.Random, number: int) -> Product:
    words = chance.sample(_WORDS.split(), 4)
    contained = chance.sample(list(Allergen), chance.randint(0, 3))
    return Product(
        id=f"p{number}",
        name=" ".join([*words, str(number)]),
        category=(words[0], words[1]),
        ingredients=" ".join(chance.sample(_WORDS.split(), 8)),
        launched=_TODAY - timedelta(days=chance.randint(0, 1500)),
        declaration=Declaration.complete(contained)
        if chance.random() < _DECLARED
        else Declaration(),
    )


def _histories(
    chance: random.Random, goods: Sequence[Product], customers: int, lines: int
) -> Iterator[tuple[str, tuple[Bought, ...]]]:
    """Customers who keep to a corner of the catalogue, and take what sells well besides."""
    each, corner = max(1, lines // customers), max(1, len(goods) // 50)
    for number in range(customers):
        home = chance.randrange(len(goods))
        history = []
        for _ in range(each):
            near = chance.random() < _NEAR
            place = home + chance.randrange(corner) if near else int(chance.paretovariate(0.6))
            on = _TODAY - timedelta(days=chance.randrange(600))
            history.append(Bought(goods[place % len(goods)].id, on))
        yield f"c{number}", tuple(history)


def _asked(chance: random.Random, history: tuple[Bought, ...]) -> Asked:
    words = _WORDS.split()
    return Asked(
        today=_TODAY,
        stated=Stated(
            said=True,
            codes=frozenset(chance.sample(list(Allergen), chance.randint(0, 2))),
            own_words=tuple(chance.sample(("kiwi", "strawberry", "cinnamon"), 1)),
        ),
        likes=tuple(" ".join(chance.sample(words, 2)) for _ in range(5)),
        history=history,
    )


def _popular(rank: Ranker, asked: Asked) -> list[str]:
    return rank(asked.history, frozenset(each.product_id for each in asked.history), asked.most)
