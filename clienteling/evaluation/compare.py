"""Given pairs of photographs (1:1, one against one), as benchmarks publish them."""

from collections.abc import Mapping, Sequence

import numpy as np

from clienteling.evaluation.dataset import Pair
from clienteling.evaluation.results import Pairs
from clienteling.evaluation.scoring import System
from clienteling.evaluation.statistics import Scores, share


def compare_pairs(
    system: System, rows: Mapping[str, int], pairs: Sequence[Pair], threshold: float
) -> Pairs:
    """Rates over the pairs at a threshold, and where both are equal.

    Args:
        system: Who compares.
        rows: Row of the vector by `<person>/<file without its ending>`.
        pairs: What to compare; those without both vectors are counted as missing.
        threshold: From where a pair counts as one person.
    """
    there = [pair for pair in pairs if pair.one in rows and pair.other in rows]
    same = np.array([pair.same for pair in there], np.bool_)
    scores = np.array([_score(system, rows[p.one], rows[p.other]) for p in there], np.float32)
    genuine, impostor = scores[same], scores[~same]
    return Pairs(
        encoder=system.name,
        genuine=len(genuine),
        impostor=len(impostor),
        missing=len(pairs) - len(there),
        threshold=threshold,
        fmr=_known(share(float((impostor >= threshold).sum()), len(impostor))),
        fnmr=_known(share(float((genuine < threshold).sum()), len(genuine))),
        eer=_equal(genuine, impostor),
    )


def _score(system: System, one: int, other: int) -> float:
    first = np.zeros(1, np.int64)
    return float(system.score(system.vectors[[one]], first, system.vectors[[other]])[0, 0])


def _equal(genuine: Scores, impostor: Scores) -> float | None:
    """Equal error rate: the lowest of the larger of both rates, over all thresholds."""
    if not len(genuine) or not len(impostor):
        return None
    limits = np.concatenate([genuine, impostor])
    missed = np.searchsorted(np.sort(genuine), limits, side="left") / len(genuine)
    reached = 1 - np.searchsorted(np.sort(impostor), limits, side="left") / len(impostor)
    return float(np.maximum(missed, reached).min())


def _known(rate: float) -> float | None:
    return None if np.isnan(rate) else rate
