"""All experiments with one system, in the order of the report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from clienteling.evaluation.groups import by_group
from clienteling.evaluation.identification import Outcomes, run_searches
from clienteling.evaluation.measures import (
    det_curve,
    open_set_curve,
    open_set_row,
    verification_at,
    verification_rows,
)
from clienteling.evaluation.protocol import Design, largest_gallery
from clienteling.evaluation.results import Groups, OpenSet, Plotted, Verification
from clienteling.evaluation.scoring import System
from clienteling.evaluation.verification import Comparisons, compare_all

#: The false match rate whose threshold is the same for every group.
GROUP_FMR: Final = 0.001
#: For each attribute, the value of each person.
Attributes = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command was asked to measure; see `clienteling evaluate --help`."""

    galleries: tuple[int, ...]
    enrol: tuple[int, ...]
    probe_images: tuple[int, ...]
    fpir: tuple[float, ...]
    splits: int
    seed: int

    def design(self, enrol: int, probe_images: int) -> Design:
        """One experiment of them; strangers must be able to show the lowest rate."""
        return Design(enrol, probe_images, self.splits, min(self.fpir))

    def chance(self, *place: int) -> np.random.Generator:
        """A source of chance for one experiment, whatever else is measured."""
        return np.random.default_rng([self.seed, *place])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Search:
    """One size of gallery in one experiment."""

    design: Design
    asked: int
    found: Outcomes


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Found:
    """What one system showed.

    Attributes:
        compared: 1:1, by the number of enrolled photographs.
        searches: 1:N, every size asked for in every experiment.
        notes: What could not be measured, and why.
    """

    compared: Mapping[int, Comparisons]
    searches: tuple[Search, ...]
    notes: tuple[str, ...]


def measure(system: System, asked: Asked, say: Callable[[str], None]) -> Found:
    """Compare and search with everything that was asked for."""
    notes: list[str] = []
    compared = {}
    for enrol in asked.enrol:
        say(f"{system.name}: 1:1 with {enrol} enrolled")
        found = compare_all(system, enrol, asked.splits, asked.chance(1, enrol))
        if found is None:
            notes.append(f"1:1 with {enrol} enrolled: nobody has more photographs than that.")
        else:
            compared[enrol] = found
    searches: list[Search] = []
    for enrol in asked.enrol:
        for images in asked.probe_images:
            say(f"{system.name}: 1:N with {enrol} enrolled, {images} a search")
            done = _search(system, asked, enrol, images)
            searches += done
            if not done:
                notes.append(
                    f"1:N with {images} photographs a search: fewer than two people have as many."
                )
    return Found(compared, tuple(searches), tuple(dict.fromkeys(notes)))


def _search(system: System, asked: Asked, enrol: int, images: int) -> list[Search]:
    design = asked.design(enrol, images)
    most = largest_gallery(system.photographs, design)
    if most == len(system.people):
        return []
    sizes = sorted({min(size, most) for size in asked.galleries})
    outcomes = run_searches(system, design, sizes, asked.chance(2, enrol, images))
    by_size = dict(zip(sizes, outcomes, strict=True))
    return [Search(design, size, by_size[min(size, most)]) for size in asked.galleries]


def verification(
    system: System, asked: Asked, found: Found, tolerance: float | None = None
) -> tuple[Verification, ...]:
    """Rows of 1:1: at the usual false match rates, or at the distance `tolerance`."""
    rows: list[Verification] = []
    for enrol, compared in found.compared.items():
        chance = asked.chance(3, enrol)
        if tolerance is None:
            rows += verification_rows(system, enrol, compared, chance)
        else:
            row = verification_at(system, enrol, compared, -tolerance, chance)
            rows.append(replace(row, threshold=tolerance))
    return tuple(rows)


def open_set(system: System, asked: Asked, found: Found) -> tuple[OpenSet, ...]:
    """Rows of 1:N at each rate asked for."""
    return tuple(
        open_set_row(
            system, replace(search.design, fpir=fpir), search.asked, search.found, asked.chance(4)
        )
        for search in found.searches
        for fpir in asked.fpir
    )


def open_set_at(
    system: System, asked: Asked, found: Found, tolerance: float
) -> tuple[OpenSet, ...]:
    """Rows of 1:N at the distance `tolerance`."""
    rows = (
        open_set_row(system, search.design, search.asked, search.found, asked.chance(4), -tolerance)
        for search in found.searches
    )
    return tuple(replace(row, threshold=tolerance) for row in rows)


def as_distances(rows: Sequence[OpenSet]) -> tuple[OpenSet, ...]:
    """Rows of a system whose score is minus a distance, with the distance as threshold."""
    return tuple(replace(row, threshold=-row.threshold) for row in rows)


def groups(
    system: System,
    asked: Asked,
    found: Found,
    attributes: Attributes,
    tolerance: float | None = None,
) -> tuple[Groups, ...]:
    """Rates of each group, at the threshold of all or at the distance `tolerance`."""
    tables = []
    for enrol, compared in found.compared.items():
        once = np.ones(len(system.people))
        if tolerance is None:
            at: tuple[float | None, float] = (GROUP_FMR, compared.threshold(GROUP_FMR))
        else:
            fmr = compared.rates_at(-tolerance, once)[0]
            at = (None if np.isnan(fmr) else fmr, -tolerance)
        for attribute, values in attributes.items():
            table = by_group(system, enrol, compared, attribute, values, at, asked.chance(5))
            tables.append(replace(table, threshold=tolerance or table.threshold))
    return tuple(tables)


def det_curves(system: System, found: Found) -> tuple[Plotted, ...]:
    """One for each number of enrolled photographs."""
    return tuple(
        Plotted(f"{system.name}, {enrol} enrolled", det_curve(compared))
        for enrol, compared in found.compared.items()
    )


def open_set_curves(system: System, found: Found) -> tuple[Plotted, ...]:
    """One for each experiment, with its largest gallery."""
    largest = {(s.design.enrol, s.design.probe_images): s.found for s in found.searches}
    return tuple(
        Plotted(
            f"{system.name}, gallery {outcome.gallery:,}, {enrol} enrolled, {images} a search",
            open_set_curve(outcome),
        )
        for (enrol, images), outcome in largest.items()
    )
