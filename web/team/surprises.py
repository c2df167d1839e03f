"""Surprises: what is left of one's month, and noting one; from a card, also for that customer."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer

from clienteling.errors import UsageError
from clienteling.service.arrivals import ArrivalGoneError
from clienteling.team import surprises
from clienteling.team.amounts import month_of
from clienteling.team.surprises import WHAT, BudgetSpentError
from clienteling.team.terms import SURPRISES
from consent.purposes import Purpose
from consent.records import Grant, grant_for
from web.context import current_hub
from web.errors import answer
from web.guards import this_staff
from web.limits import limited
from web.team.words import cents_of, problem_word

blueprint = Blueprint("surprises", __name__, url_prefix="/staff/surprises")
#: Apart, because a card is for who had the training.
for_arrival = Blueprint("surprise_for", __name__, url_prefix="/staff/surprises/for")

#: Seconds in which a surprise for the customer of a card can be noted; the card is gone sooner.
NOTING = 600


@for_arrival.get("/<uuid:arrival_id>")
def ask(arrival_id: UUID) -> ResponseReturnValue:
    """Ask what the customer of a card gets, who is with this member of staff."""
    hub, staff = current_hub(), this_staff()
    try:
        arrival = hub.board.get(str(arrival_id))
    except ArrivalGoneError:
        return _over()
    if arrival.claimed_by is None or arrival.claimed_by.id != staff.id or not arrival.confirmed:
        sentence = gettext("First confirm with the customer that the card is theirs.")
        return answer(HTTPStatus.CONFLICT, gettext("Surprise"), sentence)
    until = int(hub.now().timestamp()) + NOTING
    return _page(key=_keys().dumps([arrival.subject_id, staff.id, until]))


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show how one's month stands."""
    return _page(noted=request.args.get("noted", ""))


@blueprint.post("")
@limited("20 per minute")
def note() -> ResponseReturnValue:
    """Note a surprise; nobody approves it."""
    office, staff, key = current_hub().office, this_staff(), request.form.get("key", "")
    try:
        customer = _customer(key) if key else None
    except BadSignature:
        return _over()
    try:
        cents = cents_of(request.form.get("amount", ""))
        what = request.form.get("what", "")
        noted = surprises.note_surprise(
            office,
            what,
            cents,
            by=staff.id,
            customer=customer,
            directory=current_hub().directory,
        )
    except BudgetSpentError as error:
        return _page(key=key, problem=problem_word(error)), HTTPStatus.FORBIDDEN
    except UsageError as error:
        return _page(key=key, problem=problem_word(error)), HTTPStatus.BAD_REQUEST
    with_customer = "kept" if noted.with_customer else "not-kept"
    said = with_customer if key else "yes"
    return redirect(url_for("surprises.overview", noted=said), 303)


@blueprint.post("/<uuid:surprise_id>/take-back")
def take_back(surprise_id: UUID) -> ResponseReturnValue:
    """Take back a slip of the finger."""
    try:
        surprises.take_back(current_hub().office, str(surprise_id), by=this_staff().id)
    except UsageError as error:
        return _page(problem=problem_word(error)), HTTPStatus.CONFLICT
    return redirect(url_for("surprises.overview"), 303)


def _customer(key: str) -> Grant | None:
    """Return the consent under which it is kept with the customer of a key; None: none stands.

    Raises:
        BadSignature: the key is none, another's, or too old.
    """
    hub = current_hub()
    subject_id, holder, until = _keys().loads(key)
    if holder != this_staff().id or hub.now().timestamp() > until:
        raise BadSignature("too old, or another's")
    with hub.databases.identity.read() as identity:
        return grant_for(identity, subject_id, Purpose.PREFERENCES, hub.now())


def _page(*, key: str = "", problem: str = "", noted: str = "") -> str:
    hub, staff = current_hub(), this_staff()
    now = hub.office.wall(hub.now())
    with hub.databases.identity.read() as identity:
        budget = surprises.budget_of(identity, staff.id, now)
        mine = surprises.spent_by(identity, staff.id, month_of(now), hub.office.zone)
    return render_template(
        "team/surprises.html",
        budget=budget,
        mine=mine,
        today=hub.office.today(),
        key=key,
        problem=problem,
        noted=noted,
        given=request.form,
        longest=WHAT,
        months_kept=SURPRISES.days // 30,
    )


def _over() -> ResponseReturnValue:
    return answer(HTTPStatus.GONE, gettext("Ended"), gettext("Look the customer up again."))


def _keys() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="staff surprise")
