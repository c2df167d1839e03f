"""The wall of moments: tell a story, react to one; the manager may choose a day's best."""

from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from werkzeug.wrappers import Response

from clienteling.access.users import RoleName
from clienteling.errors import ClientelingError, UsageError
from clienteling.team import moments
from clienteling.team.moments import PAGE, RECENT, STORY, TITLE
from clienteling.team.terms import MOMENTS
from web.context import current_hub
from web.guards import RoleNeededError, this_staff
from web.limits import limited
from web.team.words import init_words, problem_word

blueprint = Blueprint("moments", __name__, url_prefix="/staff/moments")


@blueprint.record_once
def _prepare(state: object) -> None:
    init_words(state.app)  # type: ignore[attr-defined]


@blueprint.get("")
def wall() -> ResponseReturnValue:
    """Show the wall, newest day first."""
    return _page()


@blueprint.post("")
@limited("10 per minute")
def tell() -> ResponseReturnValue:
    """Put a story on the wall."""
    office, form = current_hub().office, request.form
    try:
        day = _day(form.get("day", ""))
        title, story = form.get("title", ""), form.get("story", "")
        directory = current_hub().directory
        told = moments.tell(office, title, story, day, author=this_staff().id, directory=directory)
    except UsageError as error:
        return _page(problem_word(error)), 400
    return _to(told)


@blueprint.post("/<uuid:moment_id>/react")
@limited("60 per minute")
def react(moment_id: UUID) -> ResponseReturnValue:
    """Say that a story made one's day, or take that back."""
    try:
        moments.react(current_hub().office, str(moment_id), person=this_staff().id)
    except UsageError as error:
        return _page(problem_word(error)), 404
    return _to(str(moment_id))


@blueprint.post("/<uuid:moment_id>/remove")
def remove(moment_id: UUID) -> ResponseReturnValue:
    """Take a story off the wall."""
    office, me = current_hub().office, this_staff().id
    try:
        moments.remove(office, str(moment_id), actor=me, manager=_is_manager())
    except UsageError as error:
        return _page(problem_word(error)), 404
    except ClientelingError as error:
        return _page(problem_word(error)), 403
    return redirect(url_for("moments.wall"), 303)


@blueprint.post("/<uuid:moment_id>/best")
def best(moment_id: UUID) -> ResponseReturnValue:
    """Choose the best of its day: a manager does."""
    if not _is_manager():
        raise RoleNeededError
    try:
        moments.choose_best(current_hub().office, str(moment_id), actor=this_staff().id)
    except UsageError as error:
        return _page(problem_word(error)), 404
    return _to(str(moment_id))


def _page(problem: str = "") -> str:
    hub = current_hub()
    page = max(1, request.args.get("page", 1, type=int))
    with hub.databases.identity.read() as identity:
        shown = moments.wall(identity, this_staff().id, page=page)
    today = hub.office.today()
    return render_template(
        "team/moments.html",
        moments=shown,
        page=page,
        more=len(shown) == PAGE,
        manager=_is_manager(),
        problem=problem,
        given=request.form,
        today=today.isoformat(),
        earliest=(today - RECENT).isoformat(),
        title_longest=TITLE,
        story_longest=STORY,
        months_kept=MOMENTS.days // 30,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            "Give the day on which it happened: today, or in the last month."
        ) from error


def _is_manager() -> bool:
    return bool(current_user.has_role(RoleName.MANAGER.value))


def _to(moment_id: str) -> Response:
    page = request.args.get("page", type=int)
    return redirect(url_for("moments.wall", page=page, _anchor=f"m-{moment_id}"), 303)
