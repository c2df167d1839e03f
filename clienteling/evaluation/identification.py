"""1:N among strangers: FPIR and FNIR by gallery size, enrolled photographs, and search photographs.

FPIR: searches by people who are not enrolled that return somebody. FNIR: searches by enrolled
people that do not return them as the nearest, or below the threshold (ISO/IEC 19795-1:2021; NIST
FRTE 1:N with R = 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clienteling.evaluation.protocol import Design, Searches, Split, draw
from clienteling.evaluation.scoring import System, score_matrix
from clienteling.evaluation.statistics import People, Scores


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What came of all searches against one size of gallery, over all splits.

    Attributes:
        gallery: Templates in it.
        strangers: (s,) best score of each search by a stranger, best first.
        stranger_people: (s,) who searched.
        genuine: (m,) score of each enrolled person's search; minus infinity when somebody else came
            nearer.
        genuine_people: (m,) who searched.
        leads: (m,) how far the runner-up stayed behind.
        mix: How many templates have how many photographs behind them, on average over the splits.
    """

    gallery: int
    strangers: Scores
    stranger_people: People
    genuine: Scores
    genuine_people: People
    leads: Scores
    mix: dict[int, float]


def run_searches(
    system: System,
    design: Design,
    galleries: Sequence[int],
    rng: np.random.Generator,
) -> list[Outcomes]:
    """Search with everybody against galleries of several sizes, in every split.

    Args:
        system: Who recognises, and whom.
        design: The experiment.
        galleries: Sizes, none above `largest_gallery`.
        rng: The source of chance.
    """
    parts: dict[int, list[Outcomes]] = {size: [] for size in galleries}
    for split in draw(system.photographs, design, rng):
        largest = max(galleries)
        enrolled = split.enrolled[:largest]
        mated = _within(split.genuine, split.genuine.places < largest)
        unmated = _within(split.strangers, split.strangers.places >= min(galleries))
        mated_scores = score_matrix(system, enrolled, mated.images)
        unmated_scores = score_matrix(system, enrolled, unmated.images)
        for size in galleries:
            parts[size].append(
                _outcomes(size, split, (mated, mated_scores), (unmated, unmated_scores))
            )
    return [_pooled(parts[size]) for size in galleries]


def _within(searches: Searches, keep: NDArray[np.bool_]) -> Searches:
    return Searches(searches.images[keep], searches.people[keep], searches.places[keep])


def _outcomes(
    size: int, split: Split, mated: tuple[Searches, Scores], unmated: tuple[Searches, Scores]
) -> Outcomes:
    genuine, genuine_scores = mated
    strangers, stranger_scores = unmated
    inside = genuine.places < size
    outside = strangers.places >= size
    table = genuine_scores[inside, :size]
    places = genuine.places[inside]
    own = table[np.arange(len(table)), places]
    others = table.copy()
    others[np.arange(len(table)), places] = -np.inf
    lead = own - others.max(axis=1, initial=-np.inf)
    counts = np.bincount([len(rows) for rows in split.enrolled[:size]])
    return Outcomes(
        gallery=size,
        strangers=stranger_scores[outside, :size].max(axis=1),
        stranger_people=strangers.people[outside],
        genuine=np.where(lead > 0, own, np.float32(-np.inf)),
        genuine_people=genuine.people[inside],
        leads=lead,
        mix={images: int(n) for images, n in enumerate(counts) if n},
    )


def _pooled(parts: list[Outcomes]) -> Outcomes:
    strangers = np.concatenate([part.strangers for part in parts])
    best_first = np.argsort(-strangers, kind="stable")
    return Outcomes(
        gallery=parts[0].gallery,
        strangers=strangers[best_first],
        stranger_people=np.concatenate([part.stranger_people for part in parts])[best_first],
        genuine=np.concatenate([part.genuine for part in parts]),
        genuine_people=np.concatenate([part.genuine_people for part in parts]),
        leads=np.concatenate([part.leads for part in parts]),
        mix=_mean_mix([part.mix for part in parts]),
    )


def _mean_mix(mixes: list[dict[int, float]]) -> dict[int, float]:
    images = sorted({count for mix in mixes for count in mix}, reverse=True)
    return {
        count: round(sum(mix.get(count, 0) for mix in mixes) / len(mixes), 1) for count in images
    }
