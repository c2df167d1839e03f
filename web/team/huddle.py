"""The morning huddle: one page that the team reads together before the doors open."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from clienteling.team.huddle import open_huddle
from web.context import current_hub
from web.guards import this_staff

blueprint = Blueprint("huddle", __name__, url_prefix="/staff/huddle")


@blueprint.get("")
def page() -> ResponseReturnValue:
    """Show this morning's page. Opening it is logged."""
    hub = current_hub()
    return render_template(
        "team/huddle.html",
        huddle=open_huddle(hub.office, reader=this_staff().id),
        today=hub.office.today(),
    )
