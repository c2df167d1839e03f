"""The tablet's entry "a customer asks for…": taken in here, answered by the privacy officer."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.oversight.finding import FindBy, find_customer
from consent.rights.request_acts import Received, receive
from consent.rights.request_text import LONGEST
from consent.rights.requests import Channel, Identity, RequestKind, RequestView
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited

blueprint = Blueprint("asks", __name__, url_prefix="/staff/asks")

_LONGEST_GIVEN = 254


@blueprint.get("")
def asks() -> ResponseReturnValue:
    """Ask what the customer asks for."""
    return _page()


@blueprint.post("")
@limited("20 per minute")
def take_in() -> ResponseReturnValue:
    """Take it in; what was typed goes into no address and no log."""
    office, staff = current_hub().office, this_staff()
    form = request.form
    try:
        kind = RequestKind(form.get("kind", ""))
    except ValueError:
        return _page(gettext("Choose what the customer asks for.")), 400
    given = form.get("given", "").strip()[:_LONGEST_GIVEN]
    by = FindBy.EMAIL if "@" in given else FindBy.CODE
    subject = find_customer(office, by, given, actor=staff.id) if given else None
    if given and subject is None:
        return _page(gettext("Nobody here has this code or e-mail address. Check it.")), 404
    if subject is None and kind is not RequestKind.COMPLAINT:
        problem = gettext(
            "Ask for the receipt code or the e-mail address. Complaints need neither."
        )
        return _page(problem), 400
    received = Received(
        kind=kind,
        channel=Channel.SHOP,
        subject_id=subject,
        identity=Identity.CODE if given and by is FindBy.CODE else None,
        text=form.get("text", ""),
        wrong_person=form.get("wrong_person") == "yes",
    )
    return _page(made=receive(office, received, actor=staff.id))


def _page(problem: str = "", made: RequestView | None = None) -> str:
    return render_template(
        "staff/asks.html",
        problem=problem,
        made=made,
        kinds=tuple(RequestKind),
        kind=request.form.get("kind", "") if problem else "",
        longest=LONGEST,
    )
