import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clienteling.recognition.errors import RecognitionError
from clienteling.recognition.gallery import NOBODY, Gallery, Ranked


def _matrix(rows: int, seed: int = 0) -> NDArray[np.float32]:
    matrix = np.random.default_rng(seed).normal(size=(rows, 8)).astype(np.float32)
    return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), np.float32)


def _gallery(rows: int = 4) -> Gallery:
    return Gallery("m", 1, tuple(f"alias-{row}" for row in range(rows)), _matrix(rows))


def test_the_nearest_and_the_runner_up() -> None:
    gallery = _gallery()
    ranked = gallery.search(gallery.matrix[2])
    scores = sorted(gallery.matrix @ gallery.matrix[2], reverse=True)
    assert ranked.alias == "alias-2"
    assert ranked.score == pytest.approx(1.0, abs=1e-5)
    assert ranked.runner_up == pytest.approx(scores[1])


def test_in_an_empty_gallery_there_is_nobody() -> None:
    gallery = Gallery("m", 1, (), np.empty((0, 8), np.float32))
    assert gallery.search(_matrix(1)[0]) == Ranked(None, NOBODY, NOBODY)


def test_one_template_has_no_runner_up() -> None:
    gallery = _gallery(1)
    assert gallery.search(gallery.matrix[0]).runner_up == NOBODY


def test_who_left_is_not_found() -> None:
    gallery = _gallery()
    rest = gallery.without("alias-2", "alias-0", version=2)
    assert (rest.version, rest.aliases) == (2, ("alias-1", "alias-3"))
    assert rest.search(gallery.matrix[2]).alias in {"alias-1", "alias-3"}
    assert rest.search(gallery.matrix[2]).score < 0.99


def test_removing_an_unknown_alias_removes_nobody() -> None:
    assert _gallery().without("alias").aliases == _gallery().aliases


def test_a_copy_survives_the_wiping_of_the_old_one() -> None:
    gallery = _gallery()
    rest = gallery.without("alias-0")
    probe = gallery.matrix[1].copy()
    gallery.wipe()
    assert not gallery.matrix.any()
    assert gallery.search(probe).score == 0
    assert rest.search(probe).alias == "alias-1"


def test_opening_and_removing_make_no_copy_outside_of_locked_memory() -> None:
    """numpy tells tracemalloc what it allocates; locked memory is not numpy's."""
    matrix = np.zeros((4000, 128), np.float32)
    matrix[:, :8] = _matrix(4000)
    aliases = tuple(map(str, range(4000)))
    tracemalloc.start()
    rest = Gallery("m", 1, aliases, matrix).without("17")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(rest) == 3999
    assert peak < matrix.nbytes / 2


def test_how_strict_a_template_is_goes_with_it() -> None:
    plain = _gallery(3)
    gallery = Gallery("m", 1, plain.aliases, plain.matrix, stricter=(0, 2, 1))
    assert gallery.search(gallery.matrix[1]).stricter == 2
    rest = gallery.without("alias-0")
    assert rest.search(gallery.matrix[2]).stricter == 1
    assert plain.search(gallery.matrix[1]).stricter == 0
    with pytest.raises(RecognitionError, match="how strict"):
        Gallery("m", 1, plain.aliases, plain.matrix, stricter=(1,))


@pytest.mark.parametrize(
    ("aliases", "matrix"),
    [
        (("a",), _matrix(2)),
        (("a", "a"), _matrix(2)),
        (("a", "b"), _matrix(2) * np.float32(0.5)),
        (("a", "b"), np.full((2, 8), np.nan, np.float32)),
        (("a",), _matrix(1).astype(np.float64)),
        (("a",), _matrix(1)[0]),
    ],
)
def test_a_damaged_gallery_is_refused(
    aliases: tuple[str, ...], matrix: NDArray[np.float32]
) -> None:
    with pytest.raises(RecognitionError):
        Gallery("m", 1, aliases, matrix)


def test_templates_do_not_print() -> None:
    assert repr(_gallery()) == "Gallery(model_id='m', version=1, size=4)"


@given(st.integers(1, 6), st.integers(0, 2**16))
def test_search_agrees_with_sorting(rows: int, seed: int) -> None:
    gallery = Gallery("m", 1, tuple(str(row) for row in range(rows)), _matrix(rows, seed))
    probe = _matrix(1, seed + 1)[0]
    order = np.argsort(-(gallery.matrix @ probe))
    ranked = gallery.search(probe)
    assert ranked.alias == str(order[0])
    assert ranked.runner_up <= ranked.score


@given(
    st.lists(
        st.floats(width=32, allow_nan=True, allow_infinity=True), min_size=8, max_size=8
    ).filter(lambda values: not sum(value * value for value in values) <= 1.1)
)
def test_what_is_no_mean_of_unit_vectors_is_near_nobody(values: list[float]) -> None:
    """Not a number, not finite, or too long: no score of it could be compared with a threshold."""
    assert _gallery().search(np.array(values, np.float32)) == Ranked(None, NOBODY, NOBODY)
