"""The customer's page on the tablet: everything that staff may know, on one screen.

Its address carries an opening (`clienteling.service.openings`), never the customer's number. Each
time it is shown is logged. Allergies are on it only while this member of staff has confirmed the
customer's arrival (R32); the e-mail address comes when it is asked for.
"""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from flask_security import current_user

from clienteling.access.users import RoleName
from clienteling.customers import dates, intents, lists, notes, sizes, wishes
from clienteling.customers.choices import ChoiceKind, choices
from clienteling.customers.lists import STORE
from clienteling.customers.page import CustomerPage, contact_of, open_page
from clienteling.oversight.actors import names
from clienteling.service.arrivals import ArrivalGoneError
from clienteling.service.greeting import GreetingDesk
from clienteling.service.helpbar.lists import open_for
from clienteling.service.openings import Opening, OpeningGoneError, Reason
from consent.errors import ConsentMissingError, KeyUnavailableError
from web.context import current_hub
from web.errors import answer
from web.guards import this_staff
from web.languages import language
from web.limits import limited
from web.staff.card import AllergyView, view_of

blueprint = Blueprint("customer", __name__, url_prefix="/staff/customers")

#: Month and day of a date that comes back each year are shown in a year that has them all.
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Refused:
    """What was not taken, for the form that it came from.

    Attributes:
        form: Which form: "note", "tag", "size", "wish", "date", "list"; "": the page itself.
        sentence: Why, and what to do.
        ask: It is taken when it is sent once more.
    """

    form: str
    sentence: str
    ask: bool = False


@blueprint.errorhandler(OpeningGoneError)
def _gone(_error: OpeningGoneError) -> ResponseReturnValue:
    sentence = gettext("This page has ended. Look the customer up again.")
    return answer(HTTPStatus.GONE, gettext("Ended"), sentence)


@blueprint.errorhandler(ConsentMissingError)
@blueprint.errorhandler(KeyUnavailableError)
def _not_shared(_error: Exception) -> ResponseReturnValue:
    sentence = gettext("The customer does not share this (any more), or is no longer a member.")
    return answer(HTTPStatus.FORBIDDEN, gettext("Not shared"), sentence)


@blueprint.get("/arrival/<uuid:arrival_id>")
def of_arrival(arrival_id: UUID) -> ResponseReturnValue:
    """Open the page of a customer whom this member of staff greets."""
    hub, staff = current_hub(), this_staff()
    try:
        arrival = hub.board.get(str(arrival_id))
    except ArrivalGoneError:
        raise OpeningGoneError from None
    if arrival.claimed_by is None or arrival.claimed_by.id != staff.id:
        sentence = gettext("First touch “I’ll greet” on the card.")
        return answer(HTTPStatus.CONFLICT, gettext("Not your card"), sentence)
    opening_id = hub.openings.open(staff.id, arrival.subject_id, Reason.ARRIVAL)
    return redirect(url_for("customer.page", opening_id=opening_id), 303)


@blueprint.get("/<uuid:opening_id>")
def page(opening_id: UUID) -> ResponseReturnValue:
    """Show the page; logged."""
    return shown(opened(opening_id))


@blueprint.post("/<uuid:opening_id>/contact")
@limited("30 per minute")
def contact(opening_id: UUID) -> ResponseReturnValue:
    """Tell phone number and e-mail address, for a moment; logged by itself."""
    opening = opened(opening_id)
    known = contact_of(current_hub().office, opening.subject_id, reader=opening.staff_id)
    return jsonify(contact=known)


def opened(opening_id: UUID) -> Opening:
    """Return the opening of this member of staff.

    Raises:
        OpeningGoneError: it ended, or is a colleague's.
    """
    return current_hub().openings.use(str(opening_id), this_staff().id)


def shown(opening: Opening, refused: Refused | None = None) -> str:
    """Return the page, with what was refused.

    Raises:
        ConsentMissingError: the customer is gone or restricted.
    """
    hub = current_hub()
    opened_page = open_page(
        hub.office, opening.subject_id, reader=opening.staff_id, reason=opening.reason.value
    )
    with hub.databases.identity.read() as identity:
        lists_of_shop = {kind.value: choices(identity, kind) for kind in ChoiceKind}
        authors = names(identity, _actors(opened_page))
    return render_template(
        "staff/customer.html",
        opening=opening,
        page=opened_page,
        allergies=_allergies(opening),
        help=open_for(hub.office, opening.subject_id),
        refused=refused,
        choices=lists_of_shop,
        authors=authors,
        me=opening.staff_id,
        is_manager=bool(current_user.has_role(RoleName.MANAGER.value)),
        day_of=lambda at: format_date(hub.office.wall(at), "d MMMM yyyy"),
        store_list=STORE,
        today=hub.office.today(),
        limits={
            "note": notes.LONGEST,
            "size": sizes.LONGEST,
            "wish": wishes.LONGEST,
            "date": dates.LONGEST,
            "intent": intents.LONGEST,
            "list": lists.LONGEST,
        },
        language_now=language(),
        yearly=_yearly,
        months=[(month, format_date(date(_LEAP_YEAR, month, 1), "LLLL")) for month in range(1, 13)],
    )


def _allergies(opening: Opening) -> AllergyView | None:
    """Return the allergies while this member of staff has confirmed the customer's arrival."""
    hub, staff = current_hub(), this_staff()
    for arrival in hub.board.of_subject(opening.subject_id):
        is_mine = arrival.claimed_by is not None and arrival.claimed_by.id == staff.id
        if arrival.confirmed and is_mine:
            try:
                card = GreetingDesk(hub.office, hub.board, hub.bus).open(arrival.id, staff)
            except ArrivalGoneError:
                return None
            return view_of(card, hub.office.wall_now()).allergies
    return None


def _actors(opened_page: CustomerPage) -> set[str | None]:
    written = () if opened_page.shared is None else opened_page.shared.notes
    return {
        *(note.content.author for note in written),
        *(entry.content.author for entry in opened_page.lists),
    }


def _yearly(month: int, day: int) -> str:
    """Return a day of every year in words: "1 May"."""
    return str(format_date(date(_LEAP_YEAR, month, day), "d MMMM"))
