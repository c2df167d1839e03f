"""Pairing a button or till without a browser: its code becomes a bearer token, shown once."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clienteling.access.devices import DeviceKind, PairingError, redeem_token
from web.api.operations import Operation, operation, reply
from web.context import current_hub
from web.errors import answer
from web.limits import limited

blueprint = Blueprint("api_pairing", __name__, url_prefix="/api/v1")


class PairWithCode(BaseModel):
    """The one-time code."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    code: str = Field(min_length=4, max_length=64)


class Token(BaseModel):
    """For `Authorization: Bearer …`; shown once."""

    token: str
    camera: str | None
    name: str


@blueprint.post("/pair")
@limited("10 per minute")
@operation(
    Operation(
        "Trade a one-time code for a token",
        takes=PairWithCode,
        answers={200: Token},
        refuses=(400, 403, 429),
    )
)
def pair() -> ResponseReturnValue:
    """Trade the code of a button or a till for its token."""
    hub = current_hub()
    try:
        asked = PairWithCode.model_validate_json(request.get_data())
    except ValidationError:
        return answer(400, "bad_request", gettext('Send {"code": "…"} as JSON.'))
    try:
        with hub.databases.identity.write() as identity:
            device, token = redeem_token(
                identity,
                hub.office.ring,
                asked.code,
                hub.now(),
                kinds=frozenset({DeviceKind.BUTTON, DeviceKind.TILL}),
            )
    except PairingError as error:
        return answer(403, "unknown_code", str(error))
    return reply(Token(token=token, camera=device.camera, name=device.name))
