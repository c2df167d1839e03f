"""The tablet's field "Find a customer": the same card for who tells their name instead (R6)."""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import cast

from flask import Blueprint, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal, gettext
from itsdangerous import BadSignature, URLSafeSerializer

from clienteling.customers.directory import PreparingError
from clienteling.customers.find import Found, find
from clienteling.recognition.codes import read_codes
from clienteling.service.arrivals import ArrivalClaimedError, ArrivalGoneError
from clienteling.service.greeting import GreetingDesk
from clienteling.service.last_viewed import shown
from clienteling.service.openings import Reason
from web.context import current_hub
from web.errors import answer
from web.guards import this_staff
from web.kiosk.pictures import MAX_FRAME_BYTES, Body, body_of, decoded
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
    # A receipt's QR code is an address with the code behind its "#"; scanners type it whole.
    query = _text("query").rpartition("#")[2]
    try:
        found = find(hub.office, query, reader=staff.id, limit=SHOWN + 1, directory=hub.directory)
    except PreparingError as error:
        return _preparing(error)
    return jsonify(people=_people(found[:SHOWN]), more=len(found) > SHOWN)


@blueprint.get("/last")
@limited("20 per minute", ("GET",))
def last() -> ResponseReturnValue:
    """Return whom this member of staff opened last today."""
    hub = current_hub()
    return jsonify(people=_people(shown(hub.office, hub.viewed, this_staff().id)), more=False)


def _people(found: Sequence[Found]) -> list[dict[str, str]]:
    staff, until = this_staff(), int(current_hub().now().timestamp()) + CHOOSABLE
    return [
        {
            "name": each.name,
            "apart": told_apart(each),
            "key": str(_keys().dumps([each.subject_id, staff.id, until])),
        }
        for each in found
    ]


@blueprint.post("/choose")
@limited("20 per minute")
def choose() -> ResponseReturnValue:
    """Put the chosen customer on the board, claimed by who looked; return the arrival's id."""
    hub, staff = current_hub(), this_staff()
    subject_id = _chosen(staff.id)
    if subject_id is None:
        return _over()
    try:
        arrival = GreetingDesk(hub.office, hub.board, hub.bus).ask_for(subject_id, staff)
    except ArrivalGoneError:
        return _over()
    except ArrivalClaimedError:
        sentence = gettext("A colleague is already with this customer.")
        return answer(HTTPStatus.CONFLICT, gettext("With a colleague"), sentence)
    return jsonify(arrival_id=arrival.id)


@blueprint.post("/open")
@limited("20 per minute")
def open_customer() -> ResponseReturnValue:
    """Open the chosen customer's page, without an arrival; return its address."""
    hub, staff = current_hub(), this_staff()
    subject_id = _chosen(staff.id)
    if subject_id is None:
        return _over()
    opening_id = hub.openings.open(staff.id, subject_id, Reason.SEARCH)
    return jsonify(page=url_for("customer.page", opening_id=opening_id))


@blueprint.post("/code")
@limited("150 per minute")
def read_code() -> ResponseReturnValue:
    """Read the code in one picture (image/jpeg) of the tablet's camera; return its text.

    For browsers that cannot read one themselves. The picture is overwritten, and nothing looked
    up: the page searches for what was read, as for what is typed.
    """
    if request.mimetype != "image/jpeg":
        sentence = gettext("Send the picture as it is, not in a form.")
        return answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, gettext("Wrong kind"), sentence)
    stream = cast(Body, request.stream)  # a limited raw stream; its type says less than it is
    with (
        body_of(stream, request.content_length, MAX_FRAME_BYTES) as jpeg,
        decoded(jpeg) as image,
    ):
        codes = read_codes(image, barcodes=True)
    return jsonify(code=codes[0] if codes else None)


def _chosen(staff_id: str) -> str | None:
    """Return whom the posted key stands for; None: it is another's, or too old."""
    try:
        subject_id, finder, until = _keys().loads(_text("key"))
    except BadSignature:
        return None
    fresh = finder == staff_id and current_hub().now().timestamp() <= until
    return str(subject_id) if fresh else None


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
