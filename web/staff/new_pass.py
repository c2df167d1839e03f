"""The tablet's "New pass…": staff check who it is, and get a code for the kiosk (R26).

Reached from the card of a customer whom this member of staff is greeting. The card lives for two
minutes and checking may take longer, so the page carries a key of its own for ten.
"""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import NotFound

from clienteling.service.arrivals import ArrivalGoneError
from clienteling.service.new_passes import CHECKS, CODE_LIFETIME
from consent.errors import ConsentMissingError
from consent.rights.requests import Identity
from web.context import current_hub
from web.errors import answer
from web.guards import this_staff
from web.limits import limited

blueprint = Blueprint("new_pass", __name__, url_prefix="/staff/new-pass")

#: Seconds in which the check must be done.
CHECKING = 600


@blueprint.before_request
def _only_with_passes() -> None:
    if not current_hub().home.by_pass:
        raise NotFound


@blueprint.get("/<uuid:arrival_id>")
def ask(arrival_id: UUID) -> ResponseReturnValue:
    """Ask how it was checked who the customer is."""
    hub, staff = current_hub(), this_staff()
    try:
        arrival = hub.board.get(str(arrival_id))
    except ArrivalGoneError:
        return _over()
    mine = arrival.claimed_by is not None and arrival.claimed_by.id == staff.id
    if not (mine and arrival.confirmed):
        sentence = gettext("First confirm with the customer that the card is theirs.")
        return answer(HTTPStatus.CONFLICT, gettext("New pass"), sentence)
    until = int(hub.now().timestamp()) + CHECKING
    return _page(key=_keys().dumps([arrival.subject_id, staff.id, until]))


@blueprint.post("")
@limited("10 per minute")
def allow() -> ResponseReturnValue:
    """Make the code. It is shown in this answer and nowhere again."""
    hub, staff = current_hub(), this_staff()
    key = request.form.get("key", "")
    try:
        subject_id, checker, until = _keys().loads(key)
    except BadSignature:
        return _over()
    if checker != staff.id or hub.now().timestamp() > until:
        return _over()
    checked = request.form.get("checked", "")
    if checked not in CHECKS:
        return _page(key=key, problem=gettext("Choose how you checked who it is.")), 400
    try:
        code = hub.new_passes.allow(subject_id, Identity(checked), actor=staff.id)
    except ConsentMissingError:
        problem = gettext(
            "The consent to be recognised does not stand (any more). The customer can give it at "
            "the kiosk."
        )
        return _page(problem=problem), HTTPStatus.FORBIDDEN
    shown = make_response(_page(code=code))
    # A code that nobody used is worth nothing then, and should not stay on the screen.
    shown.headers["Refresh"] = f"{CODE_LIFETIME.seconds}; url={url_for('staff.board')}"
    return shown


def _page(*, key: str = "", problem: str = "", code: str = "") -> str:
    return render_template(
        "staff/new_pass.html",
        key=key,
        problem=problem,
        code=code,
        checks=CHECKS,
        minutes=CODE_LIFETIME.seconds // 60,
    )


def _over() -> ResponseReturnValue:
    return answer(HTTPStatus.GONE, gettext("Ended"), gettext("Look the customer up again."))


def _keys() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="staff new pass")
