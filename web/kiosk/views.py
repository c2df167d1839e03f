"""The kiosk's start and its last pages; the other routes are in the modules imported below."""

import contextlib

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.context import current_hub
from web.kiosk import (  # noqa: F401 - their routes
    camera,
    holder,
    join,
    leave,
    new_pass,
    own_lists,
    renew,
    renewed,
    rights,
)
from web.kiosk.context import blueprint, sessions
from web.kiosk.place import this_place
from web.kiosk.sessions import Session, SessionGoneError
from web.languages import COOKIE as LANGUAGE_COOKIE
from web.public.policy import policy_values

__all__ = ["blueprint"]


@blueprint.get("")
def start() -> ResponseReturnValue:
    """Show "Join" and "I want to leave", equally."""
    return render_template("kiosk/start.html", by_pass=current_hub().home.by_pass)


@blueprint.get("/privacy-policy")
def policy() -> ResponseReturnValue:
    """Show the public privacy policy in the kiosk's own frame."""
    return render_template("kiosk/policy.html", **policy_values())


@blueprint.get("/forgotten")
def forgotten() -> ResponseReturnValue:
    """Say that the visit ended and that nothing typed was kept."""
    return render_template("kiosk/forgotten.html")


@blueprint.get("/under-age")
def under_age() -> ResponseReturnValue:
    """End kindly: this is for adults. Knows nothing of who was asked."""
    return render_template("kiosk/under_age.html")


@blueprint.post("/session/<session_id>/more")
def more_time(session_id: str) -> ResponseReturnValue:
    """Give the customer who asked for it another ten minutes."""
    session = _any_session(session_id)
    sessions().prolong(session)
    return "", 204


@blueprint.post("/session/<session_id>/end")
def end(session_id: str) -> ResponseReturnValue:
    """Forget this visit: done, stopped, or nobody there any more. Ending twice is no fault."""
    with contextlib.suppress(SessionGoneError):
        sessions().end(_any_session(session_id))
    done = request.form.get("why") == "done"
    response = redirect(url_for("kiosk.start" if done else "kiosk.forgotten"), 303)
    if done:  # the next customer is greeted in the kiosk's own language
        response.delete_cookie(LANGUAGE_COOKIE, httponly=True, samesite="Strict")
    return response


def _any_session(session_id: str) -> Session:
    return sessions().get(Session, session_id, this_place().holder)
