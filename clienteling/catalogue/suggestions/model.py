"""What everybody bought, in memory only: what goes together, and what is bought of late.

Derived data of customers who agreed that purchases are kept (R38): a customer who withdraws is
taken out at once, exactly (`forget`). It is never written anywhere; after a restart it is made
again from what is still held.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from clienteling.catalogue.suggestions.history import TASTE_HALVES, Bought, counted
from clienteling.catalogue.suggestions.together import Together
from clienteling.catalogue.suggestions.weights import USUAL_WEIGHTS, Weights

Scores = NDArray[np.float64]

#: Products in the model, the most bought: the inverse takes 4 bytes times its square.
LARGEST = 5_000
#: Days after which a purchase counts half for what is popular.
TREND_HALVES = 30.0


@dataclass(frozen=True, slots=True)
class _Row:
    """A customer in the model: places of products and the day's number, one per product and day."""

    places: NDArray[np.int32]
    days: NDArray[np.int32]


class BuyingModel:
    """Every method may be called from any thread."""

    def __init__(
        self,
        histories: Iterable[tuple[str, Iterable[Bought]]],
        *,
        today: date,
        weights: Weights = USUAL_WEIGHTS,
        anonymous: Mapping[Bought, int] | None = None,
    ) -> None:
        """Make it: seconds for 5,000 products and 50,000 customers.

        Args:
            histories: What each customer bought, by the customer's id.
            today: The day from which trends are counted.
            weights: How much each part of a score counts in this shop.
            anonymous: How often products were sold on a day to nobody in particular.
        """
        self.weights = weights
        self._today = today
        self._lock = threading.Lock()
        distinct = {who: frozenset(history) for who, history in histories}
        times = Counter(bought.product_id for several in distinct.values() for bought in several)
        times.update({bought.product_id: n for bought, n in (anonymous or {}).items()})
        self._places = {each: place for place, (each, _) in enumerate(times.most_common(LARGEST))}
        self._rows = {who: self._row(several) for who, several in distinct.items()}
        self._trend = np.zeros(len(self._places))
        for row in self._rows.values():
            self._count(row, 1.0)
        for bought, n in (anonymous or {}).items():
            if bought.product_id in self._places:
                self._count(self._row((bought,)), float(n))
        self._together = Together(
            (np.unique(row.places) for row in self._rows.values()), len(self._places)
        )

    @property
    def places(self) -> Mapping[str, int]:
        """Where each product stands in the scores, by its id."""
        return self._places

    @property
    def customers(self) -> int:
        """How many customers it was made from and are still in it."""
        return len(self._rows)

    def forget(self, subject_id: str) -> bool:
        """Take a customer out; returns whether they were in it."""
        with self._lock:
            row = self._rows.pop(subject_id, None)
            if row is None:
                return False
            self._together.forget(np.unique(row.places))
            self._count(row, -1.0)
            return True

    def learn(self, subject_id: str, history: Iterable[Bought]) -> None:
        """Take a customer in with everything they bought, instead of what was known of them."""
        self.forget(subject_id)
        row = self._row(frozenset(history))
        with self._lock:
            self._rows[subject_id] = row
            self._together.learn(np.unique(row.places))
            self._count(row, 1.0)

    def popular(self) -> Scores:
        """Return how much each product is bought of late, the most bought one 1."""
        with self._lock:
            trend = np.maximum(self._trend, 0.0)  # rounding, once all who bought it have gone
        most = trend.max(initial=0.0)
        return trend / most if most > 0 else trend

    def together(self, history: Iterable[Bought], today: date) -> Scores:
        """Return how strongly what somebody bought speaks for each product."""
        places, weights = self._speaking(history, today)
        with self._lock:
            return self._together.scores(places, weights)

    def because(self, product_id: str, history: Iterable[Bought], today: date) -> str | None:
        """Return which of the products that somebody bought speaks most for this one."""
        place = self._places.get(product_id)
        if place is None:
            return None
        places, weights = self._speaking(history, today)
        with self._lock:
            found = self._together.because(place, places, weights)
        return None if found is None else next(p for p, at in self._places.items() if at == found)

    def _speaking(self, history: Iterable[Bought], today: date) -> tuple[NDArray[np.int32], Scores]:
        counts = counted(history, today, TASTE_HALVES)
        known = [(self._places[each], n) for each, n in counts.items() if each in self._places]
        places = np.array([place for place, _ in known], np.int32)
        return places, np.minimum(np.array([n for _, n in known], np.float64), 1.0)

    def _row(self, several: Iterable[Bought]) -> _Row:
        known = [bought for bought in several if bought.product_id in self._places]
        return _Row(
            np.array([self._places[bought.product_id] for bought in known], np.int32),
            np.array([bought.on.toordinal() for bought in known], np.int32),
        )

    def _count(self, row: _Row, sign: float) -> None:
        counts = 0.5 ** ((self._today.toordinal() - row.days) / TREND_HALVES)
        np.add.at(self._trend, row.places, sign * counts)
