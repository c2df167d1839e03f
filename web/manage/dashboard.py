"""The manager's dashboard: what the shop did for customers; nothing of one of them."""

import csv
import io
from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from clienteling.service.dashboard import (
    FEWEST,
    Outcome,
    Period,
    Span,
    Unit,
    Value,
    outcomes,
    periods,
)
from web.charts import Chart, ChartKind, Series, number
from web.context import current_hub
from web.manage.dashboard_words import BESIDE, EXPLAINED, NAMES, SPANS, UNIT_SIGNS, UNIT_WORDS

blueprint = Blueprint("dashboard", __name__, url_prefix="/manage/dashboard")


@dataclass(frozen=True, slots=True)
class Tile:
    """A measure as the page shows it; `unit` beside the number. `drawing` None: nothing to draw."""

    title: str
    explained: str
    unit: str
    now: str
    before: str
    drawing: Chart | None


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show every measure, this period beside the last."""
    span = _span()
    over, found = _read(span)
    return render_template(
        "manage/dashboard.html",
        span=span,
        spans=SPANS,
        tiles=[_tile(outcome, over, span) for outcome in found],
        now=_label(over[-1], span),
        before=_label(over[-2], span),
        fewest=FEWEST,
    )


@blueprint.get("/figures.csv")
def sheet() -> ResponseReturnValue:
    """Hand the same numbers out as a file; what is not told on the page is not in it either."""
    span = _span()
    over, found = _read(span)
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(
        [
            gettext("First day"),
            gettext("Last day"),
            *(f"{NAMES[one.measure]} ({UNIT_WORDS[one.unit]})" for one in found),
        ]
    )
    for place, period in enumerate(over):
        cells = [_cell(one.values[place]) for one in found]
        rows.writerow([period.first.isoformat(), period.last.isoformat(), *cells])
    return Response(
        text.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=figures-{span}.csv"},
    )


def _span() -> Span:
    try:
        return Span(request.args.get("by", Span.WEEK))
    except ValueError:
        abort(404)


def _read(span: Span) -> tuple[tuple[Period, ...], tuple[Outcome, ...]]:
    hub = current_hub()
    over = periods(span, hub.now().date())
    with hub.databases.identity.read() as identity:
        return over, outcomes(identity, over)


def _tile(outcome: Outcome, over: tuple[Period, ...], span: Span) -> Tile:
    title, unit = str(NAMES[outcome.measure]), UNIT_SIGNS[outcome.unit]
    now, before = (_shown(outcome.values[place], unit) for place in (-1, -2))
    drawing = Chart(
        kind=ChartKind.BARS,
        title=title,
        summary=gettext(
            "%(period)s: %(now)s; before: %(before)s.",
            period=_label(over[-1], span),
            now=now,
            before=before,
        ),
        labels=tuple(_label(period, span) for period in over),
        heading=gettext("Period"),
        series=(Series(title, tuple(_drawn(value, outcome.unit) for value in outcome.values)),),
        unit=unit,
    )
    return Tile(
        title,
        str(EXPLAINED[outcome.measure]),
        str(BESIDE.get(outcome.unit, "")),
        now,
        before,
        drawing if any(value.number for value in outcome.values) else None,
    )


def _drawn(value: Value, unit: Unit) -> float | None:
    whole = unit is Unit.TIMES and value.number is not None
    return float(round(value.number or 0)) if whole else value.number


def _shown(value: Value, unit: str) -> str:
    if value.few:
        return gettext("fewer than %(number)s", number=FEWEST)
    return number(value.number, unit)


def _cell(value: Value) -> str:
    if value.few:
        return gettext("fewer than %(number)s", number=FEWEST)
    return "" if value.number is None else f"{round(value.number, 2):g}"


def _label(period: Period, span: Span) -> str:
    return str(format_date(period.first, "MMM" if span is Span.MONTH else "d MMM"))
