"""What the huddle talks about: a manager writes values and cases, and may pick the week's value."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clienteling.errors import UsageError
from clienteling.team import rotation
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.team.words import problem_word

blueprint = Blueprint("rounds", __name__, url_prefix="/manage/huddle")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show the values and the cases, and whose turn it is."""
    return _page()


@blueprint.post("/values")
@limited("30 per minute")
def add_value() -> ResponseReturnValue:
    """Add a value."""
    return _add(rotation.add_value, "title", "meaning")


@blueprint.post("/cases")
@limited("30 per minute")
def add_case() -> ResponseReturnValue:
    """Add a case."""
    return _add(rotation.add_case, "situation", "question")


@blueprint.post("/values/<uuid:value_id>/pick")
def pick(value_id: UUID) -> ResponseReturnValue:
    """Make a value the one of this week."""
    return _change(rotation.pick_value, value_id)


@blueprint.post("/values/<uuid:value_id>/remove")
def remove_value(value_id: UUID) -> ResponseReturnValue:
    """Remove a value."""
    return _change(rotation.remove_value, value_id)


@blueprint.post("/cases/<uuid:case_id>/remove")
def remove_case(case_id: UUID) -> ResponseReturnValue:
    """Remove a case."""
    return _change(rotation.remove_case, case_id)


def _add(add: Callable[..., str], first: str, second: str) -> ResponseReturnValue:
    form = request.form
    try:
        add(
            current_hub().office,
            form.get(first, ""),
            form.get(second, ""),
            actor=this_staff().id,
        )
    except UsageError as error:
        return _page(problem_word(error)), 400
    return redirect(url_for("rounds.overview"), 303)


def _change(change: Callable[..., None], row_id: UUID) -> ResponseReturnValue:
    try:
        change(current_hub().office, str(row_id), actor=this_staff().id)
    except UsageError as error:
        return _page(problem_word(error)), 404
    return redirect(url_for("rounds.overview"), 303)


def _page(problem: str = "") -> str:
    hub = current_hub()
    today = hub.office.today()
    with hub.databases.identity.read() as identity:
        shown = {
            "values": rotation.values(identity),
            "cases": rotation.cases(identity),
            "of_week": rotation.value_of_week(identity, today),
            "of_day": rotation.case_of_day(identity, today),
        }
    return render_template(
        "team/rounds.html",
        **shown,
        problem=problem,
        given=request.form,
        title_longest=rotation.TITLE,
        meaning_longest=rotation.MEANING,
        situation_longest=rotation.SITUATION,
        question_longest=rotation.QUESTION,
    )
