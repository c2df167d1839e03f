"""1:N: searches against values worked out by hand, and over made-up people."""

import numpy as np
import pytest

from clienteling.evaluation.identification import Outcomes, run_searches
from clienteling.evaluation.measures import open_set_curve, open_set_row, transfers
from clienteling.evaluation.protocol import Design
from clienteling.evaluation.scoring import (
    System,
    cosine_to_mean,
    minus_nearest_distance,
    score_matrix,
)
from tests.support.measuring import made_up_people

_COUNTS = [6, 5, 4, 4, 3, 2, 2] + [1] * 53
_DESIGN = Design(enrol=3, probe_images=1, splits=4, fpir=0.05)


def run(system: System, design: Design, *galleries: int, seed: int = 1) -> list[Outcomes]:
    return run_searches(system, design, galleries, np.random.default_rng(seed))


def made(**changes: object) -> Outcomes:
    """Four searches by three strangers, five by two mates; worked out by hand below."""
    values = {
        "gallery": 10,
        "strangers": np.array([0.8, 0.5, 0.4, 0.2], np.float32),
        "stranger_people": np.array([0, 1, 1, 2]),
        "genuine": np.array([0.9, 0.6, 0.45, 0.3, -np.inf], np.float32),
        "genuine_people": np.array([3, 3, 4, 4, 4]),
        "leads": np.array([0.5, 0.3, 0.2, 0.1, -0.1], np.float32),
        "mix": {1: 10},
    }
    return Outcomes(**(values | changes))  # type: ignore[arg-type]  # one of them may change


@pytest.fixture(scope="module")
def people() -> System:
    return made_up_people(_COUNTS, noise=0.1)


def test_a_template_is_the_mean_of_unit_vectors_and_a_search_the_mean_of_its_scores() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [1, 0]], np.float32)
    system = System("s", cosine_to_mean, vectors, ("a",), (np.arange(4),))

    table = score_matrix(system, [np.array([0, 1]), np.array([3])], np.array([[0, 2]]))

    root = np.sqrt(0.5)
    assert table == pytest.approx(np.array([[(root + 1.4 * root) / 2, (1 + 0.6) / 2]]))


def test_the_reference_takes_the_nearest_of_all_enrolled_photographs() -> None:
    vectors = np.array([[0, 0], [3, 4], [0, 1], [3, 3]], np.float32)
    system = System("s", minus_nearest_distance, vectors, ("a",), (np.arange(4),))

    table = score_matrix(system, [np.array([0, 1]), np.array([2])], np.array([[3], [2]]))

    assert table == pytest.approx(np.array([[-1, -np.sqrt(13)], [-1, 0]]), abs=1e-6)


def test_rates_are_those_counted_by_hand() -> None:
    row = open_set_row(
        made_up_people([1] * 5, 0.1),
        Design(1, 1, 1, fpir=0.25),
        10,
        made(),
        np.random.default_rng(1),
    )

    assert row.threshold == np.nextafter(np.float32(0.5), np.float32(1))
    assert row.fnir == pytest.approx(3 / 5)
    assert (row.strangers, row.stranger_searches, row.mates, row.mate_searches) == (3, 4, 2, 5)
    assert not row.supported  # three strangers cannot show one in four
    assert row.fnir_ci is not None
    assert row.fnir_ci[0] <= 3 / 5 <= row.fnir_ci[1]


def test_at_a_given_threshold_both_rates_are_measured() -> None:
    row = open_set_row(
        made_up_people([1] * 5, 0.1), _DESIGN, 10, made(), np.random.default_rng(1), threshold=0.4
    )

    assert (row.fpir, row.threshold) == (0.75, 0.4)
    assert row.fnir == pytest.approx(2 / 5)


def test_without_mates_there_is_no_miss_rate() -> None:
    nobody = made(
        genuine=np.empty(0, np.float32), genuine_people=np.empty(0, np.int64), leads=np.empty(0)
    )
    row = open_set_row(made_up_people([1] * 5, 0.1), _DESIGN, 10, nobody, np.random.default_rng(1))

    assert (row.fnir, row.fnir_ci, row.mates) == (None, None, 0)
    assert open_set_curve(nobody) == ()


def test_people_who_are_far_apart_are_all_told_apart(people: System) -> None:
    small, large = run(people, _DESIGN, 5, 30)

    assert (small.gallery, small.mix) == (5, {3: 5})
    assert (large.gallery, large.mix[3], sum(large.mix.values())) == (30, 5, 30)
    # Three enrolled leave 3 + 2 + 1 + 1 photographs of those who have more, in each of four splits.
    assert len(small.genuine) == len(large.genuine) == 4 * 7
    assert set(large.genuine_people) == {0, 1, 2, 3}
    assert (large.genuine > large.strangers.max()).all()
    # Whoever is not in the gallery searches with everything.
    assert len(small.strangers) == 4 * (sum(_COUNTS) - 22)
    assert not set(small.stranger_people) & set(small.genuine_people)


def test_a_larger_gallery_never_scores_a_stranger_lower(people: System) -> None:
    small, large = run(people, _DESIGN, 10, 30)

    assert large.strangers.min() >= small.strangers.min() - 1e-6
    assert (np.sort(large.genuine) <= np.sort(small.genuine) + 1e-6).all()


def test_who_is_nearer_to_somebody_else_is_missed_at_every_threshold() -> None:
    noisy = made_up_people([2] * 30, noise=2.0)
    (found,) = run(noisy, Design(1, 1, 2, 0.1), 20)

    missed = found.genuine == -np.inf
    assert 0 < missed.sum() < len(missed)
    assert (missed == (found.leads <= 0)).all()


def test_the_same_seed_gives_the_same_figures(people: System) -> None:
    one, same, other = (run(people, _DESIGN, 20, seed=seed)[0] for seed in (1, 1, 2))

    assert np.array_equal(one.strangers, same.strangers)
    assert np.array_equal(one.genuine, same.genuine)
    assert not np.array_equal(one.strangers, other.strangers)


def test_a_curve_falls(people: System) -> None:
    (found,) = run(made_up_people([2] * 40, noise=0.5), Design(1, 1, 4, 0.05), 20)
    across, up = zip(*open_set_curve(found), strict=True)

    assert list(across) == sorted(across)
    assert list(up) == sorted(up, reverse=True)


def test_a_threshold_carries_over_to_the_other_half() -> None:
    system = made_up_people([2] * 10 + [1] * 90, noise=0.3)
    rows = transfers(system, Design(1, 1, 3, 0.1), [5, 1000], np.random.default_rng(1))

    assert [row.gallery for row in rows] == [5, 25]
    for row in rows:
        assert row.fpir_mean is not None
        assert row.fpir_max is not None
        assert 0 < row.fpir_mean < 0.12
        assert row.fpir_mean < row.plain_fpir_mean
        assert row.fpir_mean <= row.fpir_max


def test_too_few_strangers_for_a_rate_transfer_nothing() -> None:
    system = made_up_people([2] * 6, noise=0.3)
    (row,) = transfers(system, Design(1, 1, 2, 0.001), [2], np.random.default_rng(1))

    assert (row.fpir_mean, row.fpir_sd, row.fnir_mean) == (None, None, None)
    assert transfers(made_up_people([2] * 3, 0.3), _DESIGN, [2], np.random.default_rng(1)) == []
