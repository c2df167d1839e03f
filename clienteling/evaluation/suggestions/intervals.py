"""Means with the interval in which they would lie for other customers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clienteling.evaluation.statistics import Weights, resample

_SEED = 1


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over customers with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def means(columns: Sequence[Sequence[float]]) -> list[Mean]:
    """Return the mean of each column: one value per customer, the same customers in each."""
    values = np.array(columns, np.float64)

    def drawn(weights: Weights) -> Weights:
        return np.asarray(values @ weights / weights.sum(), np.float64)

    found = resample(values.shape[1], drawn, np.random.default_rng(_SEED))
    return [
        Mean(float(column.mean()), low, high)
        for column, (low, high) in zip(values, found, strict=True)
    ]
