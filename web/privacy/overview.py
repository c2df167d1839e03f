"""What the officer sees first."""

from flask import render_template
from flask.typing import ResponseReturnValue

from clienteling.oversight.shop import shop_state
from clienteling.service.figures import Figure, figures
from consent.key_status import key_status
from consent.purposes import CHOICES, Purpose
from consent.requests import open_requests
from web.context import current_hub
from web.privacy.pages import blueprint


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show the state of the shop."""
    hub = current_hub()
    state = shop_state(hub.home)
    with hub.databases.identity.read() as identity:
        counted = figures(identity, hub.now().date())
        waiting = open_requests(identity, hub.now())
    return render_template(
        "privacy/overview.html",
        shop=state,
        keys=key_status(hub.home.office),
        purposes=(Purpose.ACCOUNT, *CHOICES),
        calibration=None if hub.engine is None else hub.engine.calibration.source,
        dismissed=counted[Figure.ARRIVAL_DISMISSED],
        waiting=len(waiting),
        late=sum(one.late for one in waiting),
        arrived=counted[Figure.ARRIVAL],
    )


@blueprint.get("/now")
def now() -> ResponseReturnValue:
    """Return the moving part of the overview: what is on its way, and the cameras."""
    return render_template("privacy/_now.html", shop=shop_state(current_hub().home))
