"""A lost pass: with the code that staff gave, a short page, then the camera and the new pass.

Nothing of the customer is shown: the code says whose pass it is, and staff checked who stands here
(`clienteling.service.new_passes`).
"""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from web.context import current_hub
from web.guards import this_device
from web.kiosk.context import blueprint, face_possible, renewing, sessions
from web.limits import limited

_MAX_TYPED = 40


@blueprint.get("/new-pass")
def new_pass() -> ResponseReturnValue:
    """Ask for the code that staff gave."""
    _require_passes()
    return render_template("kiosk/new_pass.html", problem=None)


@blueprint.post("/new-pass")
@limited("10 per minute")
def new_pass_code() -> ResponseReturnValue:
    """Take the code; wrong, used and old are all the same."""
    _require_passes()
    typed = request.form.get("code", "")[:_MAX_TYPED]
    subject_id = current_hub().new_passes.begin(typed, actor=this_device().actor)
    if subject_id is None:
        problem = gettext(
            "This code does not work: it is wrong, was used, or is older than ten minutes. "
            "Ask our staff for a new one."
        )
        return render_template("kiosk/new_pass.html", problem=problem), 404
    session = sessions().renew(this_device().id, subject_id)
    return redirect(url_for("kiosk.before_new_pass", session_id=session.id), 303)


@blueprint.get("/session/<session_id>/new-pass")
def before_new_pass(session_id: str) -> ResponseReturnValue:
    """Say what happens, before any camera opens."""
    _require_passes()
    return render_template(
        "kiosk/before_new_pass.html",
        visit=renewing(session_id),
        possible=face_possible(current_hub()),
    )


@blueprint.post("/session/<session_id>/new-pass")
def begin_new_pass(session_id: str) -> ResponseReturnValue:
    """Go on to the camera; of a pass that may be in other hands, end the old one first."""
    _require_passes()
    session = renewing(session_id)
    with session.lock:
        if request.form.get("old") == "stolen" and not session.template:
            current_hub().new_passes.end(session.subject_id, actor=this_device().actor)
            session.ended_old = True
        if not session.template:
            session.capturing = True
    return redirect(url_for("kiosk.camera", session_id=session.id), 303)


def _require_passes() -> None:
    if not current_hub().home.by_pass:
        raise NotFound
