"""The greeting display beside a camera: one large button, and what came of it. Never a name."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_security import current_user

from clienteling.service.stop import is_stopped
from web.context import current_hub
from web.greet.answers import answer_outcome, answer_press
from web.guards import DeviceNeededError, current_device
from web.limits import limited

blueprint = Blueprint("greet", __name__, url_prefix="/greet")


@blueprint.get("/<camera>")
def display(camera: str) -> ResponseReturnValue:
    """Show the button, and what happens when it is pressed."""
    _require_camera(camera)
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        stopped = is_stopped(identity)
    return render_template("greet/display.html", camera=camera, stopped=stopped)


@blueprint.post("/<camera>")
@limited("60 per minute")
def press(camera: str) -> ResponseReturnValue:
    """Open a window of ten seconds in which the camera may look for one face (R1)."""
    _require_camera(camera)
    return answer_press(camera)


@blueprint.get("/<camera>/windows/<window_id>")
def outcome(camera: str, window_id: str) -> ResponseReturnValue:
    """Say what came of a press; never who it was."""
    _require_camera(camera)
    return answer_outcome(camera, window_id)


def _require_camera(camera: str) -> None:
    """Admit a display to its own camera only; a manager to any."""
    device = current_device("greet")
    if current_user.is_authenticated and current_user.has_role("manager"):
        return
    if device is None or device.camera != camera:
        raise DeviceNeededError
