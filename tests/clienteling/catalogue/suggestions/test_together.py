"""The linear model: what it learns, and that forgetting one person is exact."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clienteling.catalogue.suggestions.together import Places, Together

SIZE = 6


def row(*places: int) -> Places:
    return np.array(sorted(places), np.int32)


def inverse(model: Together) -> np.ndarray:
    return np.array([model._inverse[:, place] for place in range(model.size)])


def test_what_is_bought_together_speaks_for_each_other() -> None:
    model = Together([row(0, 1)] * 20 + [row(2, 3)] * 20, SIZE, ridge=1.0)
    scores = model.scores(row(0), np.ones(1))
    assert int(np.argmax(scores)) == 1
    assert scores[2] == pytest.approx(0.0, abs=1e-6)
    assert model.because(1, row(0, 2), np.ones(2)) == 0


def test_a_product_does_not_speak_for_itself() -> None:
    model = Together([row(0)] * 20, SIZE, ridge=1.0)
    assert model.scores(row(0), np.ones(1)) == pytest.approx(np.zeros(SIZE), abs=1e-5)
    assert model.because(0, row(0), np.ones(1)) is None


def test_nothing_bought_says_nothing() -> None:
    model = Together([row(0, 1)], SIZE)
    assert not model.scores(row(), np.ones(0)).any()
    assert Together([], 0).scores(row(), np.ones(0)).size == 0


rows = st.lists(st.frozensets(st.integers(0, SIZE - 1), min_size=1), min_size=1, max_size=8)


@settings(deadline=None)
@given(rows, st.data())
def test_forgetting_leaves_what_would_be_without_that_person(
    everybody: list[frozenset[int]], data: st.DataObject
) -> None:
    gone = data.draw(st.integers(0, len(everybody) - 1))
    model = Together([row(*each) for each in everybody], SIZE, ridge=2.0)
    model.forget(row(*everybody[gone]))
    others = [row(*each) for number, each in enumerate(everybody) if number != gone]
    assert inverse(model) == pytest.approx(inverse(Together(others, SIZE, ridge=2.0)), abs=1e-5)


@settings(deadline=None)
@given(rows, st.frozensets(st.integers(0, SIZE - 1), min_size=1))
def test_learning_is_as_if_it_had_been_known(
    everybody: list[frozenset[int]], new: frozenset[int]
) -> None:
    model = Together([row(*each) for each in everybody], SIZE, ridge=2.0)
    model.learn(row(*new))
    fresh = Together([row(*each) for each in (*everybody, new)], SIZE, ridge=2.0)
    assert inverse(model) == pytest.approx(inverse(fresh), abs=1e-5)
