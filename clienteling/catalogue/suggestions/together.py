"""What is bought by the same people: a linear model over products, which can forget one person.

Steck, "Embarrassingly Shallow Autoencoders for Sparse Data" (WWW 2019): with G how many customers
bought each two products, and P the inverse of G plus a ridge, product i speaks for product j by
-P[i, j] / P[j, j]. Measured on two data sets it did better than the neighbourhood and factor models
of a library (docs/decisions/0241-a-model-that-forgets.md), and it gives what they do not: taking
one customer's row away is exact and takes milliseconds (Sherman and Morrison 1950), and each
score says which bought product it comes from.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int32]
Scores = NDArray[np.float64]

#: Added to each product's count of customers: how much evidence it takes to believe a pair.
RIDGE = 300.0


class Together:
    """The model of `size` products. Not for several threads at once: its owner holds a lock."""

    def __init__(self, rows: Iterable[Places], size: int, *, ridge: float = RIDGE) -> None:
        """Count and invert: seconds for 5,000 products. A row: a customer's products, each once."""
        counts = np.zeros((size, size), np.float32)
        for row in rows:
            counts[np.ix_(row, row)] += 1.0
        counts[np.diag_indices(size)] += ridge
        self._inverse: NDArray[np.float32] = (
            np.linalg.inv(counts).astype(np.float32, copy=False) if size else counts
        )

    @property
    def size(self) -> int:
        """How many products it knows."""
        return len(self._inverse)

    def forget(self, row: Places) -> None:
        """Take a customer out who is in it with these products: exactly, but for rounding."""
        self._update(row, -1.0)

    def learn(self, row: Places) -> None:
        """Take a customer in with these products."""
        self._update(row, 1.0)

    def scores(self, places: Places, weights: Scores) -> Scores:
        """Return how strongly these bought products speak for each product."""
        scores = np.zeros(self.size)
        if len(places):
            spoken = weights.astype(np.float32) @ self._inverse[places]
            scores = -spoken.astype(np.float64) / np.diagonal(self._inverse)
            scores[places] += weights  # a product does not speak for itself
        return scores

    def because(self, place: int, places: Places, weights: Scores) -> int | None:
        """Return which of the bought products speaks most for this one; None: none does."""
        others = places != place
        if not others.any():
            return None
        shares = -self._inverse[places[others], place] * weights[others]
        best = int(np.argmax(shares))
        return int(places[others][best]) if shares[best] > 0 else None

    def _update(self, row: Places, sign: float) -> None:
        if not len(row):
            return
        spread = self._inverse[:, row].sum(axis=1)
        scale = 1.0 + sign * float(spread[row].sum())
        self._inverse -= np.outer(spread, spread * np.float32(sign / scale))
