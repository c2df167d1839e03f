"""Thresholds and intervals against values worked out by hand, and what must always hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.evaluation.statistics import (
    People,
    Scores,
    Weights,
    resample,
    rule_of_three,
    threshold_for,
    transferable_threshold,
    weighted_thresholds,
)

_SCORES = st.lists(st.integers(-10, 10), min_size=1, max_size=20).map(
    lambda values: np.sort(np.array(values, np.float32) / 10)[::-1]
)
_RATES = st.floats(0.001, 0.999)


def scores(*values: float) -> Scores:
    return np.array(values, np.float32)


def reached(values: Scores, threshold: float) -> float:
    return float((values >= threshold).mean())


def test_one_of_ten_may_reach_the_threshold_for_ten_per_cent() -> None:
    values = scores(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)

    assert threshold_for(values, 0.1) == pytest.approx(0.8)
    assert threshold_for(values, 0.1) > values[1]
    assert reached(values, threshold_for(values, 0.1)) == 0.1
    assert reached(values, threshold_for(values, 0.29)) == 0.2


def test_equal_scores_stay_out_together() -> None:
    values = scores(0.9, 0.8, 0.8, 0.8, 0.1)

    assert reached(values, threshold_for(values, 0.4)) == 0.2
    assert reached(values, threshold_for(values, 0.8)) == 0.8


def test_too_few_scores_for_a_rate_put_the_threshold_above_them_all() -> None:
    values = scores(0.5, 0.4)

    assert threshold_for(values, 0.001) == np.nextafter(np.float32(0.5), np.float32(1))


def test_the_best_of_many_stand_for_all_of_them() -> None:
    assert threshold_for(scores(0.9, 0.8, 0.7), 0.002, total=1000) > np.float32(0.7)
    assert reached(scores(0.9, 0.8, 0.7), threshold_for(scores(0.9, 0.8, 0.7), 0.002, 1000)) > 0.6


@given(_SCORES, _RATES)
def test_the_rate_is_kept_and_no_lower_threshold_keeps_it(values: Scores, rate: float) -> None:
    threshold = threshold_for(values, rate)

    assert reached(values, threshold) <= rate + 1e-9
    lower = values[values < threshold]
    assert lower.size == 0 or reached(values, float(lower[0])) > rate - 1e-9


@given(_SCORES, _RATES, _RATES)
def test_a_lower_rate_is_never_a_lower_threshold(values: Scores, one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert threshold_for(values, low) >= threshold_for(values, high)


@given(_SCORES, _RATES)
def test_weights_count_like_repetitions(values: Scores, rate: float) -> None:
    weights = np.arange(len(values)) % 3
    repeated = np.repeat(values, weights)

    if len(repeated):
        (weighted,) = weighted_thresholds(values, weights.astype(np.float64), (rate,))
        assert reached(repeated, weighted) == reached(repeated, threshold_for(repeated, rate))


def test_a_transferable_threshold_counts_one_more_person() -> None:
    """Nine people, a rate of 20 %: (their shares + 1) / 10 <= 0.2, so one whole person."""
    people = np.arange(9)
    values = scores(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)

    threshold = transferable_threshold(values, people, 0.2)

    assert threshold == np.nextafter(np.float32(0.8), np.float32(1))
    assert transferable_threshold(values, people, 0.09) is None  # ten would be needed


def test_a_transferable_threshold_counts_people_not_searches() -> None:
    """Person 0 searched four times; a quarter of a person each."""
    values = scores(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
    people = np.array([0, 0, 0, 0, 1, 2, 3])

    threshold = transferable_threshold(values, people, 0.3)  # (share + 1) / 5 <= 0.3: 0.5

    assert threshold == np.nextafter(np.float32(0.7), np.float32(1))


@given(st.integers(0, 2**32 - 1))
def test_a_transferable_threshold_is_never_below_the_quantile_of_people(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.sort(rng.random(60).astype(np.float32))[::-1]
    people = rng.permutation(60)

    threshold = transferable_threshold(values, people, 0.1)

    assert threshold is not None
    assert threshold >= threshold_for(values, 0.1)


def test_what_it_promises_holds_for_people_who_were_not_measured() -> None:
    """Over many draws the rate among others is at most the one asked for; the quantile's is not."""
    rng = np.random.default_rng(5)
    people: People = np.arange(250)
    plain, safe = [], []
    for _ in range(400):
        here = np.sort(rng.random(250).astype(np.float32))[::-1]
        limit = transferable_threshold(here, people, 0.01)
        assert limit is not None
        plain.append(1 - threshold_for(here, 0.01))
        safe.append(1 - limit)

    assert np.mean(safe) < 0.01 < np.mean(plain)


def test_people_are_resampled_and_not_what_they_did() -> None:
    """One of ten people failed in all of a thousand tries: the interval is that of ten people."""
    failed = np.zeros(10)
    failed[0] = 1

    def rate(weights: Weights) -> Weights:
        return np.array([weights @ failed / weights.sum()])

    ((low, high),) = resample(10, rate, np.random.default_rng(1))

    assert low == 0.0
    assert 0.2 <= high <= 0.4  # binomial with n = 10 and p = 0.1


def test_the_same_seed_gives_the_same_interval() -> None:
    def mean(weights: Weights) -> Weights:
        return np.array([weights[:5].sum() / 20])

    one, other = (resample(20, mean, np.random.default_rng(3)) for _ in range(2))

    assert one == other


def test_no_error_among_few_is_not_a_rate_of_zero() -> None:
    assert rule_of_three((0.0, 0.0), 0.0, 100) == (0.0, 0.03)
    assert rule_of_three((0.0, 0.0), 0.0, 2) == (0.0, 1.0)
    assert rule_of_three((0.1, 0.2), 0.15, 100) == (0.1, 0.2)


def test_a_figure_without_a_value_leaves_an_interval_of_everything() -> None:
    (interval,) = resample(3, lambda _: np.array([math.nan]), np.random.default_rng(1))

    assert interval == (0.0, 1.0)
