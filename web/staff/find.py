"""The tablet's field "Find a customer": the same card for who tells their name instead (R6)."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal, gettext
from itsdangerous import BadSignature, URLSafeSerializer

from clienteling.customers.directory import PreparingError
from clienteling.customers.find import Found, find
from clienteling.service.arrivals import ArrivalClaimedError, ArrivalGoneError
from clienteling.service.greeting import GreetingDesk
from web.context import current_hub
from web.errors import answer
from web.guards import this_staff
from web.limits import limited

blueprint = Blueprint("find", __name__, url_prefix="/staff/find")

#: How many names are shown; with more than that, more must be typed.
SHOWN = 5
#: Seconds in which a name can be chosen. The page forgets the names sooner, after 30.
CHOOSABLE = 60
_LONGEST = 254


@blueprint.post("")
@limited("20 per minute")
def search() -> ResponseReturnValue:
    """Return who fits. The body carries what was typed: it never stands in an address.

    Each name comes with a key, without which no card opens: whoever opens one has looked for it
    just now, and that search is in the log.
    """
    hub, staff = current_hub(), this_staff()
    try:
        found = find(
            hub.office,
            _text("query"),
            reader=staff.id,
            limit=SHOWN + 1,
            directory=hub.directory,
        )
    except PreparingError as error:
        return _preparing(error)
    until = int(hub.now().timestamp()) + CHOOSABLE
    people = [
        {
            "name": each.name,
            "apart": told_apart(each),
            "key": _keys().dumps([each.subject_id, staff.id, until]),
        }
        for each in found[:SHOWN]
    ]
    return jsonify(people=people, more=len(found) > SHOWN)


@blueprint.post("/choose")
@limited("20 per minute")
def choose() -> ResponseReturnValue:
    """Put the chosen customer on the board, claimed by who looked; return the arrival's id."""
    hub, staff = current_hub(), this_staff()
    try:
        subject_id, finder, until = _keys().loads(_text("key"))
    except BadSignature:
        return _over()
    if finder != staff.id or hub.now().timestamp() > until:
        return _over()
    try:
        arrival = GreetingDesk(hub.office, hub.board, hub.bus).ask_for(subject_id, staff)
    except ArrivalGoneError:
        return _over()
    except ArrivalClaimedError:
        sentence = gettext("A colleague is already with this customer.")
        return answer(HTTPStatus.CONFLICT, gettext("With a colleague"), sentence)
    return jsonify(arrival_id=arrival.id)


def told_apart(found: Found) -> str:
    """Say what tells somebody apart from others of that name; "" where nobody else has it."""
    if found.phone_end is not None:
        return gettext("phone ends in %(end)s", end=found.phone_end)
    if found.joined is not None:
        since = format_date(date.fromisoformat(f"{found.joined}-01"), "MMMM yyyy")
        return gettext("customer since %(month)s", month=since)
    return ""


def _preparing(error: PreparingError) -> ResponseReturnValue:
    sentence = gettext(
        "The list of names is being prepared: %(ready)s of %(of)s. Until then look up by e-mail "
        "address, phone number or card.",
        ready=format_decimal(error.ready),
        of=format_decimal(error.of),
    )
    return answer(HTTPStatus.SERVICE_UNAVAILABLE, gettext("Being prepared"), sentence)


def _over() -> ResponseReturnValue:
    return answer(HTTPStatus.GONE, gettext("Ended"), gettext("Look the customer up again."))


def _text(field: str) -> str:
    """Return a text of the request's JSON; "" for anything else, which finds nobody."""
    body = request.get_json(silent=True)
    value = body.get(field) if isinstance(body, dict) else None
    return value[:_LONGEST] if isinstance(value, str) else ""


def _keys() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="staff find")
