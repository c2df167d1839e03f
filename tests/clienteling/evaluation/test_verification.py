"""1:1, groups and pairs: against values worked out by hand."""

import numpy as np
import pytest

from clienteling.evaluation.compare import compare_pairs
from clienteling.evaluation.dataset import Pair
from clienteling.evaluation.groups import by_group
from clienteling.evaluation.measures import det_curve, verification_at, verification_rows
from clienteling.evaluation.scoring import System, cosine_to_mean
from clienteling.evaluation.verification import Comparisons, compare_all
from tests.support.measuring import made_up_people

_COUNTS = [4, 3, 2, 1, 1]


def compare(system: System, enrol: int, splits: int = 2) -> Comparisons:
    found = compare_all(system, enrol, splits, np.random.default_rng(1))
    assert found is not None
    return found


def made(**changes: object) -> Comparisons:
    """Three people with a template and two photographs left each, in one split."""
    values = {
        "genuine": np.array([0.9, 0.7, 0.8, 0.3, 0.6, 0.5], np.float32),
        "genuine_people": np.array([0, 0, 1, 1, 2, 2]),
        "tail": np.array([0.65, 0.4, 0.35, 0.1], np.float32),
        "tail_enrolled": np.array([0, 1, 2, 2]),
        "tail_probe": np.array([1, 0, 0, 1]),
        "floor": 0.1,
        "enrolled": np.array([True, True, True]),
        "left": np.array([2, 2, 2]),
        "splits": 1,
    }
    return Comparisons(**(values | changes))  # type: ignore[arg-type]  # one of them may change


def test_everybody_with_photographs_to_spare_is_compared_with_everybody() -> None:
    """Three templates; 3 + 2 + 1 photographs left of their people, one each of two others."""
    found = compare(made_up_people(_COUNTS, 0.1), enrol=1)

    assert found.enrolled.tolist() == [True, True, True, False, False]
    assert found.left.tolist() == [3, 2, 1, 1, 1]
    assert len(found.genuine) == 2 * (3 + 2 + 1)
    assert found.impostors(np.ones(5)) == 2 * (3 * 8 - 6)
    assert (found.tail_enrolled != found.tail_probe).all()
    assert (np.diff(found.tail) <= 0).all()


def test_nobody_with_photographs_to_spare_is_nothing_to_compare() -> None:
    assert compare_all(made_up_people([1, 2, 2], 0.1), 2, 1, np.random.default_rng(1)) is None


def test_rates_are_those_counted_by_hand() -> None:
    once = np.ones(3)

    assert made().rates_at(0.4, once) == pytest.approx((2 / 12, 1 / 6))
    assert made().rates_at(0.61, once) == pytest.approx((1 / 12, 3 / 6))
    assert made().fnmr_at_fmr((1 / 12,), once) == pytest.approx([1 / 6])
    assert made().threshold(1 / 12) == np.nextafter(np.float32(0.4), np.float32(1))


def test_people_count_as_often_as_they_were_drawn() -> None:
    """Person 2 not at all, person 0 twice: 2 x 2 comparisons each way between 0 and 1."""
    drawn = np.array([2.0, 1.0, 0.0])

    assert made().impostors(drawn) == 2 * (6 - 4) + 1 * (6 - 2)
    assert made().rates_at(0.4, drawn) == pytest.approx((4 / 8, 1 / 6))


def test_a_rate_that_the_tail_does_not_hold_is_not_known() -> None:
    fmr, fnmr = made().rates_at(0.05, np.ones(3))

    assert np.isnan(fmr)
    assert fnmr == 0.0
    row = verification_at(made_up_people([3] * 3, 0.1), 1, made(), 0.05, np.random.default_rng(1))
    assert (row.fmr, row.fnmr) == (None, 0.0)


def test_people_who_are_far_apart_are_all_told_apart() -> None:
    system = made_up_people([4] * 20, noise=0.1)
    rows = verification_rows(system, 3, compare(system, 3), np.random.default_rng(1))

    assert [row.fmr for row in rows] == [0.001, 0.0001, 0.00001]
    assert [row.fnmr for row in rows] == [0.0] * 3
    assert [row.fnmr_ci for row in rows] == [(0.0, 0.15)] * 3  # three of twenty people
    assert [(row.people, row.genuine, row.impostor) for row in rows] == [(20, 40, 760)] * 3
    assert not any(row.supported for row in rows)


def test_a_lower_false_match_rate_never_misses_fewer() -> None:
    system = made_up_people([3] * 30, noise=1.0)
    found = compare(system, 2, splits=5)
    rows = verification_rows(system, 2, found, np.random.default_rng(1))

    assert [row.fnmr for row in rows] == sorted(row.fnmr for row in rows)
    assert [row.threshold for row in rows] == sorted(row.threshold for row in rows)
    across, up = zip(*det_curve(found), strict=True)
    assert list(across) == sorted(across)
    assert list(up) == sorted(up, reverse=True)


def test_groups_are_compared_within_themselves_at_one_threshold() -> None:
    """Persons 0 and 1 are one group (two of its four comparisons reach 0.4), person 2 another."""
    system = made_up_people([3] * 3, 0.1)
    values = {"p0": "x", "p1": "x", "p2": "y"}
    table = by_group(system, 1, made(), "a", values, (0.1, 0.4), np.random.default_rng(1))
    x, y = table.rows

    assert (x.value, x.people, x.fmr, x.fnmr) == ("x", 2, 2 / 4, 1 / 4)
    assert (x.genuine, x.impostor) == (4, 4)
    assert (y.people, y.fmr, y.fmr_ci, y.fnmr) == (1, None, None, 0.0)
    assert x.hint == "only 2 people: a hint, no measurement"
    assert (table.fmr_ratio, table.fnmr_ratio) == (None, None)


def test_the_worst_group_by_the_best_is_told_for_large_groups() -> None:
    system = made_up_people([3] * 70, noise=1.2)
    found = compare(system, 1)
    values = {f"p{n}": "even" if n % 2 == 0 else "odd" for n in range(68)} | {"p69": "alone"}
    at = (0.01, found.threshold(0.01))
    table = by_group(system, 1, found, "parity", values, at, np.random.default_rng(1))

    assert [row.value for row in table.rows] == ["alone", "even", "odd"]
    assert [row.people for row in table.rows] == [1, 34, 34]
    _, even, odd = table.rows
    assert even.fmr is not None
    assert odd.fmr is not None
    assert table.fmr_ratio == max(even.fmr, odd.fmr) / min(even.fmr, odd.fmr) >= 1


def test_pairs_are_compared_one_with_one_and_missing_ones_counted() -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1], [0.6, 0.8]], np.float32)
    system = System("s", cosine_to_mean, vectors, ("a", "b"), (np.arange(2), np.arange(2, 4)))
    rows = {"a/1": 0, "a/2": 1, "b/1": 2, "b/2": 3}
    pairs = [
        Pair("a/1", "a/2"),  # 0.80
        Pair("b/1", "b/2"),  # 0.80
        Pair("a/1", "b/1"),  # 0.00
        Pair("a/2", "b/2"),  # 0.96
        Pair("a/1", "c/1"),
    ]

    found = compare_pairs(system, rows, pairs, 0.79)

    assert (found.genuine, found.impostor, found.missing) == (2, 2, 1)
    assert (found.fmr, found.fnmr, found.eer) == (0.5, 0.0, 0.5)
    only = compare_pairs(system, rows, pairs[:1], 0.9)
    assert (only.fmr, only.fnmr, only.eer) == (None, 1.0, None)
