"""A customer in the shop asks to be forgotten: a manager erases, with or without keeping figures.

Two acts: the page says what goes and what stays, and nothing happens until it is ticked and sent.
"""

from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.customers.find import names_of
from clienteling.oversight.requests import erase_on_request
from clienteling.service.openings import Opening, OpeningGoneError
from clienteling.upkeep.depersonalising import depersonalise
from consent.errors import SubjectUnknownError
from consent.office import Withdrawal
from consent.rights.requests import Channel
from web.context import current_hub
from web.errors import answer
from web.guards import this_staff
from web.kiosk.receipt import slip_of
from web.limits import limited
from web.public.files import address
from web.public.sheet import check_address, qr_of
from web.staff.customer import opened

blueprint = Blueprint("forget", __name__, url_prefix="/staff/customers")


class Way(StrEnum):
    """What is left of the purchases."""

    ALL = "all"
    FIGURES = "figures"


@blueprint.errorhandler(OpeningGoneError)
@blueprint.errorhandler(SubjectUnknownError)
def _gone(_error: Exception) -> ResponseReturnValue:
    sentence = gettext("This page has ended, or the customer was erased already.")
    return answer(HTTPStatus.GONE, gettext("Ended"), sentence)


@blueprint.get("/<uuid:opening_id>/forget")
def ask(opening_id: UUID) -> ResponseReturnValue:
    """Say what goes and what stays, and ask which."""
    return _page(opened(opening_id))


@blueprint.post("/<uuid:opening_id>/forget")
@limited("10 per minute")
def forget(opening_id: UUID) -> ResponseReturnValue:
    """Erase, once it is chosen how and ticked that it is meant; show the receipt."""
    opening, chosen = opened(opening_id), request.form.get("way", "")
    if chosen not in set(Way):
        return _page(opening, gettext("Choose what happens to the figures.")), 400
    if request.form.get("sure") != "yes":
        problem = gettext("Tick that the customer asks for this; then press again.")
        return _page(opening, problem), 400
    office = current_hub().office
    if chosen == Way.FIGURES:
        done = depersonalise(office, opening.subject_id, actor=opening.staff_id)
    else:
        done = erase_on_request(office, opening.subject_id, Channel.SHOP, actor=opening.staff_id)
    return _done(done, figures=chosen == Way.FIGURES)


def _page(opening: Opening, problem: str = "") -> str:
    office, who = current_hub().office, opening.subject_id
    found = names_of(office, [who], reader=this_staff().id, by="erasing").get(who)
    if found is None:
        raise OpeningGoneError
    return render_template(
        "staff/forget.html",
        opening=opening,
        name=found.name,
        problem=problem,
        way=request.form.get("way", ""),
    )


def _done(done: Withdrawal, *, figures: bool) -> str:
    receipt = done.receipt
    return render_template(
        "staff/forgotten.html",
        figures=figures,
        slip=slip_of(receipt) if receipt else None,
        qr=qr_of(check_address(receipt, address())) if receipt else None,
    )
