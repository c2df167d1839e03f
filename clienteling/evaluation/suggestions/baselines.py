"""Simple ways of suggesting, to be beaten."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from clienteling.catalogue.suggestions.history import Bought

#: Given what somebody bought, what is out, and how many: the products, best first.
Ranker = Callable[[Sequence[Bought], frozenset[str], int], list[str]]

_LATELY = timedelta(days=30)


def most_popular(histories: Iterable[Sequence[Bought]], *, since: date | None = None) -> Ranker:
    """Rank by how many customers bought a product; `since`: within the thirty days before it."""
    counts: Counter[str] = Counter()
    for history in histories:
        counts.update({b.product_id for b in history if since is None or b.on >= since - _LATELY})
    order = sorted(counts, key=lambda each: (-counts[each], each))

    def rank(_history: Sequence[Bought], out: frozenset[str], k: int) -> list[str]:
        found = []
        for each in order:
            if each not in out:
                found.append(each)
                if len(found) == k:
                    break
        return found

    return rank


def item_item(histories: Iterable[Sequence[Bought]]) -> Ranker:
    """Rank by the cosine of "bought by the same customers", added over what somebody bought.

    Sarwar et al., "Item-based collaborative filtering recommendation algorithms" (WWW 2001).
    """
    baskets = [sorted({bought.product_id for bought in history}) for history in histories]
    ids = sorted({each for basket in baskets for each in basket})
    place = {each: at for at, each in enumerate(ids)}
    counts = np.zeros((len(ids), len(ids)), np.float32)
    for basket in baskets:
        row = np.array([place[each] for each in basket])
        counts[np.ix_(row, row)] += 1.0
    norms = np.sqrt(np.diagonal(counts))
    counts /= np.outer(norms, norms)
    np.fill_diagonal(counts, 0.0)

    def rank(history: Sequence[Bought], out: frozenset[str], k: int) -> list[str]:
        row = sorted({place[bought.product_id] for bought in history})
        scores = counts[row].sum(axis=0)
        scores[[place[each] for each in out]] = -1.0
        return [ids[at] for at in np.argsort(-scores, kind="stable")[:k]]

    return rank
