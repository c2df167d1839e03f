"""From scores to the rows of a report: 1:1, 1:N, and how far a calibration carries."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clienteling.evaluation.identification import Outcomes, run_searches
from clienteling.evaluation.protocol import Design, largest_gallery
from clienteling.evaluation.results import Curve, OpenSet, Transfer, Verification
from clienteling.evaluation.scoring import System
from clienteling.evaluation.statistics import (
    Interval,
    People,
    Weights,
    resample,
    rule_of_three,
    share,
    threshold_for,
    transferable_threshold,
    weighted_thresholds,
)
from clienteling.evaluation.verification import Comparisons

#: False match rates at which a pass (1:1) is reported.
FMRS: Final = (0.001, 0.0001, 0.00001)
#: How often people are halved to see whether a threshold carries over.
HALVES: Final = 20
_EXPECTED_FALSE_MATCHES: Final = 10
_CURVE_POINTS: Final = 40
_HIGHEST_FMR: Final = 0.02
_HIGHEST_FPIR: Final = 0.1
#: Two in each half: one enrolled, one a stranger.
_LEAST_TO_HALVE: Final = 4


def verification_rows(
    system: System, enrol: int, compared: Comparisons, rng: np.random.Generator
) -> list[Verification]:
    """FNMR at each of `FMRS`, with intervals."""
    once = np.ones(len(system.people))
    total = compared.impostors(once)
    rates = compared.fnmr_at_fmr(FMRS, once)
    intervals = resample(len(once), lambda w: compared.fnmr_at_fmr(FMRS, w), rng)
    return [
        _verification(system, enrol, compared, fmr, compared.threshold(fmr), float(fnmr), interval)
        for fmr, fnmr, interval in zip(FMRS, rates, intervals, strict=True)
        if total
    ]


def verification_at(
    system: System,
    enrol: int,
    compared: Comparisons,
    threshold: float,
    rng: np.random.Generator,
) -> Verification:
    """FMR and FNMR at a given threshold."""
    once = np.ones(len(system.people))
    fmr, fnmr = compared.rates_at(threshold, once)
    (interval,) = resample(len(once), lambda w: np.array([compared.rates_at(threshold, w)[1]]), rng)
    known = None if np.isnan(fmr) else fmr
    return _verification(system, enrol, compared, known, threshold, fnmr, interval)


def _verification(
    system: System,
    enrol: int,
    compared: Comparisons,
    fmr: float | None,
    threshold: float,
    fnmr: float,
    interval: Interval,
) -> Verification:
    people = int(compared.enrolled.sum())
    total = compared.impostors(np.ones(len(system.people)))
    return Verification(
        encoder=system.name,
        enrol=enrol,
        fmr=fmr,
        threshold=threshold,
        fnmr=fnmr,
        fnmr_ci=rule_of_three(interval, fnmr, people),
        people=people,
        genuine=len(compared.genuine),
        impostor=round(total),
        supported=fmr is None or fmr * total >= _EXPECTED_FALSE_MATCHES,
    )


def open_set_row(
    system: System,
    design: Design,
    asked: int,
    found: Outcomes,
    rng: np.random.Generator,
    threshold: float | None = None,
) -> OpenSet:
    """FNIR at the design's FPIR; with a threshold given, both rates there."""
    fixed = threshold_for(found.strangers, design.fpir) if threshold is None else threshold

    def rates(weights: Weights) -> Weights:
        """FPIR at this threshold; FNIR at the one that these people would have given."""
        strangers = weights[found.stranger_people]
        limit = threshold
        if limit is None:
            (limit,) = weighted_thresholds(found.strangers, strangers, (design.fpir,))
        return np.array(
            [
                _weighted(found.strangers >= fixed, strangers),
                _weighted(found.genuine < limit, weights[found.genuine_people]),
            ]
        )

    fpir_ci, fnir_ci = resample(len(system.people), rates, rng)
    measured = float((found.strangers >= fixed).mean())
    strangers, mates = (len(set(p)) for p in (found.stranger_people, found.genuine_people))
    fnir = float((found.genuine < fixed).mean()) if mates else None
    return OpenSet(
        encoder=system.name,
        gallery_asked=asked,
        gallery=found.gallery,
        mix=found.mix,
        enrol=design.enrol,
        probe_images=design.probe_images,
        fpir=design.fpir if threshold is None else measured,
        fpir_ci=rule_of_three(fpir_ci, measured, strangers),
        threshold=fixed,
        fnir=fnir,
        fnir_ci=None if fnir is None else rule_of_three(fnir_ci, fnir, mates),
        strangers=strangers,
        stranger_searches=len(found.strangers),
        mates=mates,
        mate_searches=len(found.genuine),
        supported=strangers * design.fpir >= 1,
    )


def _weighted(hits: NDArray[np.bool_], weights: Weights) -> float:
    return share(float(weights[hits].sum()), float(weights.sum()))


def transfers(
    system: System, design: Design, galleries: Sequence[int], rng: np.random.Generator
) -> list[Transfer]:
    """Calibrate on a random half of the people, count false positives on the other; both ways.

    Args:
        system: Who recognises, and whom.
        design: The experiment within each half, with one photograph a search.
        galleries: Sizes asked for; a half carries at most what `largest_gallery` says.
        rng: The source of chance.
    """
    if len(system.people) < _LEAST_TO_HALVE:
        return []
    rates: dict[int, list[tuple[float, float, float]]] = {}
    for _ in range(HALVES):
        people = rng.permutation(len(system.people))
        halves = [_part(system, half) for half in np.array_split(people, 2)]
        most = min(largest_gallery(half.photographs, design) for half in halves)
        sizes = sorted({min(size, most) for size in galleries})
        one, other = (run_searches(half, design, sizes, rng) for half in halves)
        for here, there in (*zip(one, other, strict=True), *zip(other, one, strict=True)):
            rates.setdefault(here.gallery, []).append(_carried(here, there, design.fpir))
    return [_transfer(size, design, np.array(found)) for size, found in sorted(rates.items())]


def _part(system: System, people: People) -> System:
    return System(
        system.name,
        system.score,
        system.vectors,
        tuple(system.people[person] for person in people),
        tuple(system.photographs[person] for person in people),
    )


def _carried(here: Outcomes, there: Outcomes, fpir: float) -> tuple[float, float, float]:
    plain = float((there.strangers >= threshold_for(here.strangers, fpir)).mean())
    limit = transferable_threshold(here.strangers, here.stranger_people, fpir)
    if limit is None:
        return float("nan"), float("nan"), plain
    missed = float((there.genuine < limit).mean()) if len(there.genuine) else float("nan")
    return float((there.strangers >= limit).mean()), missed, plain


def _transfer(gallery: int, design: Design, rates: Weights) -> Transfer:
    fpir, fnir, plain = rates.T
    known = not np.isnan(fpir).any()
    return Transfer(
        gallery=gallery,
        enrol=design.enrol,
        fpir=design.fpir,
        halves=HALVES,
        fpir_mean=float(fpir.mean()) if known else None,
        fpir_sd=float(fpir.std(ddof=1)) if known else None,
        fpir_max=float(fpir.max()) if known else None,
        fnir_mean=float(fnir.mean()) if known and not np.isnan(fnir).any() else None,
        plain_fpir_mean=float(plain.mean()),
    )


def det_curve(compared: Comparisons) -> Curve:
    """FMR against FNMR, from what the comparisons can show to 2 %."""
    once = np.ones(len(compared.left))
    total = compared.impostors(once)
    return tuple(
        (fmr, compared.rates_at(compared.threshold(fmr), once)[1])
        for fmr in _rates(total, _HIGHEST_FMR)
    )


def open_set_curve(found: Outcomes) -> Curve:
    """FPIR against FNIR, from what the searches can show to 10 %."""
    if not len(found.genuine):
        return ()
    return tuple(
        (rate, float((found.genuine < threshold_for(found.strangers, rate)).mean()))
        for rate in _rates(len(found.strangers), _HIGHEST_FPIR)
    )


def _rates(searches: float, highest: float) -> list[float]:
    """Rates for a curve: from the lowest that so many searches can show."""
    if searches * highest <= 1:
        return []
    return [float(rate) for rate in np.geomspace(1 / searches, highest, _CURVE_POINTS)]
