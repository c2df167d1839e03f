"""Where each camera looks: a manager marks the zone on a blurred view that lasts a minute."""

from dataclasses import dataclass
from math import isfinite

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError

from clienteling.access.devices import live_edges, purpose_at
from clienteling.edge_protocol import EdgePolicy, PolicyChanged, Zone
from clienteling.errors import UsageError
from clienteling.service.cameras import connected, tell
from clienteling.service.signs import Hold
from clienteling.service.zones import is_marked, policy_of, save_zone
from consent.purposes import Purpose
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.manage.words import problem_word

blueprint = Blueprint("cameras", __name__, url_prefix="/manage/cameras")

_FIELDS = ("x", "y", "w", "h", "face")


@dataclass(frozen=True, slots=True)
class ListedCamera:
    """One camera of the list."""

    name: str
    is_connected: bool
    is_marked: bool
    hold: Hold | None
    at_till: bool


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """List the cameras."""
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        names = sorted({row.camera for row in live_edges(identity) if row.camera})
        listed = [
            ListedCamera(
                name,
                connected(hub.bus, name),
                is_marked(identity, name),
                hub.signs.hold(identity, name),
                purpose_at(identity, name) is Purpose.TILL,
            )
            for name in names
        ]
    return render_template("manage/cameras.html", cameras=listed)


@blueprint.get("/<camera>/zone")
def zone(camera: str) -> ResponseReturnValue:
    """Show a camera's zone, to be marked anew."""
    policy = _policy(camera)
    values = (policy.zone.x, policy.zone.y, policy.zone.w, policy.zone.h, policy.min_face_height)
    shown = dict(zip(_FIELDS, (_percent(value) for value in values), strict=True))
    return render_template(
        "manage/zone.html",
        camera=camera,
        policy=policy.policy,
        values=shown,
        saved="saved" in request.args,
        problem="",
    )


@blueprint.post("/<camera>/zone")
@limited("30 per minute")
def mark(camera: str) -> ResponseReturnValue:
    """Keep the zone, and tell the camera at once."""
    hub = current_hub()
    policy = _policy(camera)
    given = {name: request.form.get(name, "") for name in _FIELDS}
    try:
        x, y, w, h, face = (_fraction(given[name]) for name in _FIELDS)
        with hub.databases.identity.write() as identity:
            save_zone(
                identity,
                hub.office.ring,
                camera,
                Zone(x=x, y=y, w=w, h=h),
                face,
                actor=this_staff().id,
                now=hub.now(),
            )
            marked = policy_of(identity, policy, camera)
    except (UsageError, ValidationError, ValueError) as error:
        problem = (
            problem_word(str(error))
            if isinstance(error, UsageError)
            else gettext("Give five percentages.")
        )
        page = render_template(
            "manage/zone.html",
            camera=camera,
            policy=policy.policy,
            values=given,
            saved=False,
            problem=problem,
        )
        return page, 400
    tell(hub.bus, camera, PolicyChanged(policy=marked))
    return redirect(url_for("cameras.zone", camera=camera, saved=1), 303)


@blueprint.post("/<camera>/view")
@limited("10 per minute")
def open_view(camera: str) -> ResponseReturnValue:
    """Ask the camera to show its scene, blurred, for a minute."""
    hub = current_hub()
    try:
        hub.views.open(camera, actor=this_staff().id)
    except UsageError as error:
        return jsonify(error="unavailable", message=problem_word(str(error))), 409
    return _shown(camera)


@blueprint.get("/<camera>/view")
def view(camera: str) -> ResponseReturnValue:
    """Return the newest mosaic of the open view, and how long that stays open."""
    return _shown(camera)


def _shown(camera: str) -> ResponseReturnValue:
    hub = current_hub()
    standing = hub.views.newest(camera)
    if standing is None:
        return jsonify(seconds=0, mosaic=None)
    left = max(0, round((standing.expires_at - hub.now()).total_seconds()))
    mosaic = standing.mosaic
    cells = None
    if mosaic is not None:
        cells = {"width": mosaic.width, "height": mosaic.height, "cells": list(mosaic.cells)}
    return jsonify(seconds=left, mosaic=cells)


def _policy(camera: str) -> EdgePolicy:
    """Return what this camera may do; 404 where there is no such camera."""
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        if hub.policy is None or not live_edges(identity, camera):
            abort(404)
        return policy_of(identity, hub.policy, camera)


def _percent(value: float) -> str:
    return f"{100 * value:.0f}"


def _fraction(text: str) -> float:
    """Return a percentage as a fraction.

    Raises:
        ValueError: it is no number.
    """
    value = float(text.replace(",", ".")) / 100
    if not isfinite(value):
        raise ValueError(text)
    return value
