"""What a manager sets for the team, and what was spent; not who gave how much."""

import csv
import io
import re
from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from clienteling.access.register import people
from clienteling.errors import UsageError
from clienteling.team import compliments, surprises
from clienteling.team.amounts import (
    allowance,
    bonus_amount,
    month_of,
    set_allowance,
    set_amounts,
    surprise_amount,
)
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.team.words import cents_of, problem_word

blueprint = Blueprint("team", __name__, url_prefix="/manage/team")

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show the amounts, what was spent on what, and the bonuses to pay."""
    return _page()


@blueprint.post("/amounts")
@limited("30 per minute")
def amounts() -> ResponseReturnValue:
    """Set the amounts of everybody."""
    try:
        set_amounts(
            current_hub().office,
            cents_of(request.form.get("surprise", "")),
            cents_of(request.form.get("bonus", "")),
            actor=this_staff().id,
        )
    except UsageError as error:
        return _page(problem_word(error)), 400
    return redirect(url_for("team.overview"), 303)


@blueprint.post("/people/<person_id>/allowance")
@limited("30 per minute")
def person_allowance(person_id: str) -> ResponseReturnValue:
    """Give one person another amount; empty: the amount of everybody."""
    typed = request.form.get("amount", "").strip()
    try:
        cents = cents_of(typed) if typed else None
        set_allowance(current_hub().office, person_id, cents, actor=this_staff().id)
    except UsageError as error:
        return _page(problem_word(error)), 400
    return redirect(url_for("team.overview", _anchor="people"), 303)


@blueprint.get("/bonuses.csv")
def bonuses_csv() -> Response:
    """Hand the bonuses of a month out, for whoever pays wages."""
    hub, month = current_hub(), _month()
    with hub.databases.identity.read() as identity:
        rows = compliments.payouts(identity, month, hub.office.zone)
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(("day", "receiver", "user_name", "euros", "giver"))
    for row in rows:
        amount = f"{row.cents / 100:.2f}"
        who = (_cell(row.receiver), _cell(row.username))
        sheet.writerow((row.day.isoformat(), *who, amount, _cell(row.giver)))
    return Response(
        text.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=bonuses-{month}.csv"},
    )


def _page(problem: str = "") -> str:
    hub, month = current_hub(), _month()
    with hub.databases.identity.read() as identity:
        workers = [person for person in people(identity) if person.active]
        spent = surprises.spent_in(identity, month, hub.office.zone)
        months = {*compliments.months(identity), *surprises.months(identity)}
        values = {
            "surprise": surprise_amount(identity),
            "bonus": bonus_amount(identity),
            "people": [(person, allowance(identity, person.id)) for person in workers],
            "payouts": compliments.payouts(identity, month, hub.office.zone),
        }
    return render_template(
        "team/manage.html",
        **values,
        spent=spent,
        total=sum(each.cents for each in spent),
        month=month,
        months=sorted(months | {month_of(_wall())}, reverse=True),
        problem=problem,
        nobody=gettext("a former colleague"),
    )


def _wall() -> datetime:
    hub = current_hub()
    return hub.office.wall(hub.now())


def _month() -> str:
    asked = request.args.get("month")
    if asked is None:
        return month_of(_wall())
    if not _MONTH.fullmatch(asked):
        raise NotFound
    return asked


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
