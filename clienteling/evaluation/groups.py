"""Rates by group: the same threshold does not treat everybody alike (NISTIR 8280; R28)."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clienteling.evaluation.results import Group, Groups
from clienteling.evaluation.scoring import System
from clienteling.evaluation.statistics import Interval, Weights, resample, rule_of_three
from clienteling.evaluation.verification import Comparisons

#: Below so many people a group's rates are those of individuals.
_LEAST_PEOPLE: Final = 30


def by_group(
    system: System,
    enrol: int,
    compared: Comparisons,
    attribute: str,
    values: Mapping[str, str],
    at: tuple[float | None, float],
    rng: np.random.Generator,
) -> Groups:
    """FMR between people of one group and FNMR of the group, for each value of an attribute.

    Args:
        system: Whose people these are.
        enrol: Photographs behind a template.
        compared: Their comparisons.
        attribute: Its name.
        values: The value by person; who is not in it belongs to no group.
        at: FMR of all, and the threshold that belongs to it.
        rng: The source of chance.
    """
    fmr, threshold = at
    labels = [values.get(person) for person in system.people]
    rows = tuple(
        _group(compared, value, np.array([label == value for label in labels]), threshold, rng)
        for value in sorted({label for label in labels if label is not None})
    )
    solid = [row for row in rows if row.hint is None]
    return Groups(
        encoder=system.name,
        attribute=attribute,
        enrol=enrol,
        fmr=fmr,
        threshold=threshold,
        rows=rows,
        fmr_ratio=_ratio([row.fmr for row in solid]),
        fnmr_ratio=_ratio([row.fnmr for row in solid]),
    )


def _group(
    compared: Comparisons,
    value: str,
    members: NDArray[np.bool_],
    threshold: float,
    rng: np.random.Generator,
) -> Group:
    numbers = np.flatnonzero(members)

    def rates(weights: Weights) -> Weights:
        everybody = np.zeros(len(members))
        everybody[numbers] = weights
        return np.array(compared.rates_at(threshold, everybody))

    people = len(numbers)
    fmr, fnmr = rates(np.ones(people))
    fmr_ci, fnmr_ci = resample(people, rates, rng)
    return Group(
        value=value,
        people=people,
        fmr=_known(fmr),
        fmr_ci=_interval(fmr, fmr_ci, people),
        fnmr=_known(fnmr),
        fnmr_ci=_interval(fnmr, fnmr_ci, people),
        genuine=int(members[compared.genuine_people].sum()),
        impostor=round(compared.impostors(members.astype(np.float64))),
        hint=_hint(people),
    )


def _hint(people: int) -> str | None:
    if people >= _LEAST_PEOPLE:
        return None
    return f"only {people} people: a hint, no measurement"


def _known(rate: float) -> float | None:
    return None if np.isnan(rate) else float(rate)


def _interval(rate: float, interval: Interval, people: int) -> Interval | None:
    return None if np.isnan(rate) else rule_of_three(interval, rate, people)


def _ratio(rates: list[float | None]) -> float | None:
    known = [rate for rate in rates if rate is not None]
    return max(known) / min(known) if len(known) > 1 and min(known) > 0 else None
