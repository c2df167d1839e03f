"""How well, and how evenly, this shop recognises: the calibration in use and the newest report."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, format_percent, lazy_gettext

from clienteling.evaluation.fairness import beyond, differences
from clienteling.service.accuracy import accuracy_of, report_path
from clienteling.service.thresholds import approved_calibrations
from web.context import current_hub
from web.privacy.pages import blueprint

_RATES = {
    "fmr": lazy_gettext("taken for somebody else (FMR)"),
    "fnmr": lazy_gettext("not recognised (FNMR)"),
}


@blueprint.get("/recognition")
def recognition() -> ResponseReturnValue:
    """Show what decides whom we greet, and what was measured of it."""
    hub = current_hub()
    engine = hub.engine
    known = accuracy_of(hub.home, None if engine is None else engine.calibration)
    limit = hub.home.config.recognition.group_ratio
    report = None if known.published is None else known.published.report
    with hub.databases.identity.read() as identity:
        approved = approved_calibrations(identity)
    own = None if engine is None else engine.own_calibration
    return render_template(
        "privacy/recognition.html",
        calibration=None if engine is None else engine.calibration,
        own=own,
        approved=own in approved,
        known=known,
        report=report,
        file=report_path(hub.home).name,
        fits=report is not None and own is not None and report.calibration == own,
        differences=() if report is None else differences(report),
        beyond=() if report is None else beyond(report, limit),
        limit=limit,
        percent=_percent,
        between=_between,
        decimal=format_decimal,
        rate_word=lambda rate: str(_RATES[rate]),
    )


def _percent(rate: float | None) -> str:
    """A share as a percentage with three digits that count."""
    if rate is None:
        return "–"
    return str(format_percent(float(f"{rate:.3g}"), "#,##0.####%"))


def _between(interval: tuple[float, float] | None) -> str:
    """An interval; "" where there is none."""
    return "" if interval is None else f"{_percent(interval[0])} – {_percent(interval[1])}"
