"""How was your visit? One question, no sign-in, nothing personal; on a phone or at the kiosk.

Whatever the answer, the same invitation to tell others is shown: who was disappointed is not kept
from it, and nobody is asked twice (docs/decisions/0252).
"""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.errors import UsageError
from clienteling.service.helpbar.kinds import LONGEST, LONGEST_NAME, LONGEST_PHONE, Asked
from clienteling.service.smiles import Smile, SmileGoneError, invitation
from web.context import current_hub
from web.guards import current_device
from web.limits import limited
from web.public.sheet import qr_of

blueprint = Blueprint("smile", __name__, url_prefix="/smile")

#: Seconds in which words can be written at the kiosk.
_IDLE = 180


@blueprint.after_request
def _leave_the_kiosk(response: Response) -> Response:
    """Lead the kiosk back to its start when nobody touches it: the next customer waits."""
    if current_device("kiosk") is not None:
        response.headers["Refresh"] = f"{_IDLE}; url={url_for('kiosk.start')}"
    return response


@blueprint.get("")
@limited("20 per minute", methods=("GET",))
def begin() -> ResponseReturnValue:
    """Begin from the shop's printed code: a token for one answer."""
    return redirect(url_for("smile.question", token=current_hub().smiles.ask()), 303)


@blueprint.get("/<token>")
@limited("60 per minute", methods=("GET",))
def question(token: str) -> ResponseReturnValue:
    """Ask."""
    if not current_hub().smiles.is_open(token):
        return _over()
    return _ask(token)


@blueprint.post("/<token>")
@limited("20 per minute")
def answer(token: str) -> ResponseReturnValue:
    """Count the answer, and thank."""
    given = request.form.get("smile", "")
    smile = next((one for one in Smile if one.value == given), None)
    if smile is None:
        return _ask(token, gettext("Touch one of the three.")), 400
    try:
        key = current_hub().smiles.answer(token, smile)
    except SmileGoneError:
        return _over()
    return _thanks(smile, key)


@blueprint.post("/words")
@limited("5 per minute")
def words() -> ResponseReturnValue:
    """Take what a disappointed customer wrote: somebody takes care of it."""
    form = request.form
    key = form.get("key", "")
    asked = Asked(form.get("what", ""), form.get("first_name", ""), form.get("phone", ""))
    try:
        current_hub().smiles.tell(key, asked)
    except SmileGoneError:
        return _over()
    except UsageError:
        problem = (
            gettext("This is too long. Shorten it.")
            if asked.what.strip()
            else gettext("Tell us in a few words what went wrong.")
        )
        return _thanks(Smile.DISAPPOINTED, key, problem), 400
    return render_template("smile/taken.html", **_frame())


def _ask(token: str, problem: str = "") -> str:
    return render_template("smile/question.html", token=token, problem=problem, **_frame())


def _thanks(smile: Smile, key: str, problem: str = "") -> str:
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        told = invitation(identity)
    return render_template(
        "smile/thanks.html",
        smile=smile,
        key=key,
        known=bool(key) and hub.smiles.knows_whose(key),
        invitation=told,
        qr=qr_of(told.link) if told.link else None,
        problem=problem,
        given=request.form if problem else {},
        longest=LONGEST,
        longest_name=LONGEST_NAME,
        longest_phone=LONGEST_PHONE,
        **_frame(),
    )


def _over() -> ResponseReturnValue:
    return render_template("smile/over.html", **_frame()), HTTPStatus.GONE


def _frame() -> dict[str, bool]:
    """Say whether this is the kiosk: there a page leads back to its start, and links nowhere."""
    return {"at_kiosk": current_device("kiosk") is not None}
