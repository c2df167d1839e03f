"""The tablet's lists: customers to come back to, one's own and the shop's. No allergies here."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.customers import lists
from clienteling.customers.lists import STORE, Listed
from clienteling.oversight.actors import names
from clienteling.service.openings import Reason
from consent.errors import ConsentMissingError
from web.context import current_hub
from web.errors import answer
from web.guards import this_staff
from web.limits import limited

blueprint = Blueprint("lists", __name__, url_prefix="/staff/lists")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show both lists; each customer on them is logged as read."""
    hub, staff = current_hub(), this_staff()
    mine = lists.on_list(hub.office, staff.id, reader=staff.id)
    shops = lists.on_list(hub.office, STORE, reader=staff.id)
    with hub.databases.identity.read() as identity:
        authors = names(identity, {one.entry.author for one in shops})
    return render_template(
        "staff/lists.html", mine=mine, shops=shops, authors=authors, today=hub.office.today()
    )


@blueprint.post("/<uuid:entry_id>/open")
@limited("60 per minute")
def open_customer(entry_id: UUID) -> ResponseReturnValue:
    """Open the page of who stands there."""
    entry = _entry(entry_id)
    if entry is None:
        return _gone()
    opening_id = current_hub().openings.open(this_staff().id, entry.subject_id, Reason.LIST)
    return redirect(url_for("customer.page", opening_id=opening_id), 303)


@blueprint.post("/<uuid:entry_id>/done")
@limited("60 per minute")
def done(entry_id: UUID) -> ResponseReturnValue:
    """Take an entry off. One that is gone already is no fault."""
    entry = _entry(entry_id)
    if entry is not None:
        try:
            lists.take_off(current_hub().office, entry.subject_id, entry.id, actor=this_staff().id)
        except ConsentMissingError:
            return _gone()
    return redirect(url_for("lists.overview"), 303)


def _entry(entry_id: UUID) -> Listed | None:
    return lists.find_entry(current_hub().office, str(entry_id), staff=this_staff().id)


def _gone() -> ResponseReturnValue:
    sentence = gettext("This customer is no longer on the list.")
    return answer(HTTPStatus.GONE, gettext("Ended"), sentence)
