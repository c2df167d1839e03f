"""The staff tablet: who has just arrived, their card, and the four things to do about it."""

import json
from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.access.devices import PairedDevice, live_tills
from clienteling.customers.opinions import Verdict
from clienteling.service.arrivals import (
    Arrival,
    ArrivalClaimedError,
    ArrivalGoneError,
    CardUnreadableError,
    Staff,
)
from clienteling.service.briefing import brief
from clienteling.service.figures import Figure, count
from clienteling.service.greeting import GreetingDesk
from clienteling.service.sightings import TABLETS
from clienteling.service.stop import is_stopped
from clienteling.till import attaching
from clienteling.till.desk import AttachmentGoneError
from web.context import current_hub
from web.errors import answer
from web.guards import this_staff
from web.sse import stream
from web.staff.card import SuggestionView, suggestions_of, view_of

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


@blueprint.get("")
def board() -> str:
    """Show the page. It holds nothing personal: the cards are fetched one by one."""
    return render_template("staff/board.html")


@blueprint.get("/events")
def events() -> Response:
    """Stream ids of what happened; resumed from Last-Event-ID.

    Every connection begins with `hello`: another boot means that the hub's list is another one.
    """
    hub = current_hub()
    hello = json.dumps({"boot": hub.bus.boot})
    return stream(hub, TABLETS, request.headers.get("Last-Event-ID"), first=("hello", hello))


@blueprint.get("/arrivals")
def arrivals() -> Response:
    """List the live arrivals, newest first, by id; and whether recognition is stopped.

    `mark` changes when a card must be fetched again; `left` counts the seconds that it may stay.
    """
    hub, now = current_hub(), current_hub().now()
    with hub.databases.identity.read() as identity:
        stopped = is_stopped(identity)
    return jsonify(
        stopped=stopped,
        arrivals=[
            {"id": arrival.id, "mark": arrival.mark, "left": arrival.seconds_left(now)}
            for arrival in hub.board.live()
        ],
    )


@blueprint.get("/arrivals/<uuid:arrival_id>/card")
def card(arrival_id: UUID) -> ResponseReturnValue:
    """Return the card as a piece of HTML. The read is logged."""
    try:
        opened = _desk().open(str(arrival_id), this_staff())
    except ArrivalGoneError:
        return _gone()
    except CardUnreadableError:
        return _unreadable()
    hub, briefing = current_hub(), None
    suggestions: tuple[SuggestionView, ...] = ()
    view = view_of(opened, hub.office.wall_now())
    if view.confirmed:
        try:
            briefing = brief(hub.office, hub.suggestions, opened.arrival, this_staff())
        except ArrivalGoneError:
            return _gone()
        except CardUnreadableError:
            return _unreadable()
        suggestions = suggestions_of(briefing.suggested, hub.home.config.store.currency)
    return render_template(
        "staff/card.html",
        view=view,
        by_pass=hub.home.by_pass,
        briefing=briefing,
        suggestions=suggestions,
        tills=_tills() if view.mine else (),
    )


@blueprint.post("/arrivals/<uuid:arrival_id>/claim")
def claim(arrival_id: UUID) -> ResponseReturnValue:
    """Say that this member of staff goes: the others see it."""
    return _act(_desk().claim, arrival_id)


@blueprint.post("/arrivals/<uuid:arrival_id>/greeted")
def greeted(arrival_id: UUID) -> ResponseReturnValue:
    """Say that this member of staff greeted the customer."""
    return _act(_desk().greeted, arrival_id)


@blueprint.post("/arrivals/<uuid:arrival_id>/stay")
def stay(arrival_id: UUID) -> ResponseReturnValue:
    """Let a card that is being served stay; say for how many seconds."""
    hub = current_hub()
    try:
        arrival = hub.board.stay(str(arrival_id), this_staff())
    except ArrivalGoneError:
        return _gone()
    return jsonify(left=arrival.seconds_left(hub.now()))


@blueprint.post("/arrivals/<uuid:arrival_id>/liked")
def liked(arrival_id: UUID) -> ResponseReturnValue:
    """Keep that the customer liked a suggestion."""
    return _opinion(arrival_id, Verdict.LIKED)


@blueprint.post("/arrivals/<uuid:arrival_id>/refused")
def refused(arrival_id: UUID) -> ResponseReturnValue:
    """Keep that the customer did not want a suggestion."""
    return _opinion(arrival_id, Verdict.REFUSED)


@blueprint.post("/arrivals/<uuid:arrival_id>/sale")
def start_sale(arrival_id: UUID) -> ResponseReturnValue:
    """Attach the customer to a till of the shop; with one till, nothing needs to be chosen.

    The cashier asks whether it is them, unless that was asked on this card (R32).
    """
    hub, staff = current_hub(), this_staff()
    body = request.get_json(silent=True)
    chosen = body.get("till") if isinstance(body, dict) else None
    tills = [till.id for till in _tills()]
    till = tills[0] if chosen is None and len(tills) == 1 else chosen
    if till not in tills:
        sentence = gettext("Choose a till of this shop. A manager pairs them.")
        return answer(HTTPStatus.BAD_REQUEST, gettext("No such till"), sentence)
    try:
        arrival = hub.board.get(str(arrival_id))
        if arrival.claimed_by != staff:
            _desk().claim(arrival.id, staff)
        attaching.send(
            hub.office,
            hub.till,
            arrival.subject_id,
            till=till,
            confirmed=arrival.confirmed,
            actor=staff.id,
        )
    except (ArrivalGoneError, AttachmentGoneError):
        return _gone()
    except ArrivalClaimedError:
        return _taken(str(arrival_id))
    return "", HTTPStatus.NO_CONTENT


def _tills() -> tuple[PairedDevice, ...]:
    with current_hub().databases.identity.read() as identity:
        return live_tills(identity)


def _opinion(arrival_id: UUID, verdict: Verdict) -> ResponseReturnValue:
    body = request.get_json(silent=True)
    product = body.get("product") if isinstance(body, dict) else None
    hub = current_hub()
    try:
        arrival = hub.board.get(str(arrival_id))
        hub.suggestions.say(arrival, this_staff(), str(product), verdict)
    except ArrivalGoneError:
        return _gone()
    if verdict is Verdict.LIKED:
        with hub.databases.identity.write() as identity:
            count(identity, Figure.SUGGESTION_LIKED, hub.now())
    return "", HTTPStatus.NO_CONTENT


@blueprint.post("/arrivals/<uuid:arrival_id>/release")
def release(arrival_id: UUID) -> ResponseReturnValue:
    """Give the customer back to the colleagues."""
    return _act(_desk().release, arrival_id)


@blueprint.post("/arrivals/<uuid:arrival_id>/confirm")
def confirm(arrival_id: UUID) -> ResponseReturnValue:
    """The customer said that it is them: allergies open (R32)."""
    return _act(_desk().confirm, arrival_id)


@blueprint.post("/arrivals/<uuid:arrival_id>/not-this-person")
def not_this_person(arrival_id: UUID) -> ResponseReturnValue:
    """Recognition was wrong: the card leaves every tablet."""
    return _act(_desk().not_this_person, arrival_id)


def _act(act: Callable[[str, Staff], None], arrival_id: UUID) -> ResponseReturnValue:
    try:
        act(str(arrival_id), this_staff())
    except ArrivalGoneError:
        return _gone()
    except ArrivalClaimedError:
        return _taken(str(arrival_id))
    return "", HTTPStatus.NO_CONTENT


def _gone() -> ResponseReturnValue:
    sentence = gettext("This card has ended. If the customer is still here, simply greet them.")
    return answer(HTTPStatus.GONE, gettext("Ended"), sentence)


def _unreadable() -> ResponseReturnValue:
    sentence = gettext(
        "The data of this customer is damaged and cannot be read. Greet them without the card. "
        "Tell the privacy officer."
    )
    return answer(HTTPStatus.SERVICE_UNAVAILABLE, gettext("Cannot be read"), sentence)


def _taken(arrival_id: str) -> ResponseReturnValue:
    colleague = _claimed_by(arrival_id)
    sentence = gettext("%(name)s is already with this customer.", name=colleague)
    return answer(HTTPStatus.CONFLICT, gettext("With a colleague"), sentence)


def _claimed_by(arrival_id: str) -> str:
    try:
        arrival: Arrival = current_hub().board.get(arrival_id)
    except ArrivalGoneError:
        return gettext("A colleague")
    return gettext("A colleague") if arrival.claimed_by is None else arrival.claimed_by.name


def _desk() -> GreetingDesk:
    hub = current_hub()
    return GreetingDesk(hub.office, hub.board, hub.bus)
