"""The tablet shows the question's code: to anybody, or to the customer whom staff greet."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from web.context import current_hub
from web.errors import answer
from web.guards import this_staff
from web.help.customer import subject_of_arrival
from web.public.files import address
from web.public.sheet import qr_of

blueprint = Blueprint("smile_ask", __name__, url_prefix="/staff/smile")


@blueprint.get("")
def ask() -> ResponseReturnValue:
    """Show a code for somebody; nobody knows for whom."""
    return _page(current_hub().smiles.ask(), known=False)


@blueprint.get("/<uuid:arrival_id>")
def ask_for(arrival_id: UUID) -> ResponseReturnValue:
    """Show a code for the customer whom this member of staff greets; that is logged."""
    subject_id = subject_of_arrival(str(arrival_id))
    if subject_id is None:
        sentence = gettext("Open the customer’s card again, and confirm that it is theirs.")
        return answer(HTTPStatus.GONE, gettext("Ended"), sentence)
    return _page(current_hub().smiles.ask(subject_id, actor=this_staff().id), known=True)


def _page(token: str, *, known: bool) -> str:
    target = f"{address()}{url_for('smile.question', token=token)}"
    return render_template("smile/code.html", qr=qr_of(target), known=known)
