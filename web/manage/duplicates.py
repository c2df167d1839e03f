"""Accounts that may be one person's: a manager compares two, says that they are, and merges."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from clienteling.customers.directory import PreparingError
from clienteling.errors import RefusedError, UsageError
from clienteling.upkeep.duplicates import Why, candidates, named
from clienteling.upkeep.merging import Problem, merge, preview
from consent.errors import ConsentMissingError, SubjectUnknownError
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited

blueprint = Blueprint("duplicates", __name__, url_prefix="/manage/duplicates")

#: So many pairs are shown; who has more looks again once these are done.
SHOWN = 20

WHY = {
    Why.CONTACT: lazy_gettext("the same e-mail address, phone or card"),
    Why.NAME: lazy_gettext("the same name"),
    Why.ALMOST: lazy_gettext("almost the same name"),
}
PROBLEMS = {
    Problem.REQUEST: lazy_gettext("A request of the account that goes is open: answer it first."),
    Problem.WORDS: lazy_gettext(
        "Together the two tell more than five allergies in their own words. Let the customer "
        "correct one first."
    ),
}


@blueprint.get("")
@limited("20 per minute")
def overview() -> ResponseReturnValue:
    """Show pairs by name; that they were looked at is logged."""
    hub = current_hub()
    try:
        pairs = named(hub.office, candidates(hub.directory, SHOWN), reader=this_staff().id)
    except PreparingError as error:
        return _list(preparing=error), HTTPStatus.SERVICE_UNAVAILABLE
    return _list(pairs=pairs, done=request.args.get("done") == "1")


@blueprint.get("/<uuid:keep>/<uuid:go>")
@limited("20 per minute")
def compare(keep: UUID, go: UUID) -> ResponseReturnValue:
    """Show two accounts side by side, and what merging would do."""
    return _compare(str(keep), str(go))


@blueprint.post("/<uuid:keep>/<uuid:go>")
@limited("10 per minute")
def merge_now(keep: UUID, go: UUID) -> ResponseReturnValue:
    """Merge, once it is ticked that the two are one person."""
    if request.form.get("sure") != "yes":
        problem = gettext("Tick that the two are one person; then press again.")
        return _compare(str(keep), str(go), problem, HTTPStatus.BAD_REQUEST)
    try:
        merge(current_hub().office, str(keep), str(go), actor=this_staff().id)
    except RefusedError:
        problem = gettext("Something must be settled first.")
        return _compare(str(keep), str(go), problem, HTTPStatus.CONFLICT)
    except (SubjectUnknownError, ConsentMissingError, UsageError):
        return _changed()
    return redirect(url_for("duplicates.overview", done=1), HTTPStatus.SEE_OTHER)


def _compare(
    keep: str, go: str, problem: str = "", status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    try:
        seen = preview(current_hub().office, keep, go, reader=this_staff().id)
    except (SubjectUnknownError, UsageError):
        return _changed()
    page = render_template(
        "manage/compare.html",
        seen=seen,
        problem=problem,
        problems=[PROBLEMS[one] for one in seen.problems],
    )
    return page, status


def _changed() -> ResponseReturnValue:
    return _list(gone=True), HTTPStatus.GONE


def _list(**values: object) -> str:
    return render_template("manage/duplicates.html", why=WHY, **values)
