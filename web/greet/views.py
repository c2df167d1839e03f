"""The greeting display beside a camera: one large button, and what came of it. Never a name."""

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_security import current_user
from werkzeug.exceptions import NotFound

from clienteling.access.devices import live_edges
from clienteling.edge_protocol import OpenWindow
from clienteling.service.cameras import connected, tell
from clienteling.service.figures import Figure, count
from clienteling.service.stop import is_stopped
from clienteling.service.windows import Outcome
from consent.clock import stamp
from web.context import current_hub
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
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        stopped = is_stopped(identity)
        edges = live_edges(identity, camera)
    if stopped:
        return _refusal(409, Outcome.STOPPED)
    if not edges or hub.policy is None or not connected(hub.bus, camera):
        return _refusal(503, Outcome.UNAVAILABLE)
    window, new = hub.windows.open(camera)
    if new:
        with hub.databases.identity.write() as identity:
            count(identity, Figure.WINDOW_OPENED, hub.now())
        tell(
            hub.bus,
            camera,
            OpenWindow(
                camera=camera,
                window_id=window.id,
                opened_at=window.opened_at,
                expires_at=window.expires_at,
            ),
        )
    return jsonify(
        window_id=window.id,
        opened_at=stamp(window.opened_at),
        expires_at=stamp(window.expires_at),
        outcome=window.outcome.value,
    )


@blueprint.get("/<camera>/windows/<window_id>")
def outcome(camera: str, window_id: str) -> ResponseReturnValue:
    """Say what came of a press; never who it was."""
    _require_camera(camera)
    found = current_hub().windows.outcome(window_id, camera)
    if found is None:
        raise NotFound
    return jsonify(outcome=found.value)


def _refusal(status: int, outcome: Outcome) -> ResponseReturnValue:
    sentences = {
        Outcome.STOPPED: gettext("Recognition is stopped in this shop. Please speak to us."),
        Outcome.UNAVAILABLE: gettext("The camera is not available. Please speak to us."),
    }
    return jsonify(error=outcome.value, outcome=outcome.value, message=sentences[outcome]), status


def _require_camera(camera: str) -> None:
    """Admit a display to its own camera only; a manager to any."""
    device = current_device("greet")
    if current_user.is_authenticated and current_user.has_role("manager"):
        return
    if device is None or device.camera != camera:
        raise DeviceNeededError
