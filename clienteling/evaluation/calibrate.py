"""Make a calibration file from what was measured (R27); the rules: docs/decisions/0072."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from pydantic import ValidationError

from clienteling.evaluation.identification import Outcomes
from clienteling.evaluation.statistics import threshold_for, transferable_threshold
from clienteling.evaluation.verification import Comparisons
from clienteling.recognition.calibration import Calibration, Cell
from clienteling.recognition.encode import Encoder

#: One photograph against one at enrolment: this share of other people may agree.
_SAME_PERSON_FMR: Final = 0.001
#: The margin may cost this share of those whom the threshold lets in.
_MARGIN_COST: Final = 0.005
#: What is clear of the threshold is as far off as a rate this many times higher.
_CLEARLY: Final = 10
_DIGITS: Final = 4
_LEAST: Final = 0.01


@dataclass(frozen=True, slots=True)
class Measured:
    """Searches with one photograph.

    Attributes:
        by_enrol: For each number of enrolled photographs, the outcomes by size of gallery; the same
            sizes for each.
        single: One photograph against one.
        fpir: The rate to keep.
    """

    by_enrol: Mapping[int, Sequence[Outcomes]]
    single: Comparisons
    fpir: float


def make_calibration(
    encoder: Encoder, found: Measured, *, source: str, measured: str, measured_on: date
) -> Calibration | str:
    """The calibration, or a sentence that says why there is none.

    1. Each cell's threshold is one that carries over to other people (`transferable_threshold`).
    2. Where a gallery had to be filled up with people who have fewer photographs, the step that the
       photographs make in the largest gallery without filling is carried on.
    3. `margin`: in no cell does it take more than 1 in 200 of those whom the threshold lets in.
    4. `clearly`: the middle distance between the thresholds for the FPIR and for ten times it.
    5. `same_person`: one photograph against one at an FMR of 0.1 %.

    Args:
        encoder: Names the model.
        found: What was measured.
        source: What was measured, in words for the health page.
        measured: How, in words.
        measured_on: When.
    """
    limits = _thresholds(found)
    if limits is None:
        return (
            f"No calibration was made: an FPIR of {found.fpir:g} needs at least "
            f"{math.ceil(1 / found.fpir) - 1} strangers. Measure with more people, or ask for a "
            "higher --fpir."
        )
    pairs = [
        (outcome, limits[enrol, outcome.gallery], enrol)
        for enrol, outcomes in found.by_enrol.items()
        for outcome in outcomes
    ]
    try:
        return Calibration(
            v=1,
            model_id=encoder.model_id,
            model_sha256=encoder.model_sha256,
            fpir=found.fpir,
            source=source,
            measured=measured,
            measured_on=measured_on,
            margin=_margin(pairs),
            clearly=_clearly(found),
            same_person=_up(found.single.threshold(_SAME_PERSON_FMR), 2),
            cells=tuple(_cell(*pair) for pair in pairs),
        )
    except ValidationError as error:
        # One photograph filed under two people is enough: they score 1.
        field = error.errors(include_url=False, include_context=False, include_input=False)[0]
        return (
            f"No calibration was made: these photographs leave no {field['loc'][0]} between 0 and "
            "1. Look for people who are there under two names (--exclude)."
        )


def calibration_text(calibration: Calibration) -> str:
    """The file's text: a cell a line, so that two can be compared by eye."""
    content = calibration.model_dump(mode="json", exclude_none=True)
    cells = ",\n".join(f"    {json.dumps(cell)}" for cell in content.pop("cells"))
    head = json.dumps(content, ensure_ascii=False, indent=2).removesuffix("\n}")
    return f'{head},\n  "cells": [\n{cells}\n  ]\n}}\n'


def _thresholds(found: Measured) -> dict[tuple[int, int], float] | None:
    """The threshold of each cell (enrolled photographs, gallery), rounded up."""
    limits: dict[tuple[int, int], float] = {}
    for enrol, outcomes in found.by_enrol.items():
        for outcome in outcomes:
            limit = transferable_threshold(outcome.strangers, outcome.stranger_people, found.fpir)
            if limit is None:
                return None
            limits[enrol, outcome.gallery] = limit
    fewest = min(found.by_enrol)
    for enrol, outcomes in found.by_enrol.items():
        pure = [o.gallery for o in outcomes if set(o.mix) == {enrol}]
        step = limits[enrol, max(pure)] - limits[fewest, max(pure)] if pure else 0.0
        for outcome in outcomes:
            if outcome.gallery not in pure:
                carried = limits[fewest, outcome.gallery] + step
                limits[enrol, outcome.gallery] = max(limits[enrol, outcome.gallery], carried)
    return {key: _up(limit, _DIGITS) for key, limit in limits.items()}


def _cell(outcome: Outcomes, limit: float, enrol: int) -> Cell:
    missed = float((outcome.genuine < limit).mean()) if len(outcome.genuine) else None
    return Cell(
        gallery=outcome.gallery,
        enrol=enrol,
        frames=1,
        threshold=limit,
        fnir=None if missed is None else round(missed, _DIGITS),
        searches=len(outcome.strangers),
    )


def _margin(pairs: Sequence[tuple[Outcomes, float, int]]) -> float:
    accepted = [outcome.leads[outcome.genuine >= limit] for outcome, limit, _ in pairs]
    # In a gallery of one there is no runner-up.
    led = [leads[np.isfinite(leads)] for leads in accepted]
    costs = [float(np.quantile(leads, _MARGIN_COST)) for leads in led if len(leads)]
    return _down(min(costs, default=_LEAST), 2)


def _clearly(found: Measured) -> float:
    steps = [
        threshold_for(outcome.strangers, found.fpir)
        - threshold_for(outcome.strangers, min(0.5, _CLEARLY * found.fpir))
        for outcomes in found.by_enrol.values()
        for outcome in outcomes
    ]
    return max(_LEAST, round(float(np.median(steps)), 2))


def _up(value: float, digits: int) -> float:
    scale = 10.0**digits
    return math.ceil(value * scale) / scale


def _down(value: float, digits: int) -> float:
    scale = 10.0**digits
    return max(_LEAST, math.floor(value * scale) / scale)
