"""The files of an evaluation, in a folder the operator names; no face and no vector in them."""

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from clienteling.errors import PartlyDoneError, UsageError
from clienteling.evaluation.calibrate import calibration_text
from clienteling.evaluation.markdown import write_markdown
from clienteling.evaluation.plots import HOW_TO_GET_PLOTS, can_plot, write_plot
from clienteling.evaluation.results import Report
from clienteling.evaluation.run import Evaluation
from clienteling.recognition.calibration import LARGEST_FPIR, Calibration


def make_folder(folder: Path) -> None:
    """Make the folder and try it, before hours of measuring.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(f"--out {folder} cannot be written: {error.strerror}.") from error


def write_files(evaluation: Evaluation, folder: Path) -> tuple[str, ...]:
    """Write the report (JSON, Markdown), the plots and the calibration.

    Returns:
        Sentences for the operator: what was written, and what could not be.

    Raises:
        PartlyDoneError: Something could not be written; what was, is kept.
    """
    try:
        return tuple(_write(evaluation, folder))
    except OSError as error:
        raise PartlyDoneError(
            f"Not all could be written to {folder}: {error.strerror}. With --json the report also "
            "goes to standard output."
        ) from error


def _write(evaluation: Evaluation, folder: Path) -> list[str]:
    report, calibration = evaluation.report, evaluation.calibration
    said = []
    (folder / "report.json").write_text(report_text(report), "utf-8")
    (folder / "report.md").write_text(write_markdown(report), "utf-8")
    said.append(f"{folder / 'report.md'}")
    if isinstance(calibration, Calibration):
        path = folder / f"{calibration.model_id}.json"
        path.write_text(calibration_text(calibration), "utf-8")
        use = "name it with `calibration` in the shop's configuration"
        if calibration.fpir > LARGEST_FPIR:
            use = f"for a look only; matching takes none above an FPIR of {LARGEST_FPIR:g}"
        said.append(f"{path}: {use}")
    if not can_plot():
        return [*said, HOW_TO_GET_PLOTS]
    other = report.reference
    det = (*report.det_curves, *(other.det_curves if other else ()))
    open_set = (*report.open_set_curves, *(other.open_set_curves if other else ()))
    written = [
        *write_plot(det, ("FMR (false matches)", "FNMR (missed matches)"), folder / "det"),
        *write_plot(
            open_set,
            ("FPIR (strangers taken for somebody)", "FNIR (customers missed)"),
            folder / "open-set",
        ),
    ]
    if not written:
        said.append("No plots: too few people for a curve.")
    return [*said, *(str(path) for path in written)]


def report_fields(report: Report) -> dict[str, Any]:
    """The report as JSON holds it."""
    fields = asdict(report)
    # Infinities and NaN are no JSON; they would be mistakes of ours.
    json.dumps(fields, allow_nan=False)
    return fields


def report_text(report: Report) -> str:
    """The text of `report.json`."""
    return json.dumps(report_fields(report), ensure_ascii=False, indent=1) + "\n"
