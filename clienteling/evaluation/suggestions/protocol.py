"""How well suggestions foretell what customers bought next, beside simple ways of suggesting.

Everything before a day is known, nothing after it. Asked is the first visit of each customer on or
after that day: does one of the k suggested products lie in the basket (hit rate), how high (NDCG),
and what share of the products is suggested to anybody (coverage)? Once for any product, once for
products that the customer had not bought before. Products first sold after the day are left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from clienteling.catalogue.product import Product
from clienteling.catalogue.suggestions.history import Bought
from clienteling.catalogue.suggestions.model import BuyingModel
from clienteling.catalogue.suggestions.rank import Asked, Ground
from clienteling.catalogue.suggestions.suggest import suggest
from clienteling.catalogue.suggestions.tuning import gain, tuned
from clienteling.catalogue.suggestions.weights import Weights
from clienteling.errors import UsageError
from clienteling.evaluation.suggestions.baselines import Ranker, item_item, most_popular
from clienteling.evaluation.suggestions.intervals import Mean, means

Histories = Mapping[str, tuple[Bought, ...]]
OURS = "suggestions"


@dataclass(frozen=True, slots=True)
class Case:
    """One customer at the split: what was bought before, and at the next visit."""

    history: tuple[Bought, ...]
    next_basket: frozenset[str]


@dataclass(frozen=True, slots=True)
class Score:
    """How one way of suggesting did.

    Attributes:
        hit_rate: The share of customers for whom one of the k was in the basket.
        coverage: The share of the products that was suggested to anybody.
        hits_ahead: Of ours, by how much the hit rate is higher, customer by customer.
    """

    name: str
    hit_rate: Mean
    ndcg: Mean
    coverage: float
    hits_ahead: Mean | None
    ndcg_ahead: Mean | None


@dataclass(frozen=True, slots=True)
class Task:
    """One question: any product, or only such as are new to the customer."""

    again: bool
    customers: int
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """The whole measurement."""

    split: date
    k: int
    customers: int
    products: int
    lines: int
    weights: Weights
    tasks: tuple[Task, ...]


def measure(
    histories: Histories,
    products: Mapping[str, Product],
    split: date,
    *,
    k: int,
    lines: int,
    say: Callable[[str], None],
    progress: Callable[[Sequence[Case], str], Iterator[Case]],
) -> Measured:
    """Measure suggestions, the most popular products, and item-to-item likeness.

    Raises:
        UsageError: no customer bought both before and after the split.
    """
    before = {
        who: tuple(bought for bought in history if bought.on < split)
        for who, history in histories.items()
    }
    before = {who: history for who, history in before.items() if history}
    sold = sorted({bought.product_id for history in before.values() for bought in history})
    cases = _cases(histories, before, frozenset(sold), split)
    if not cases:
        raise UsageError("Nobody bought both before and after that day. Choose another --split.")
    ground = Ground([products.get(each, Product(id=each, name=each)) for each in sold])
    weights = tuned(before, ground, say)
    say(f"learning from {len(before)} customers and {len(sold)} products")
    model = BuyingModel(before.items(), today=split, weights=weights)
    tasks = []
    for again in (True, False):
        asked = [case for case in cases if _sought(case, again=again)]
        rankers: dict[str, Ranker] = {
            OURS: _ours(ground, model, split, again=again, k=k),
            "most popular": most_popular(before.values()),
            "most popular, last 30 days": most_popular(before.values(), since=split),
            "item-item": item_item(before.values()),
        }
        tasks.append(_task(rankers, asked, len(sold), again=again, k=k, progress=progress))
    return Measured(split, k, len(before), len(sold), lines, weights, tuple(tasks))


def _cases(
    histories: Histories, before: Histories, sold: frozenset[str], split: date
) -> list[Case]:
    cases = []
    for who, history in sorted(before.items()):
        after = [bought for bought in histories[who] if bought.on >= split]
        if after:
            day = min(bought.on for bought in after)
            basket = frozenset(bought.product_id for bought in after if bought.on == day) & sold
            cases.append(Case(history, basket))
    return cases


def _sought(case: Case, *, again: bool) -> frozenset[str]:
    return case.next_basket - (frozenset() if again else _bought(case))


def _bought(case: Case) -> frozenset[str]:
    return frozenset(bought.product_id for bought in case.history)


def _ours(ground: Ground, model: BuyingModel, split: date, *, again: bool, k: int) -> Ranker:
    def rank(history: Sequence[Bought], _out: frozenset[str], _k: int) -> list[str]:
        asked = Asked(today=split, history=tuple(history), again=again, most=k)
        return [each.offer.product.id for each in suggest(ground, model, asked)]

    return rank


def _task(
    rankers: Mapping[str, Ranker],
    cases: Sequence[Case],
    products: int,
    *,
    again: bool,
    k: int,
    progress: Callable[[Sequence[Case], str], Iterator[Case]],
) -> Task:
    hits: dict[str, list[float]] = {name: [] for name in rankers}
    gains: dict[str, list[float]] = {name: [] for name in rankers}
    suggested: dict[str, set[str]] = {name: set() for name in rankers}
    for case in progress(cases, "customers"):
        sought = _sought(case, again=again)
        out = frozenset() if again else _bought(case)
        for name, rank in rankers.items():
            top = rank(case.history, out, k)
            suggested[name].update(top)
            hits[name].append(float(not sought.isdisjoint(top)))
            gains[name].append(gain(top, sought))
    scores = tuple(_score(name, hits, gains, len(suggested[name]) / products) for name in rankers)
    return Task(again, len(cases), scores)


def _score(
    name: str,
    hits: Mapping[str, Sequence[float]],
    gains: Mapping[str, Sequence[float]],
    coverage: float,
) -> Score:
    columns = [hits[name], gains[name]]
    if name == OURS:
        hit_rate, ndcg = means(columns)
        return Score(name, hit_rate, ndcg, coverage, None, None)
    ahead = [
        [ours - theirs for ours, theirs in zip(values[OURS], values[name], strict=True)]
        for values in (hits, gains)
    ]
    hit_rate, ndcg, hits_ahead, ndcg_ahead = means([*columns, *ahead])
    return Score(name, hit_rate, ndcg, coverage, hits_ahead, ndcg_ahead)
