"""What the officer sees first."""

from flask import render_template
from flask.typing import ResponseReturnValue

from clienteling.oversight.concerns import open_matters
from clienteling.oversight.shop import shop_state
from clienteling.service.accuracy import accuracy_of
from clienteling.service.figures import Figure, figures
from consent.keystore.key_status import key_status
from consent.purposes import CHOICES, Purpose
from web.context import current_hub
from web.front.health import health_of
from web.privacy.concern_words import lines
from web.privacy.pages import blueprint


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show what is open, worst first, and the state of the shop."""
    hub = current_hub()
    state = shop_state(hub.home)
    keys = key_status(hub.home.office)
    with hub.databases.identity.read() as identity:
        counted = figures(identity, hub.now().date())
    health = health_of(hub)
    accuracy = accuracy_of(hub.home, None if hub.engine is None else hub.engine.calibration)
    return render_template(
        "privacy/overview.html",
        shop=state,
        open=lines(open_matters(hub.home, state, keys, accuracy)),
        keys=keys,
        purposes=(Purpose.ACCOUNT, *CHOICES),
        calibration=health.calibration,
        attack_check=health.attack_check,
        challenge=health.challenge,
        dismissed=counted[Figure.ARRIVAL_DISMISSED],
        arrived=counted[Figure.ARRIVAL],
    )


@blueprint.get("/now")
def now() -> ResponseReturnValue:
    """Return the moving part of the overview: what is on its way, and the cameras."""
    return render_template("privacy/_now.html", shop=shop_state(current_hub().home))
