"""1:1: FMR and FNMR of a template against single photographs, and the curve between them.

FMR: comparisons with somebody else's template that reach the threshold. FNMR: comparisons with the
own template that do not (ISO/IEC 19795-1:2021).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clienteling.evaluation.protocol import Rows
from clienteling.evaluation.scoring import System, score_matrix
from clienteling.evaluation.statistics import (
    People,
    Scores,
    Weights,
    share,
    threshold_for,
    weighted_thresholds,
)

#: The share of the comparisons between people that is kept: the most alike.
TAIL: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparisons:
    """All comparisons of a number of enrolled photographs, over all splits.

    Attributes:
        genuine: (m,) scores of photographs with their own person's template.
        genuine_people: (m,) whose.
        tail: (t,) the best scores between different people, best first.
        tail_enrolled: (t,) whose template.
        tail_probe: (t,) whose photograph.
        floor: Below this score the tail is not complete.
        enrolled: (people,) who has a template.
        left: (people,) photographs that each compares with, in one split.
        splits: How many there were.
    """

    genuine: Scores
    genuine_people: People
    tail: Scores
    tail_enrolled: People
    tail_probe: People
    floor: float
    enrolled: NDArray[np.bool_]
    left: Rows
    splits: int

    def impostors(self, weights: Weights) -> float:
        """How many comparisons between different people count, each person as often as given."""
        photographs = weights @ self.left
        own = self.left * weights
        return float(self.splits * (weights * self.enrolled) @ (photographs - own))

    def threshold(self, fmr: float) -> float:
        """The lowest threshold with at most this FMR (up to `TAIL`)."""
        return threshold_for(self.tail, fmr, self.impostors(np.ones(len(self.left))))

    def fnmr_at_fmr(self, fmrs: tuple[float, ...], weights: Weights) -> Weights:
        """FNMR at several FMR (m,), each person as often as given (people,)."""
        total = self.impostors(weights)
        cut = self._strict(max(fmrs) * 3)
        pairs = weights[self.tail_enrolled[:cut]] * weights[self.tail_probe[:cut]]
        limits = weighted_thresholds(self.tail[:cut], pairs, fmrs, total)
        own = weights[self.genuine_people]
        return np.array(
            [share(float(own[self.genuine < limit].sum()), own.sum()) for limit in limits]
        )

    def rates_at(self, threshold: float, weights: Weights) -> tuple[float, float]:
        """FMR and FNMR at a threshold, each person as often as given (people,).

        The FMR is NaN below the floor: more than `TAIL` of the comparisons reach the threshold.
        """
        own = weights[self.genuine_people]
        fnmr = share(float(own[self.genuine < threshold].sum()), float(own.sum()))
        if threshold < self.floor:
            return float("nan"), fnmr
        reach = int(np.searchsorted(-self.tail, -threshold, side="right"))
        pairs = weights[self.tail_enrolled[:reach]] * weights[self.tail_probe[:reach]]
        return share(float(pairs.sum()), self.impostors(weights)), fnmr

    def _strict(self, share_of_all: float) -> int:
        """So many of the tail are enough for an FMR: a bootstrap needs no more."""
        return int(min(len(self.tail), share_of_all * len(self.tail) / TAIL + 1000))


def compare_all(
    system: System, enrol: int, splits: int, rng: np.random.Generator
) -> Comparisons | None:
    """Compare every photograph that is not enrolled with every template.

    Templates are of those who have more than `enrol` photographs; all photographs of the others
    compare. None when nobody has as many.
    """
    counts = np.array([len(rows) for rows in system.photographs])
    has_template = counts > enrol
    if not has_template.any():
        return None
    templates = np.flatnonzero(has_template)
    drawn = [_one_split(system, templates, enrol, rng) for _ in range(splits)]
    genuine, genuine_people, tail, enrolled, probe, floor = zip(*drawn, strict=True)
    scores = np.concatenate(tail)
    best_first = np.argsort(-scores, kind="stable")
    return Comparisons(
        genuine=np.concatenate(genuine),
        genuine_people=np.concatenate(genuine_people),
        tail=scores[best_first],
        tail_enrolled=np.concatenate(enrolled)[best_first],
        tail_probe=np.concatenate(probe)[best_first],
        floor=max(floor),
        enrolled=has_template,
        left=np.where(has_template, counts - enrol, counts),
        splits=splits,
    )


def _one_split(
    system: System, templates: Rows, enrol: int, rng: np.random.Generator
) -> tuple[Scores, People, Scores, People, People, float]:
    shuffled = [rng.permutation(rows) for rows in system.photographs]
    enrolled = [shuffled[person][:enrol] for person in templates]
    has_template = np.isin(np.arange(len(shuffled)), templates)
    left = [rows[enrol * has_template[person] :] for person, rows in enumerate(shuffled)]
    owner = np.repeat(np.arange(len(left)), [len(rows) for rows in left])
    scores = score_matrix(system, enrolled, np.concatenate(left)[:, None])
    own = owner[:, None] == templates
    others = scores[~own]
    floor = -np.inf
    if len(others):
        kept = int(TAIL * len(others))
        floor = float(-np.partition(-others, kept)[kept])
    rows, columns = np.nonzero((scores >= floor) & ~own)
    genuine_rows, _ = np.nonzero(own)
    return (
        scores[own],
        owner[genuine_rows],
        scores[rows, columns],
        templates[columns],
        owner[rows],
        floor,
    )
