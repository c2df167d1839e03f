"""The manager's page "what to mend": why customers came back, by month; and the list of reasons."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from clienteling.errors import UsageError
from clienteling.service.helpbar.reasons import (
    LONGEST_REASON,
    ReasonMonths,
    add_reason,
    counted,
    months_until,
    products_named,
    reasons,
    use_reason,
)
from web.charts import Chart, ChartKind, Series
from web.context import current_hub
from web.help.words import labels_of, problem_word, reason_word
from web.limits import limited

blueprint = Blueprint("reasons", __name__, url_prefix="/manage/reasons")

_MONTHS, _TOP, _LINES, _NAMED = 12, 5, 4, 10


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show what to mend."""
    return _page()


@blueprint.post("")
@limited("30 per minute")
def add() -> ResponseReturnValue:
    """Add a reason."""
    try:
        with current_hub().databases.identity.write() as identity:
            add_reason(identity, request.form.get("label", ""))
    except UsageError as error:
        return _page(problem_word(str(error))), 400
    return redirect(url_for("reasons.overview"), 303)


@blueprint.post("/<reason>/<any(use, rest):what>")
def change(reason: str, what: str) -> ResponseReturnValue:
    """Put a reason away, or take it back."""
    try:
        with current_hub().databases.identity.write() as identity:
            use_reason(identity, reason, active=what == "use")
    except UsageError as error:
        return _page(problem_word(str(error))), 400
    return redirect(url_for("reasons.overview"), 303)


def _page(problem: str = "") -> str:
    hub = current_hub()
    months = months_until(hub.office.today(), _MONTHS)
    with hub.databases.identity.read() as identity:
        known = reasons(identity)
        found = counted(identity, months)
        named = products_named(identity, months)
    labels, products = labels_of(known), hub.shelf.catalogue().products
    return render_template(
        "help/reasons.html",
        top=_top(found, labels, months) if found else None,
        trend=_trend(found, labels, months) if found else None,
        products=[
            (products[one.product_id].name, reason_word(one.reason, labels), one.count)
            for one in named
            if one.product_id in products
        ][:_NAMED],
        reasons=known,
        labels=labels,
        longest=LONGEST_REASON,
        problem=problem,
        given=request.form,
    )


def _top(found: tuple[ReasonMonths, ...], labels: dict[str, str], months: tuple[str, ...]) -> Chart:
    """Draw the five most frequent of this month beside the month before."""
    top = sorted(found, key=lambda one: (-one.counts[-1], -one.total))[:_TOP]
    first = top[0]
    return Chart(
        kind=ChartKind.ROWS,
        title=gettext("The five most frequent reasons"),
        summary=gettext(
            "Most frequent in %(month)s: %(reason)s, %(now)s times; the month before %(before)s.",
            month=_month(months[-1], "MMMM"),
            reason=reason_word(first.reason, labels),
            now=first.counts[-1],
            before=first.counts[-2],
        ),
        labels=tuple(reason_word(one.reason, labels) for one in top),
        heading=gettext("Reason"),
        series=(
            Series(_month(months[-1], "MMMM"), tuple(one.counts[-1] for one in top)),
            Series(_month(months[-2], "MMMM"), tuple(one.counts[-2] for one in top)),
        ),
    )


def _trend(
    found: tuple[ReasonMonths, ...], labels: dict[str, str], months: tuple[str, ...]
) -> Chart:
    """Draw the four most frequent of the year, month by month."""
    shown = found[:_LINES]
    return Chart(
        kind=ChartKind.LINES,
        title=gettext("Month by month"),
        summary=gettext(
            "In twelve months: %(reasons)s.",
            reasons=", ".join(f"{reason_word(one.reason, labels)} {one.total}" for one in shown),
        ),
        labels=tuple(_month(month, "MMM") for month in months),
        heading=gettext("Month"),
        series=tuple(
            Series(reason_word(one.reason, labels), tuple(map(float, one.counts))) for one in shown
        ),
    )


def _month(month: str, form: str) -> str:
    return str(format_date(date.fromisoformat(f"{month}-01"), form))
