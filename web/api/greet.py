"""A press by HTTP, from any switch or program that was paired as a button.

The same effect and the same refusals as the display's own, for the button's own camera only
(docs/integrators/triggers.md).
"""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BaseModel, Field

from web.api.operations import Operation, operation
from web.errors import answer
from web.greet.answers import answer_outcome, answer_pass, answer_press
from web.guards import this_device
from web.limits import limited

blueprint = Blueprint("api_greet", __name__, url_prefix="/api/v1/greet")


class PassShown(BaseModel):
    """What a reader beside the camera read; without it, the button was pressed."""

    pass_: str | None = Field(default=None, alias="pass")


class Opened(BaseModel):
    """The window."""

    window_id: str
    opened_at: str
    expires_at: str
    outcome: str


class Ended(BaseModel):
    """What came of it; never who it was."""

    outcome: str


@blueprint.before_request
def own_camera_only() -> ResponseReturnValue | None:
    """Admit a button to its own camera."""
    asked = (request.view_args or {}).get("camera")
    if this_device().camera == asked:
        return None
    return answer(403, "other_camera", gettext("This button belongs to another camera."))


@blueprint.post("/<camera>")
@limited("60 per minute")
@operation(
    Operation(
        "Press “greet me”, or show a pass",
        takes=PassShown,
        answers={200: Opened},
        refuses=(401, 403, 404, 409, 429, 503),
    )
)
def press(camera: str) -> ResponseReturnValue:
    """Open a window; while one is open, answer with that one. A reader sends `{"pass": "CLP1:…"}`.

    The pass stands in the body: an address is logged on its way.
    """
    body = request.get_json(silent=True)
    text = body.get("pass") if isinstance(body, dict) else None
    return answer_pass(camera, text) if isinstance(text, str) else answer_press(camera)


@blueprint.get("/<camera>/windows/<window_id>")
@operation(Operation("Ask what came of it", answers={200: Ended}, refuses=(401, 403, 404)))
def outcome(camera: str, window_id: str) -> ResponseReturnValue:
    """Say what came of a press; never who it was."""
    return answer_outcome(camera, window_id)
