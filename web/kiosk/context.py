"""What the kiosk's views share: the blueprint, its sessions, whether a face can be enrolled now."""

from typing import cast

from flask import Blueprint, current_app, redirect, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from clienteling.customers import enrolment
from clienteling.service.stop import is_stopped
from web.context import EXTENSION, Hub, current_hub
from web.errors import answer, wants_json
from web.guards import this_device
from web.kiosk.place import this_place
from web.kiosk.sessions import (
    LIFETIME,
    Joining,
    KioskSessions,
    Leaving,
    Picturing,
    Renewing,
    Session,
    SessionGoneError,
)

blueprint = Blueprint("kiosk", __name__, url_prefix="/kiosk")

_SESSIONS = "clienteling.kiosk"


@blueprint.record
def _make_sessions(state: BlueprintSetupState) -> None:
    office = cast(Hub, state.app.extensions[EXTENSION]).office
    state.app.extensions[_SESSIONS] = KioskSessions(
        office.now, lambda flow_id: enrolment.abandon(office, flow_id)
    )


@blueprint.errorhandler(SessionGoneError)
def _session_gone(error: SessionGoneError) -> ResponseReturnValue:
    """Lead to the page that says that everything typed is forgotten."""
    if wants_json():
        return answer(410, "session_gone", str(error))
    return redirect(url_for("kiosk.forgotten"), 303)


def sessions() -> KioskSessions:
    """Return the sessions of this app's kiosks."""
    return cast(KioskSessions, current_app.extensions[_SESSIONS])


def joining(session_id: str) -> Joining:
    """Return this kiosk's running session of somebody who joins.

    Raises:
        SessionGoneError: it ended, or is not this kiosk's.
    """
    return sessions().get(Joining, session_id, this_device().id)


def picturing(session_id: str) -> Picturing:
    """Return this kiosk's running session of somebody whose template is to be made.

    Raises:
        SessionGoneError: it ended, or is not this kiosk's.
    """
    return sessions().get(Picturing, session_id, this_device().id)


def renewing(session_id: str) -> Renewing:
    """Return this kiosk's running session of a customer who has new pictures taken.

    Raises:
        SessionGoneError: it ended, or is not this kiosk's.
    """
    return sessions().get(Renewing, session_id, this_device().id)


def after_pictures(session: Picturing) -> str:
    """Return the address where a customer goes on after the camera, and after the pass."""
    page = "kiosk.renewed" if isinstance(session, Renewing) else "kiosk.receipt"
    return url_for(page, session_id=session.id)


def leaving(session_id: str) -> Leaving:
    """Return this place's running session of somebody with a receipt code.

    Raises:
        SessionGoneError: it ended, or is another kiosk's or browser's.
    """
    return sessions().get(Leaving, session_id, this_place().holder)


def face_possible(hub: Hub) -> bool:
    """Whether a template can be made now: recognition is installed, and nobody stopped it."""
    if hub.engine is None:
        return False
    with hub.databases.identity.read() as identity:
        return not is_stopped(identity)


@blueprint.context_processor
def screen() -> dict[str, object]:
    """Return what every screen needs to say how long it waits for somebody."""

    def seconds_left(session: Session) -> int:
        return max(0, int((session.ends_at - current_hub().now()).total_seconds()))

    return {
        "at_kiosk": True,
        "seconds_left": seconds_left,
        "session_seconds": int(LIFETIME.total_seconds()),
    }
