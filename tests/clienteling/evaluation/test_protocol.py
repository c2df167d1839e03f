"""Who is enrolled and who searches: disjoint, complete, and the same for the same seed."""

from itertools import accumulate

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clienteling.evaluation.protocol import Design, Rows, Split, draw, largest_gallery

_COUNTS = st.lists(st.integers(1, 8), min_size=4, max_size=16)
_DESIGNS = st.builds(
    Design,
    enrol=st.integers(1, 4),
    probe_images=st.integers(1, 3),
    splits=st.just(2),
    fpir=st.sampled_from([0.001, 0.5]),
)


def photographs(counts: list[int]) -> list[Rows]:
    ends = list(accumulate(counts))
    return [np.arange(end - n, end) for end, n in zip(ends, counts, strict=True)]


def splits(counts: list[int], design: Design, seed: int = 1) -> list[Split]:
    return list(draw(photographs(counts), design, np.random.default_rng(seed)))


@given(_COUNTS, _DESIGNS)
def test_no_photograph_is_enrolled_and_searched_with(counts: list[int], design: Design) -> None:
    owners = np.repeat(np.arange(len(counts)), counts)
    for split in splits(counts, design):
        enrolled = np.concatenate(split.enrolled)
        searched = split.genuine.images.ravel()

        assert not set(enrolled) & set(searched)
        assert len(set(searched)) == len(searched)
        assert (owners[split.genuine.images] == split.genuine.people[:, None]).all()
        for person, rows in zip(split.order, split.enrolled, strict=True):
            assert (owners[rows] == person).all()
            assert len(rows) == min(counts[person], design.enrol)


@given(_COUNTS, _DESIGNS)
def test_every_disjoint_choice_is_used(counts: list[int], design: Design) -> None:
    size = design.probe_images
    for split in splits(counts, design):
        mated = np.bincount(split.genuine.people, minlength=len(counts))
        strange = np.bincount(split.strangers.people, minlength=len(counts))

        assert mated.tolist() == [max(0, n - design.enrol) // size for n in counts]
        assert strange.tolist() == [n // size for n in counts]


@given(_COUNTS, _DESIGNS)
def test_whoever_is_beyond_the_largest_gallery_can_search_as_a_stranger(
    counts: list[int], design: Design
) -> None:
    most = largest_gallery(photographs(counts), design)
    able = sum(n >= design.probe_images for n in counts)
    assert len(counts) - most <= able // 2
    for split in splits(counts, design):
        assert sorted(split.order) == list(range(len(counts)))
        assert all(counts[person] >= design.probe_images for person in split.order[most:])


def test_everybody_with_enough_photographs_is_enrolled_before_the_gallery_is_filled_up() -> None:
    counts = [4, 1, 3, 2, 1, 5, 1, 1, 3, 1, 2, 1]
    design = Design(enrol=3, probe_images=1, splits=20, fpir=0.1)
    for split in splits(counts, design):
        in_order = [counts[person] for person in split.order]

        assert sorted(in_order[:2]) == [4, 5]  # they can also search
        assert in_order[2:4] == [3, 3]
        assert max(in_order[4:]) < 3


def test_strangers_who_need_three_photographs_are_kept_out() -> None:
    counts = [6] * 10 + [1] * 30
    design = Design(enrol=3, probe_images=3, splits=5, fpir=0.001)

    assert largest_gallery(photographs(counts), design) == 35
    for split in splits(counts, design):
        assert [counts[person] for person in split.order[35:]] == [6] * 5
        assert [counts[person] for person in split.order[:5]] == [6] * 5


def test_the_seed_decides_everything_and_splits_differ() -> None:
    counts = [5, 4, 3, 2, 1, 1, 1, 6]
    design = Design(enrol=2, probe_images=1, splits=3, fpir=0.1)
    one, same, other = (splits(counts, design, seed) for seed in (1, 1, 2))

    assert [s.order.tolist() for s in one] == [s.order.tolist() for s in same]
    assert [s.genuine.images.tolist() for s in one] == [s.genuine.images.tolist() for s in same]
    assert [s.order.tolist() for s in one] != [s.order.tolist() for s in other]
    assert one[0].order.tolist() != one[1].order.tolist()
