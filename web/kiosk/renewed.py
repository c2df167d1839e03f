"""After new pictures of a customer: the pass if there is one, then what stands now."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from web.context import current_hub
from web.kiosk.context import blueprint, renewing


@blueprint.get("/session/<session_id>/renewed")
def renewed(session_id: str) -> ResponseReturnValue:
    """Say whether there is a new template. Reached when nothing is left to do."""
    session = renewing(session_id)
    with session.lock:
        if session.capturing:
            return redirect(url_for("kiosk.camera", session_id=session.id), 303)
        if session.holder is not None:
            return redirect(url_for("kiosk.show_pass", session_id=session.id), 303)
    return render_template("kiosk/renewed.html", visit=session, by_pass=current_hub().home.by_pass)
