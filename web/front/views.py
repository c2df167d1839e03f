"""The start page and the health page: nothing personal, for everybody on this machine."""

from dataclasses import dataclass

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_security import current_user

from web.context import current_hub
from web.errors import wants_json
from web.front.health import health_of
from web.front.words import init_words
from web.guards import current_device

blueprint = Blueprint("front", __name__)


@blueprint.record_once
def _prepare(state: object) -> None:
    init_words(state.app)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Door:
    """A link on the start page."""

    path: str
    icon: str
    title: str
    text: str


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Show the doors that are open to whoever asks."""
    return render_template("front/home.html", doors=_doors(), device=current_device())


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """Say how the hub and its cameras are; JSON for monitors, a page for people."""
    report = health_of(current_hub())
    if wants_json():
        return jsonify(report.as_json()), 200 if report.ok else 503
    return render_template("front/health.html", report=report), 200 if report.ok else 503


def _doors() -> tuple[Door, ...]:
    staff = Door("/staff", "tablet", gettext("Arrivals"), gettext("Who asked to be greeted."))
    officer = Door(
        "/privacy", "shield", gettext("Privacy"), gettext("The log, withdrawals, stop and resume.")
    )
    manage = Door(
        "/manage", "people", gettext("Devices and people"), gettext("Pair, revoke, add, end.")
    )
    second = Door(
        "/approvals", "check", gettext("Two persons"), gettext("What waits for a second person.")
    )
    policy = Door(
        "/privacy-policy", "info", gettext("Privacy policy"), gettext("What is kept, and how long.")
    )
    state = Door("/health", "heart", gettext("Health"), gettext("How the hub and cameras are."))
    doors = []
    if current_user.is_authenticated:
        doors += [staff] if current_user.has_role("trained") else []
        doors += [officer] if current_user.has_role("officer") else []
        if current_user.has_role("manager") or current_user.has_role("admin"):
            doors.append(manage)
        if any(current_user.has_role(name) for name in ("officer", "manager", "admin")):
            doors.append(second)
    else:
        sign_in = Door(
            "/sign-in", "person", gettext("Sign in"), gettext("For people who work here.")
        )
        doors.append(sign_in)
    if current_device("kiosk") is not None:
        text = gettext("Join, look at your choices, or leave.")
        doors.append(Door("/kiosk", "people", gettext("Kiosk"), text))
    display = current_device("greet")
    if display is not None:
        text = gettext("The button beside the camera.")
        doors.append(Door(f"/greet/{display.camera}", "wave", gettext("Greet me"), text))
    if current_device() is None:
        text = gettext("A tablet, kiosk or greeting display.")
        doors.append(Door("/pair", "tablet", gettext("Pair this screen"), text))
    own = Door(
        "/me",
        "receipt",
        gettext("My page"),
        gettext("For customers, with the code on the receipt."),
    )
    return (*doors, own, policy, state)
