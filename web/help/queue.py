"""The screen in the shop that says who is next: numbers, and nothing else."""

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from clienteling.service.helpbar.lists import queue_today
from web.context import current_hub

blueprint = Blueprint("queue", __name__, url_prefix="/queue")

#: Seconds after which the screen asks again.
_AGAIN = 10


@blueprint.get("")
def screen() -> ResponseReturnValue:
    """Show whose turn it is, and who waits."""
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        waiting = queue_today(identity, hub.office.wall_now())
    shown = make_response(render_template("help/queue.html", queue=waiting))
    shown.headers["Refresh"] = str(_AGAIN)
    return shown
