"""Private learning notes: one's own, and those of who chose one to read along.

No paired tablet is asked for: nothing of a customer is here, and one may want to write elsewhere
than on the shop floor.
"""

from uuid import UUID

from flask import Blueprint, Response, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from clienteling.errors import UsageError
from clienteling.team import learning
from clienteling.team.learning import LONGEST, NotYoursError
from clienteling.team.people import names, number_of
from clienteling.team.terms import LEARNING_UNUSED
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.team.words import problem_word

blueprint = Blueprint("learning", __name__, url_prefix="/staff/learning")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show one's own notes, one's coach, and whom one coaches."""
    return _page()


@blueprint.post("")
@limited("20 per minute")
def write() -> ResponseReturnValue:
    """Keep a note."""
    try:
        learning.write(current_hub().office, request.form.get("text", ""), person=this_staff().id)
    except UsageError as error:
        return _page(problem_word(error)), 400
    return redirect(url_for("learning.overview"), 303)


@blueprint.post("/<uuid:note_id>/remove")
def remove(note_id: UUID) -> ResponseReturnValue:
    """Remove one of one's own notes."""
    if not learning.remove(current_hub().office, str(note_id), person=this_staff().id):
        raise NotFound
    return redirect(url_for("learning.overview"), 303)


@blueprint.post("/forget")
def forget() -> ResponseReturnValue:
    """Remove all of one's own notes, and their key."""
    learning.forget(current_hub().office, [number_of(this_staff().id)])
    return redirect(url_for("learning.overview"), 303)


@blueprint.post("/coach")
def coach() -> ResponseReturnValue:
    """Choose who reads along, or nobody."""
    chosen = request.form.get("coach", "")
    number = int(chosen) if chosen.isascii() and chosen.isdecimal() else 0
    try:
        learning.choose_coach(
            current_hub().office, None if chosen == "" else number, person=this_staff().id
        )
    except UsageError as error:
        return _page(problem_word(error)), 400
    return redirect(url_for("learning.overview"), 303)


@blueprint.get("/of/<int:writer>")
def read_along(writer: int) -> ResponseReturnValue:
    """Show the notes of somebody who chose the reader as coach; the read is logged."""
    hub = current_hub()
    try:
        found = learning.read_along(hub.office, writer, coach=this_staff().id)
    except NotYoursError as error:
        raise NotFound from error
    with hub.databases.identity.read() as identity:
        name = names(identity)[writer]
    return render_template("team/read_along.html", notes=found, name=name)


@blueprint.get("/export")
def export() -> Response:
    """Hand one's own notes out as a file (JSON)."""
    found = learning.notes(current_hub().office, person=this_staff().id)
    content = json.dumps(
        [{"written_at": note.written_at, "text": note.text} for note in found],
        ensure_ascii=False,
        indent=2,
    )
    return Response(
        content,
        mimetype="application/json",
        headers={"Content-Disposition": "attachment; filename=learning-notes.json"},
    )


def _page(problem: str = "") -> str:
    hub, me = current_hub(), this_staff().id
    with hub.databases.identity.read() as identity:
        chosen = learning.coach_of(identity, me)
        choosable = learning.may_coach(identity, me)
        coached = learning.coached_by(identity, me)
    return render_template(
        "team/learning.html",
        notes=learning.notes(hub.office, person=me),
        coach=chosen,
        choosable=choosable,
        coached=coached,
        problem=problem,
        given=request.form,
        longest=LONGEST,
        months_kept=LEARNING_UNUSED.days // 30,
    )
