"""The greeting display beside a camera: one large button, and what came of it. Never a name."""

import re
from typing import Final

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from clienteling.recognition.liveness.challenge import steps_of
from clienteling.service.windows import WINDOW, Window
from web.addresses import here
from web.context import current_hub
from web.greet.answers import answer_outcome, answer_press
from web.guards import DeviceNeededError, current_device
from web.languages import was_chosen
from web.limits import limited

blueprint = Blueprint("greet", __name__, url_prefix="/greet")

#: Keys that press, wherever on the page: what a button that acts as a keyboard types by default.
#: `?keys=F13,b` on the page's address names others, by the names that browsers give them.
_KEYS: Final = "Enter,Space"
_KEY_NAMES: Final = re.compile(r"[A-Za-z0-9]{1,20}(,[A-Za-z0-9]{1,20}){0,4}")


@blueprint.get("/<camera>")
def display(camera: str) -> ResponseReturnValue:
    """Show the button, and what happens when it is pressed."""
    _require_camera(camera)
    hub = current_hub()
    closed = hub.presses.closed(camera)
    asked = request.args.get("keys", "")
    back = url_for("auth.choose_language", code="default", next=here()) if was_chosen() else ""
    return render_template(
        "greet/display.html",
        camera=camera,
        state="ready" if closed is None else closed.value,
        keys=asked if _KEY_NAMES.fullmatch(asked) else _KEYS,
        language_back=back,
        in_a_lane=hub.policy is not None and hub.policy.policy == "zone",
        by_pass=hub.policy is not None and hub.policy.policy == "pass",
    )


@blueprint.post("/<camera>")
@limited("60 per minute")
def press(camera: str) -> ResponseReturnValue:
    """Open a window of ten seconds in which the camera may look for one face (R1)."""
    _require_camera(camera)
    return answer_press(camera)


@blueprint.get("/<camera>/state")
def state(camera: str) -> ResponseReturnValue:
    """Say whether one can press, and how the newest window stands, whoever opened it."""
    _require_camera(camera)
    hub = current_hub()
    closed, window = hub.presses.closed(camera), hub.windows.newest(camera)
    return jsonify(
        boot=hub.bus.boot,
        closed=None if closed is None else closed.value,
        window=None if window is None else _shown(window),
    )


@blueprint.get("/<camera>/windows/<window_id>")
def outcome(camera: str, window_id: str) -> ResponseReturnValue:
    """Say what came of a press; never who it was."""
    _require_camera(camera)
    return answer_outcome(camera, window_id)


def _shown(window: Window) -> dict[str, object]:
    """Return what the display needs; seconds, because its clock need not be the hub's."""
    left = (window.expires_at - current_hub().now()).total_seconds()
    return {
        "id": window.id,
        "outcome": window.outcome.value,
        "steps": _steps(window),
        "seconds": WINDOW.total_seconds(),
        "seconds_left": max(0.0, left),
    }


def _steps(window: Window) -> list[str]:
    """Return what the customer is asked to do, in order; none where no challenge is asked."""
    policy = current_hub().policy
    if policy is None or not (policy.challenge or window.till):
        return []
    return [step.value for step in steps_of(window.id)]


def _require_camera(camera: str) -> None:
    """Admit a display to its own camera only; a manager to any."""
    device = current_device("greet")
    if current_user.is_authenticated and current_user.has_role("manager"):
        return
    if device is None or device.camera != camera:
        raise DeviceNeededError
