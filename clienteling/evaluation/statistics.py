"""Thresholds, rates, and how far they can be trusted.

Terms follow ISO/IEC 19795-1:2021 (FMR, FNMR, FPIR, FNIR; rule of three) and NIST FRTE 1:N
(FNIR(N, R, T) with R = 1: the mate must come first, and reach the threshold).
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
People = NDArray[np.int64]
Weights = NDArray[np.float64]
Interval = tuple[float, float]

#: Repetitions of a bootstrap, and the share of them inside of an interval.
REPETITIONS: Final = 1000
CONFIDENCE: Final = 0.95
#: Products of rates and counts are floats.
_ROUNDING: Final = 1e-9


def threshold_for(scores: Scores, rate: float, total: float | None = None) -> float:
    """The lowest threshold that at most a share `rate` of the scores reach.

    Scores that are equal are let in or kept out together. With fewer than 1 / rate scores it lies
    just above them all.

    Args:
        scores: (n,) at least one, best first.
        rate: Share, 0 to 1.
        total: How many scores there are, when these are only the best of them.
    """
    within = math.floor(rate * (len(scores) if total is None else total) + _ROUNDING)
    return _just_above(scores, within)


def weighted_thresholds(
    scores: Scores, weights: Weights, rates: Sequence[float], total: float | None = None
) -> list[float]:
    """The same for several rates, where each score counts as often as its weight (n,) says."""
    reached = np.cumsum(weights)
    all_of_them = float(reached[-1]) if total is None else total
    within = np.searchsorted(reached, np.array(rates) * all_of_them + _ROUNDING, side="right")
    return [_just_above(scores, int(count)) for count in within]


def transferable_threshold(scores: Scores, people: People, rate: float) -> float | None:
    """A threshold at which people like these, but others, reach the rate at most on average.

    The plain quantile is too low for others: it was chosen because these people stayed below. One
    more person who reaches it in every search is counted in (conformal risk control, Angelopoulos,
    Bates, Fisch, Lei, Schuster 2022, theorem 1, with the share of a person's searches as the loss).
    Each person counts alike, however many searches they made.

    Args:
        scores: (n,) best score of each search by a stranger, best first.
        people: (n,) who searched.
        rate: The false positive identification rate.

    Returns:
        None when there are too few people to say: fewer than 1 / rate - 1.
    """
    _, number, searches = np.unique(people, return_inverse=True, return_counts=True)
    if rate * (len(searches) + 1) < 1:
        return None
    reached = np.cumsum(1 / searches[number])
    limit = rate * (len(searches) + 1) - 1 + _ROUNDING
    return _just_above(scores, int(np.searchsorted(reached, limit, side="right")))


def _just_above(scores: Scores, within: int) -> float:
    """Above the first score that must stay out; below everything when none must."""
    if within >= len(scores):
        return float("-inf")
    return float(np.nextafter(scores[within], np.float32(np.inf)))


def resample(
    people: int, statistic: Callable[[Weights], Weights], rng: np.random.Generator
) -> list[Interval]:
    """Bootstrap intervals over people: all that one person did is drawn together.

    Args:
        people: How many there are.
        statistic: Figures (m,) from how often each person was drawn (people,); NaN where one has no
            value.
        rng: The source of chance.

    Returns:
        An interval for each of the m figures.
    """
    drawn = (
        np.bincount(rng.integers(0, people, people), minlength=people).astype(np.float64)
        for _ in range(REPETITIONS)
    )
    values = np.stack([statistic(weights) for weights in drawn])
    tail = (1 - CONFIDENCE) / 2
    known = [column[~np.isnan(column)] for column in values.T]
    return [
        (float(low), float(high))
        for low, high in (
            np.quantile(column, [tail, 1 - tail]) if len(column) else (0.0, 1.0) for column in known
        )
    ]


def rule_of_three(interval: Interval, rate: float, people: int) -> Interval:
    """Where no error was seen, a bootstrap sees none either; 3 / people is the upper bound."""
    return interval if rate else (0.0, max(interval[1], min(1.0, 3 / max(people, 1))))


def share(part: float, whole: float) -> float:
    """A rate; NaN of nothing."""
    return part / whole if whole else float("nan")
