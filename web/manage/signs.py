"""The sign before each camera: a manager attests on a day that it hangs (R7)."""

from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.access.devices import live_edges
from clienteling.access.register import people
from clienteling.errors import UsageError
from clienteling.service.signs import attest
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.manage.words import problem_word

blueprint = Blueprint("signs", __name__, url_prefix="/manage/cameras")


@blueprint.get("/<camera>/sign")
def sign(camera: str) -> ResponseReturnValue:
    """Show who attested the sign of a camera, and until when that counts."""
    return _page(camera)


@blueprint.post("/<camera>/sign")
@limited("30 per minute")
def attested(camera: str) -> ResponseReturnValue:
    """Keep an attestation; the camera hears of it through the log."""
    hub = current_hub()
    if "seen" not in request.form:
        problem = gettext("Go and look, then tick that the sign hangs there.")
        return _page(camera, problem), 400
    try:
        on = date.fromisoformat(request.form.get("on", ""))
    except ValueError:
        return _page(camera, gettext("Give the day on which you looked.")), 400
    try:
        with hub.databases.identity.write() as identity:
            attest(
                identity,
                hub.office,
                camera,
                role=request.form.get("role", ""),
                on=on,
                actor=this_staff().id,
            )
    except UsageError as error:
        return _page(camera, problem_word(str(error))), 400
    return redirect(url_for("signs.sign", camera=camera, saved=1), 303)


def _page(camera: str, problem: str = "") -> str:
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        if not live_edges(identity, camera):
            abort(404)
        standing = hub.signs.sign_of(identity, camera)
        names = {person.id: person.name for person in people(identity)}
        hold = hub.signs.hold(identity, camera)
    return render_template(
        "manage/sign.html",
        camera=camera,
        sign=standing,
        hold=hold,
        by=names.get(standing.by or "", "") if standing else "",
        today=hub.now().date(),
        days=hub.office.profile.sign_valid_days,
        given=request.form,
        problem=problem,
        saved="saved" in request.args,
    )
