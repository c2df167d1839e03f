"""The report for people: `report.md`."""

from collections.abc import Iterable, Sequence
from typing import Final

from clienteling.evaluation.results import (
    Detection,
    Failures,
    Groups,
    OpenSet,
    Pairs,
    Reference,
    Report,
    Transfer,
    Verification,
)
from clienteling.evaluation.statistics import Interval

_TERMS: Final = """\
Rates are in per cent, with 95 % intervals from resampling people (zero errors: rule of three).
**FMR / FNMR**: false (non-)match rate, 1:1. **FPIR**: searches by people who are not enrolled that
return somebody. **FNIR**: searches by enrolled people that do not return them first and above the
threshold. Terms: ISO/IEC 19795-1:2021; NIST FRTE 1:N with R = 1. A dagger (†) marks rows with too
few people for the rate asked for. Failures to acquire are counted apart and not in FNMR and FNIR.
"""
_LIMITS: Final = """\
## What this does not show

- Photographs are not a camera in a shop: light, distance and movement differ, and the frames of one
  approach resemble each other more than separate photographs do.
- The people measured are not your customers. Groups with few people are hints.
- A face model may have been trained on pictures of public figures: expect worse of unknown people.
- Prints, screens and masks are another measurement.
- Intervals resample the people who were measured, not the galleries they were searched in.
"""

_GATES: Final = """
A photograph that the enrolment's gate refuses still takes part; one that the camera's gate refuses
does not.
"""


def write_markdown(report: Report) -> str:
    """The whole report."""
    reference = report.reference
    theirs = (reference.verification, reference.open_set) if reference else ((), ())
    parts = [
        "# Evaluation\n",
        _what(report),
        _TERMS,
        *(f"- {note}\n" for note in report.notes),
        "## Detection and failures\n",
        _detection(report),
        "## Passers-by and customers (1:N, open set)\n",
        _open_set((*report.open_set, *theirs[1])),
    ]
    if reference:
        parts += [
            _default(reference),
            _open_set(reference.open_set_at_fpir),
        ]
    parts += ["## A pass (1:1)\n", _verification((*report.verification, *theirs[0]))]
    if report.transfer:
        parts += ["## Calibrated on half of the people, tried on the other half\n"]
        parts += [_transfer(report.transfer)]
    groups = (*report.groups, *(reference.groups if reference else ()))
    parts += [_groups(table) for table in groups]
    pairs = [pairs for pairs in (report.pairs, reference and reference.pairs) if pairs]
    if pairs:
        parts += ["## Given pairs\n", _pairs(pairs)]
    return "\n".join([*parts, _LIMITS])


def _what(report: Report) -> str:
    return (
        f"{report.source}. Encoder {report.encoder}; {report.people:,} people, "
        f"{report.photographs:,} photographs, {report.excluded} names excluded; {report.splits} "
        f"splits, seed {report.seed}; {report.seconds:,.0f} s.\n"
    )


def _default(reference: Reference) -> str:
    return (
        f"The rows of {reference.library} are its default: nearest photograph, distance up to "
        f"{reference.tolerance}. With thresholds chosen like ours it would be:\n"
    )


def _detection(report: Report) -> str:
    found: list[tuple[str, Detection]] = [(report.encoder, report.detection)]
    if report.reference:
        found.append((report.reference.library, report.reference.detection))
    failures = (("acquire", report.failure_to_acquire), ("enrol", report.failure_to_enrol))
    return "\n".join(
        [
            _table(
                ("detector of", "pictures", "with a face", "%", "several faces"),
                (
                    (name, f"{d.photographs:,}", f"{d.with_face:,}", _rate(d.rate), d.several_faces)
                    for name, d in found
                ),
            ),
            *(f"- Failure to {name}: {_failures(failed)}" for name, failed in failures),
            _GATES,
        ]
    )


def _failures(failed: Failures) -> str:
    reasons = ", ".join(f"{reason} {count}" for reason, count in failed.reasons.items())
    return (
        f"{failed.refused:,} of {failed.photographs:,} photographs ({_rate(failed.rate)} %)"
        + (f": {reasons}" if reasons else "")
        + f"; {failed.people} people without any other."
    )


def _open_set(rows: Iterable[OpenSet]) -> str:
    return _table(
        ("", "gallery (mix)", "enrol", "images", "FPIR", "threshold", "FNIR", "strangers", "mates"),
        (
            (
                row.encoder,
                _gallery(row),
                row.enrol,
                row.probe_images,
                _measured(row.fpir, row.fpir_ci) + _dagger(row.supported),
                f"{row.threshold:.4f}",
                _measured(row.fnir, row.fnir_ci),
                f"{row.strangers:,} ({row.stranger_searches:,})",
                f"{row.mates:,} ({row.mate_searches:,})",
            )
            for row in rows
        ),
    )


def _gallery(row: OpenSet) -> str:
    mix = ", ".join(f"{count:,g}×{images}" for images, count in row.mix.items())
    asked = "" if row.gallery == row.gallery_asked else f" of {row.gallery_asked:,} asked"
    return f"{row.gallery:,}{asked} ({mix})"


def _verification(rows: Iterable[Verification]) -> str:
    return _table(
        ("", "enrol", "FMR", "threshold", "FNMR", "people", "genuine", "impostor"),
        (
            (
                row.encoder,
                row.enrol,
                _rate(row.fmr, 3) + _dagger(row.supported),
                f"{row.threshold:.4f}",
                _measured(row.fnmr, row.fnmr_ci),
                f"{row.people:,}",
                f"{row.genuine:,}",
                f"{row.impostor:,}",
            )
            for row in rows
        ),
    )


def _transfer(rows: Iterable[Transfer]) -> str:
    return _table(
        ("gallery", "enrol", "FPIR asked", "mean", "sd", "highest", "FNIR", "plain quantile's"),
        (
            (
                f"{row.gallery:,}",
                row.enrol,
                _rate(row.fpir),
                *(_rate(rate, 3) for rate in (row.fpir_mean, row.fpir_sd, row.fpir_max)),
                _rate(row.fnir_mean),
                _rate(row.plain_fpir_mean, 3),
            )
            for row in rows
        ),
    )


def _groups(table: Groups) -> str:
    title = (
        f"## By {table.attribute}: {table.encoder}, {table.enrol} enrolled, one threshold "
        f"({table.threshold:.4f}; FMR of all {_rate(table.fmr, 3)} %)\n"
    )
    rows = _table(
        (table.attribute, "people", "FMR", "FNMR", "impostor", "genuine", ""),
        (
            (
                row.value,
                row.people,
                _measured(row.fmr, row.fmr_ci),
                _measured(row.fnmr, row.fnmr_ci),
                f"{row.impostor:,}",
                f"{row.genuine:,}",
                row.hint or "",
            )
            for row in table.rows
        ),
    )
    ratios = (("FMR", table.fmr_ratio), ("FNMR", table.fnmr_ratio))
    said = "; ".join(f"{name} {f'{r:.1f}' if r else 'not known'}" for name, r in ratios)
    return f"{title}\n{rows}\nHighest by lowest among groups that are large enough: {said}.\n"


def _pairs(rows: Iterable[Pairs]) -> str:
    return _table(
        ("", "same", "different", "missing", "threshold", "FMR", "FNMR", "EER"),
        (
            (
                row.encoder,
                row.genuine,
                row.impostor,
                row.missing,
                f"{row.threshold:.4f}",
                *(_rate(rate) for rate in (row.fmr, row.fnmr, row.eer)),
            )
            for row in rows
        ),
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(str(field) for field in line)} |\n" for line in lines)


def _measured(rate: float | None, interval: Interval | None) -> str:
    if interval is None:
        return _rate(rate)
    low, high = interval
    return f"{_rate(rate)} [{_rate(low)}–{_rate(high)}]"


def _rate(rate: float | None, digits: int = 2) -> str:
    return "–" if rate is None else f"{100 * rate:.{digits}f}"


def _dagger(supported: bool) -> str:
    return "" if supported else " †"
