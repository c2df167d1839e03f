"""The till asks who somebody is, by face (docs/integrators/till.md): only when the customer asks.

The camera at that till looks for ten seconds, and whoever stands there makes three steps. What is
answered is how far it is; once somebody is recognised, an attachment like any other.
"""

from uuid import UUID

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.service.windows import Outcome
from clienteling.till.identifying import Identification as Asked
from clienteling.till.messages import Identification
from web.api.operations import Operation, operation, reply
from web.api.till import attachment_of
from web.context import current_hub
from web.errors import answer
from web.guards import this_device
from web.limits import limited

blueprint = Blueprint("api_till_identifying", __name__, url_prefix="/api/v1/till/identifications")

_STATUS = {Outcome.STOPPED: 409, Outcome.BUSY: 429}


@blueprint.post("")
@limited("30 per minute")
@operation(
    Operation(
        "Ask who the customer is, by face",
        answers={201: Identification},
        refuses=(401, 409, 429, 503),
    )
)
def ask() -> ResponseReturnValue:
    """Have the till's camera look, because the customer asked for it."""
    asked = current_hub().identifying.ask(this_device())
    if isinstance(asked, Outcome):
        sentences = {
            Outcome.STOPPED: gettext(
                "Recognition is stopped in this shop. Ask for a code or the name."
            ),
            Outcome.BUSY: gettext("It was asked very often. Try again in a minute."),
        }
        away = gettext("No camera looks at this till now. Ask for a code or the name.")
        return answer(_STATUS.get(asked, 503), asked.value, sentences.get(asked, away))
    return _told(asked, 201)


@blueprint.get("/<uuid:identification>")
@limited("240 per minute", ("GET",))
@operation(Operation("Ask how far it is", answers={200: Identification}, refuses=(401, 410, 429)))
def progress(identification: UUID) -> Response:
    """Say how far it is, and who is attached once somebody is."""
    return _told(current_hub().identifying.find(str(identification), this_device()))


def _told(asked: Asked, status: int = 200) -> Response:
    told = Identification(
        identification=asked.id,
        state=asked.progress.value,
        steps=asked.steps,
        until=asked.until,
        attachment=None if asked.attached is None else attachment_of(asked.attached),
    )
    return reply(told, status)
