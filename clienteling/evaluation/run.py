"""`clienteling evaluate DIR`: read everything once, measure ours and the reference in one run."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from clienteling.errors import UsageError
from clienteling.evaluation import experiments
from clienteling.evaluation.calibrate import Measured, calibration_text, make_calibration
from clienteling.evaluation.compare import compare_pairs
from clienteling.evaluation.dataset import (
    Pair,
    Photo,
    read_exclude,
    read_groups,
    read_pairs,
    read_photos,
)
from clienteling.evaluation.experiments import Asked, Attributes, Found
from clienteling.evaluation.extract import Reader, Reading, read_all
from clienteling.evaluation.identification import Outcomes
from clienteling.evaluation.intake import detection, failures, system_of
from clienteling.evaluation.measures import transfers
from clienteling.evaluation.progress import watched
from clienteling.evaluation.reference import TOLERANCE
from clienteling.evaluation.results import Pairs, Reference, Report, Transfer
from clienteling.evaluation.scoring import System, cosine_to_mean, minus_nearest_distance
from clienteling.recognition.calibration import Calibration
from clienteling.recognition.encode import Encoder
from consent import clock

LIBRARY: Final = "face_recognition"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is measured.

    Attributes:
        folder: `<person>/<photograph>`.
        source: What the photographs are, in words for the report and the health page.
        exclude: Known label errors.
        pairs: Pairs to compare (1:1).
        groups: Attributes of the people.
    """

    folder: Path
    source: str
    exclude: Path | None = None
    pairs: Path | None = None
    groups: Path | None = None


@dataclass(frozen=True, slots=True)
class _Material:
    """What the files say."""

    photos: tuple[Photo, ...]
    excluded: int
    attributes: Attributes
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The report, and the calibration or why there is none."""

    report: Report
    calibration: Calibration | str


def evaluate(
    inputs: Inputs,
    asked: Asked,
    build: Callable[[], Reader],
    *,
    jobs: int,
    say: Callable[[str], None],
) -> Evaluation:
    """Measure.

    Args:
        inputs: The photographs and what is known of them.
        asked: The experiments.
        build: Makes a reader for each process; it carries the encoder and, unless it is left out,
            the reference library.
        jobs: Processes that read.
        say: Takes a line about the progress.

    Raises:
        UsageError: The folder or a file is not what it should be, or too few photographs are
            usable.
        StartError: A model cannot be loaded.
    """
    began, today = time.monotonic(), clock.now().date()
    material = _gather(inputs)
    reader = build()
    total = len(material.photos)
    reading = read_all(material.photos, reader, build, jobs)
    readings = list(watched(reading, total, "photographs", say))
    vectors = [reading.vector for reading in readings]
    ours, rows = system_of(reader.encoder.model_id, cosine_to_mean, material.photos, vectors)
    if len(ours.people) < 2:  # noqa: PLR2004  # nobody else to be taken for
        raise UsageError("Fewer than two people have a usable photograph; nothing can be measured.")
    found = experiments.measure(ours, asked, say)
    say(f"{ours.name}: calibrating on halves")
    carried = _transfers(ours, asked)
    reference = None
    if reader.reference is not None:
        reference = _reference(material, readings, asked, say)
    calibration = _calibration(reader.encoder, (ours, asked, found), inputs.source, today)
    refused = (calibration,) if isinstance(calibration, str) else ()
    report = Report(
        v=1,
        made_on=today.isoformat(),
        encoder=ours.name,
        source=inputs.source,
        calibration=None if isinstance(calibration, str) else _digest(calibration),
        people=len({photo.person for photo in material.photos}),
        photographs=total,
        excluded=material.excluded,
        seed=asked.seed,
        splits=asked.splits,
        seconds=round(time.monotonic() - began, 1),
        detection=detection([reading.faces for reading in readings]),
        failure_to_acquire=failures(material.photos, [reading.acquire for reading in readings]),
        failure_to_enrol=failures(material.photos, [reading.enrol for reading in readings]),
        verification=experiments.verification(ours, asked, found),
        open_set=experiments.open_set(ours, asked, found),
        transfer=carried,
        groups=experiments.groups(ours, asked, found, material.attributes),
        pairs=_pairs(ours, rows, material.pairs, found),
        reference=reference,
        det_curves=experiments.det_curves(ours, found),
        open_set_curves=experiments.open_set_curves(ours, found),
        notes=(*found.notes, *refused),
    )
    return Evaluation(report, calibration)


def _gather(inputs: Inputs) -> _Material:
    exclude = read_exclude(inputs.exclude) if inputs.exclude else frozenset[str]()
    photos = read_photos(inputs.folder, exclude)
    return _Material(
        photos=photos,
        excluded=len(exclude),
        attributes=_attributes(inputs.groups, photos),
        pairs=read_pairs(inputs.pairs) if inputs.pairs else (),
    )


def _attributes(path: Path | None, photos: Sequence[Photo]) -> Attributes:
    if path is None:
        return {}
    attributes = read_groups(path)
    people = {photo.person for photo in photos}
    for attribute, values in attributes.items():
        if not people & values.keys():
            raise UsageError(f"--groups {path}: nobody in the folder has a value in {attribute}.")
    return attributes


def _transfers(ours: System, asked: Asked) -> tuple[Transfer, ...]:
    designs = (replace(asked.design(enrol, 1), fpir=asked.fpir[0]) for enrol in asked.enrol)
    return tuple(
        row
        for design in designs
        for row in transfers(ours, design, asked.galleries, asked.chance(6, design.enrol))
    )


def _pairs(
    system: System,
    rows: Mapping[str, int],
    pairs: Sequence[Pair],
    found: Found,
    tolerance: float | None = None,
) -> Pairs | None:
    """At the threshold of one photograph against one, or at the distance `tolerance`."""
    if not pairs:
        return None
    if tolerance is not None:
        return replace(compare_pairs(system, rows, pairs, -tolerance), threshold=tolerance)
    single = found.compared.get(1)
    if single is None:
        raise UsageError("--pairs needs 1 in --enrol, and people with two photographs or more.")
    return compare_pairs(system, rows, pairs, single.threshold(experiments.GROUP_FMR))


def _reference(
    material: _Material,
    readings: Sequence[Reading],
    asked: Asked,
    say: Callable[[str], None],
) -> Reference | None:
    vectors = [reading.reference_vector for reading in readings]
    system, rows = system_of(LIBRARY, minus_nearest_distance, material.photos, vectors)
    if len(system.people) < 2:  # noqa: PLR2004  # nobody else to be taken for
        return None
    found = experiments.measure(system, asked, say)
    at_fpir = experiments.open_set(system, asked, found)
    return Reference(
        library=LIBRARY,
        tolerance=TOLERANCE,
        detection=detection([reading.reference_faces for reading in readings]),
        verification=experiments.verification(system, asked, found, TOLERANCE),
        open_set=experiments.open_set_at(system, asked, found, TOLERANCE),
        open_set_at_fpir=experiments.as_distances(at_fpir),
        groups=experiments.groups(system, asked, found, material.attributes, TOLERANCE),
        pairs=_pairs(system, rows, material.pairs, found, TOLERANCE),
        det_curves=experiments.det_curves(system, found),
        open_set_curves=experiments.open_set_curves(system, found),
    )


def _digest(calibration: Calibration) -> str:
    return hashlib.sha256(calibration_text(calibration).encode()).hexdigest()


def _calibration(
    encoder: Encoder, run: tuple[System, Asked, Found], source: str, today: date
) -> Calibration | str:
    ours, asked, found = run
    single = found.compared.get(1)
    by_enrol: dict[int, dict[int, Outcomes]] = {}
    for search in found.searches:
        if search.design.probe_images == 1:
            sizes = by_enrol.setdefault(search.design.enrol, {})
            sizes[search.found.gallery] = search.found
    if single is None or 1 not in by_enrol:
        return (
            "No calibration was made: it needs 1 in both --enrol and --probe-images, and people "
            "with two photographs or more."
        )
    measured = Measured(
        {enrol: tuple(sizes.values()) for enrol, sizes in by_enrol.items()}, single, asked.fpir[0]
    )
    words = _words(ours, asked, found)
    return make_calibration(encoder, measured, source=source, measured=words, measured_on=today)


def _words(ours: System, asked: Asked, found: Found) -> str:
    """How it was measured, for the calibration file."""
    filled = sorted(
        {
            (search.design.enrol, search.found.gallery)
            for search in found.searches
            if search.design.probe_images == 1 and set(search.found.mix) != {search.design.enrol}
        }
    )
    first = {enrol: min(g for e, g in filled if e == enrol) for enrol, _ in filled}
    mix = ", ".join(f"{gallery:,} at {enrol} images" for enrol, gallery in first.items())
    return (
        f"clienteling evaluate: {len(ours.people):,} people with {len(ours.vectors):,} usable "
        f"photographs, {asked.splits} random splits, seed {asked.seed}; one photograph a search. "
        "Thresholds carry over to other people on average (conformal risk control over strangers). "
        + (
            f"Galleries are filled up with people who have fewer images from {mix}; there the step "
            "of the largest gallery without filling is carried on. "
            if mix
            else ""
        )
        + "Only single frames: photographs are not successive frames."
    )
