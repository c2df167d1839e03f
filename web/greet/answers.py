"""What a press is answered with, on every entrance that speaks HTTP."""

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from clienteling.service.windows import Outcome, Window
from consent.clock import stamp
from web.context import current_hub

_STATUS = {
    Outcome.STOPPED: 409,
    Outcome.NO_BUTTON: 409,
    Outcome.AT_TILL: 409,
    Outcome.SHOW_PASS: 409,
    Outcome.UNKNOWN_PASS: 404,
    Outcome.BUSY: 429,
    Outcome.UNAVAILABLE: 503,
}


def answer_press(camera: str) -> ResponseReturnValue:
    """Press for this camera and say what came of it: the window, or why there is none."""
    return _answer(current_hub().presses.press(camera))


def answer_pass(camera: str, text: str) -> ResponseReturnValue:
    """Take a pass that a reader beside this camera has read; it is not kept, and not logged."""
    return _answer(current_hub().passes.read(camera, text))


def _answer(pressed: Window | Outcome) -> ResponseReturnValue:
    if isinstance(pressed, Window):
        return jsonify(
            window_id=pressed.id,
            opened_at=stamp(pressed.opened_at),
            expires_at=stamp(pressed.expires_at),
            outcome=pressed.outcome.value,
        )
    sentences = {
        Outcome.STOPPED: gettext("Recognition is stopped in this shop. Please speak to us."),
        Outcome.NO_BUTTON: gettext("No button is needed here."),
        Outcome.AT_TILL: gettext("Ask at the till: this camera looks when you ask there."),
        Outcome.SHOW_PASS: gettext("Hold your pass in front of the camera."),
        Outcome.UNKNOWN_PASS: gettext("This code is no pass of this shop, or not any more."),
        Outcome.BUSY: gettext("The button was pressed very often. Try again in a minute."),
        Outcome.UNAVAILABLE: gettext("The camera is not available. Please speak to us."),
    }
    body = jsonify(error=pressed.value, outcome=pressed.value, message=sentences[pressed])
    return body, _STATUS[pressed]


def answer_outcome(camera: str, window_id: str) -> ResponseReturnValue:
    """Say what came of a press; never who it was.

    Raises:
        NotFound: this camera has no such window, or it is long past.
    """
    found = current_hub().windows.outcome(window_id, camera)
    if found is None:
        raise NotFound
    return jsonify(outcome=found.value)
