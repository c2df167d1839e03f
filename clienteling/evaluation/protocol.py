"""Who is enrolled with which photographs, and who comes along: drawn anew for every split.

No photograph is ever enrolled and searched with in the same split, and no stranger is enrolled.
Everything follows from the seed.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]

#: False positives that the strangers of all splits together should be able to show.
_EXPECTED_FALSE_POSITIVES: Final = 10


@dataclass(frozen=True, slots=True)
class Design:
    """One experiment.

    Attributes:
        enrol: Photographs behind a template, of those who have as many.
        probe_images: Photographs behind one search.
        splits: How often everything is drawn.
        fpir: The false positive identification rate that strangers must be able to show.
    """

    enrol: int
    probe_images: int
    splits: int
    fpir: float


@dataclass(frozen=True, slots=True, eq=False)
class Searches:
    """Searches of one kind.

    Attributes:
        images: (s, probe_images) photographs behind each search.
        people: (s,) who it is.
        places: (s,) their place in the split's order.
    """

    images: Rows
    people: Rows
    places: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """One draw. The gallery of size g are the first g of `order`; all others are strangers to it.

    Attributes:
        order: People, those first who are enrolled first.
        enrolled: For each of them, the photographs behind the template.
        genuine: Searches with what is left of each person's photographs.
        strangers: Searches with all photographs of each person; valid where the place is beyond
            the gallery.
    """

    order: Rows
    enrolled: tuple[Rows, ...]
    genuine: Searches
    strangers: Searches


def largest_gallery(photographs: Sequence[Rows], design: Design) -> int:
    """How many may be enrolled so that enough strangers are left.

    Strangers need `probe_images` photographs. As many are kept out as show ten false positives over
    all splits, but at most half of those who can be.
    """
    return len(photographs) - _kept_out(photographs, design)


def draw(photographs: Sequence[Rows], design: Design, rng: np.random.Generator) -> Iterator[Split]:
    """The splits of a design.

    1. Those kept out as strangers, at random: first who has too few photographs to be enrolled in
       full.
    2. The gallery's order, at random within: who is enrolled in full and has photographs left to
       search with; who is enrolled in full; the others fill it up with what they have.
    3. Every person's photographs are shuffled: the first are enrolled, the rest gives as many
       disjoint searches as it can.

    Args:
        photographs: For each person, the numbers of their photographs; at least one each.
        design: The experiment.
        rng: The only source of chance.
    """
    counts = np.array([len(rows) for rows in photographs], np.int64)
    for _ in range(design.splits):
        shuffled = [rng.permutation(rows) for rows in photographs]
        order = _order(counts, _kept_out(photographs, design), design, rng)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        enrolled = tuple(shuffled[person][: design.enrol] for person in order)
        left = [rows[design.enrol :] for rows in shuffled]
        yield Split(
            order=order,
            enrolled=enrolled,
            genuine=_searches(left, place, design.probe_images),
            strangers=_searches(shuffled, place, design.probe_images),
        )


def _kept_out(photographs: Sequence[Rows], design: Design) -> int:
    able = sum(len(rows) >= design.probe_images for rows in photographs)
    wanted = math.ceil(_EXPECTED_FALSE_POSITIVES / (design.fpir * design.splits))
    return min(wanted, able // 2)


def _order(counts: Rows, kept_out: int, design: Design, rng: np.random.Generator) -> Rows:
    people = rng.permutation(len(counts))
    able = people[counts[people] >= design.probe_images]
    in_full = counts[able] >= design.enrol
    out = able[np.argsort(in_full, kind="stable")][:kept_out]
    stay = people[~np.isin(people, out)]
    missing = counts[stay] < design.enrol
    searched = counts[stay] >= design.enrol + design.probe_images
    return np.concatenate([stay[np.lexsort((~searched, missing))], out])


def _searches(photographs: Sequence[Rows], place: Rows, size: int) -> Searches:
    """Every disjoint choice of `size` photographs of one person, in their order."""
    images, people = [], []
    for person, rows in enumerate(photographs):
        whole = len(rows) // size
        images.append(rows[: whole * size].reshape(whole, size))
        people.append(np.full(whole, person, np.int64))
    owner = np.concatenate(people)
    return Searches(np.concatenate(images), owner, place[owner])
