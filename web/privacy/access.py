"""Who looked at unusually many customers: numbers to ask about, never content, never a ranking."""

from flask import render_template
from flask.typing import ResponseReturnValue

from clienteling.oversight.actors import names
from clienteling.oversight.anomalies import LEAST, WINDOW, Unusual, anomalies
from clienteling.oversight.search import note
from consent.log.events import EventKind
from web.context import current_hub
from web.guards import this_staff
from web.privacy.pages import blueprint


@blueprint.get("/access")
def access() -> ResponseReturnValue:
    """Show what was unusual in the last eight weeks; the look at it is logged too."""
    hub = current_hub()
    hours = hub.home.config.oversight
    with hub.databases.identity.read() as identity:
        found = anomalies(identity, hub.now(), hours)
        who = names(identity, [one.actor for one in found])
    asked = {"what": "access"}
    note(hub.office, EventKind.LOG_SEARCHED, actor=this_staff().id, about=None, detail=asked)
    return render_template(
        "privacy/access.html",
        found=found,
        names=who,
        hours=hours,
        weeks=WINDOW.days // 7,
        least={what.value: LEAST[what] for what in Unusual},
    )
