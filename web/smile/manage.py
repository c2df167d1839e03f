"""The manager's page of smiles: what visitors answered, and what the shop says to them then."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from clienteling.errors import UsageError
from clienteling.service.smiles import (
    LONGEST_INVITATION,
    LONGEST_LINK,
    Invitation,
    Smile,
    invitation,
    set_invitation,
    smiles_by_day,
)
from web.charts import Chart, ChartKind, Series
from web.context import current_hub
from web.limits import limited
from web.public.files import address
from web.public.sheet import qr_of

blueprint = Blueprint("smile_manage", __name__, url_prefix="/manage/smiles")

_WEEKS = 8


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show the answers, the invitation, and the code to be printed."""
    return _page()


@blueprint.post("")
@limited("30 per minute")
def invite() -> ResponseReturnValue:
    """Keep what is said to whoever would tell others."""
    text, link = request.form.get("text", ""), request.form.get("link", "")
    try:
        with current_hub().databases.identity.write() as identity:
            set_invitation(identity, text, link)
    except UsageError as error:
        problem = (
            gettext("Give an address that begins with https://, or leave it empty.")
            if "https" in str(error)
            else gettext("This is too long. Shorten it.")
        )
        return _page(problem, Invitation(text, link)), 400
    return redirect(url_for("smile_manage.overview", saved=1), 303)


def _page(problem: str = "", given: Invitation | None = None) -> str:
    hub = current_hub()
    today = hub.now().date()
    first = today - timedelta(days=today.weekday(), weeks=_WEEKS - 1)
    with hub.databases.identity.read() as identity:
        by_day = smiles_by_day(identity, first, today)
        told = given or invitation(identity)
    weeks = [first + timedelta(weeks=week) for week in range(_WEEKS)]
    counts = {
        smile: [
            sum(days.get(monday + timedelta(days=day), 0) for day in range(7)) for monday in weeks
        ]
        for smile, days in by_day.items()
    }
    names = {
        Smile.DELIGHTED: gettext("Delighted"),
        Smile.FINE: gettext("Fine"),
        Smile.DISAPPOINTED: gettext("Disappointed"),
    }
    answered = sum(map(sum, counts.values()))
    drawing = Chart(
        kind=ChartKind.LINES,
        title=gettext("Answers by week"),
        summary=gettext(
            "In eight weeks %(delighted)s delighted, %(fine)s fine, %(disappointed)s disappointed.",
            delighted=sum(counts[Smile.DELIGHTED]),
            fine=sum(counts[Smile.FINE]),
            disappointed=sum(counts[Smile.DISAPPOINTED]),
        ),
        labels=tuple(str(format_date(monday, "d MMM")) for monday in weeks),
        heading=gettext("Week of"),
        series=tuple(Series(names[smile], tuple(map(float, counts[smile]))) for smile in Smile),
    )
    target = f"{address()}{url_for('smile.begin')}"
    return render_template(
        "smile/manage.html",
        drawing=drawing if answered else None,
        invitation=told,
        problem=problem,
        saved="saved" in request.args,
        address=target,
        qr=qr_of(target),
        longest=LONGEST_INVITATION,
        longest_link=LONGEST_LINK,
    )
