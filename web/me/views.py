"""The customer's own page, on their phone: the kiosk's pages behind the receipt code, and no more.

`door` asks for the code and is open to everybody; `own` is for who gave a right one. It has no page
of its own but those of the kiosk that need neither a camera nor a member of staff beside it: what
opens here opens at the kiosk with the same code (docs/decisions/0316).
"""

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from web.errors import answer, wants_json
from web.kiosk import leave, own_lists, rights, views
from web.kiosk.context import leaving, screen, sessions
from web.kiosk.sessions import SessionGoneError
from web.limits import limited
from web.me.visit import PATH, CodeNeededError, give_cookie, open_visit, take_cookie

door = Blueprint("me", __name__, url_prefix=PATH)
own = Blueprint("own", __name__, url_prefix=PATH)

#: What this page has of the kiosk: address, view, method.
_SHARED = (
    ("/<session_id>", rights.my_data, "GET"),
    ("/<session_id>/data", rights.show_data, "POST"),
    ("/<session_id>/correct", rights.correction, "GET"),
    ("/<session_id>/correct", rights.correct_now, "POST"),
    ("/<session_id>/restrict", rights.restrict_now, "POST"),
    ("/<session_id>/complain", rights.complain, "GET"),
    ("/<session_id>/complain", rights.complain_now, "POST"),
    ("/<session_id>/lists", own_lists.my_lists, "GET"),
    ("/<session_id>/lists", own_lists.change_my_lists, "POST"),
    ("/<session_id>/leave", leave.choose_leaving, "GET"),
    ("/<session_id>/leave", leave.end_consent, "POST"),
    ("/<session_id>/leave/erase", leave.confirm_erasing, "GET"),
    ("/<session_id>/leave/done", leave.left, "GET"),
    (leave.LEFT_FILE, leave.left_file, "GET"),
    ("/<session_id>/more", views.more_time, "POST"),
)
for _address, _view, _method in _SHARED:
    own.add_url_rule(_address, view_func=_view, methods=[_method])


@door.get("")
def start() -> ResponseReturnValue:
    """Ask for the receipt code."""
    return render_template("me/start.html", problem=None)


@door.post("")
@limited("5 per minute; 30 per hour", overall="120 per minute")
def check_code() -> ResponseReturnValue:
    """Find whose receipt it is; right and wrong cost the same work, and wrong says nothing more."""
    subject_id = leave.subject_of_code()
    if subject_id is None:
        return render_template("me/start.html", problem=leave.unknown_code()), 404
    visit_id, token = open_visit(subject_id)
    response = make_response(redirect(url_for("own.my_data", session_id=visit_id), 303))
    give_cookie(response, token)
    return response


@door.get("/closed")
def closed() -> ResponseReturnValue:
    """Say that the page is closed and that nothing of it stays here."""
    response = make_response(render_template("me/closed.html"))
    take_cookie(response)
    return response


@own.post("/<session_id>/end")
def end(session_id: str) -> ResponseReturnValue:
    """Close the page: what the button does, and the page itself when it was left alone."""
    sessions().end(leaving(session_id))
    return redirect(url_for("me.closed"), 303)


@own.errorhandler(CodeNeededError)
@own.errorhandler(SessionGoneError)
def _closed_already(_error: Exception) -> ResponseReturnValue:
    """Lead to the page that says so."""
    if wants_json():
        return answer(401, "code_needed", "This page is closed. Enter the receipt code again.")
    return redirect(url_for("me.closed"), 303)


@door.context_processor
@own.context_processor
def _on_a_phone() -> dict[str, object]:
    return {**screen(), "at_kiosk": False}
