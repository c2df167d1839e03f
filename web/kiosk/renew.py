"""Renewing, with the receipt's code: the questions of joining, for what ends soon; new pictures.

Whoever has the code is shown what can be renewed, and nothing of what they told us. "No" and not
answering are as easy as "yes" (R16); recognition goes on with the old template while that fits.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.customers.templates import template_rows
from consent import records
from consent.proof import receipts
from consent.purposes import FACES, Purpose
from consent.renewing import Renewed, renewable
from web.context import Hub, current_hub
from web.guards import this_device
from web.kiosk.context import blueprint, face_possible, joining, sessions
from web.kiosk.draft import Draft
from web.kiosk.receipt import slip_of
from web.kiosk.sessions import Joining, Membership
from web.kiosk.wording import short
from web.limits import limited
from web.public.files import Form, address, file_of
from web.public.sheet import check_address, qr_of

_MAX_TYPED = 300


@dataclass(frozen=True, slots=True)
class Stands:
    """What a customer can do here.

    Attributes:
        renewable: What can be renewed, and until when it stands; None: it is over.
        pictures: Whether new pictures can take the place of the earlier ones now.
        template_fits: Cameras can still compare with the template.
    """

    renewable: dict[Purpose, datetime | None]
    pictures: bool
    template_fits: bool


@blueprint.get("/renew")
def renew() -> ResponseReturnValue:
    """Ask for the receipt code."""
    return render_template("kiosk/renew.html", problem=None)


@blueprint.post("/renew")
@limited("10 per minute")
def check_renewal_code() -> ResponseReturnValue:
    """Find whose receipt it is; right and wrong cost the same work, and wrong says nothing more."""
    hub = current_hub()
    typed = request.form.get("code", "")[:_MAX_TYPED].strip()
    with hub.databases.identity.read() as identity:
        subject_id = receipts.subject_by_code(identity, hub.office.ring, typed.rpartition("#")[2])
    if subject_id is None:
        problem = gettext(
            "We do not know this code. Check the letters, or ask our staff to help you."
        )
        return render_template("kiosk/renew.html", problem=problem), 404
    stands = _stands(hub, subject_id)
    draft = Draft(
        renews=frozenset(stands.renewable),
        offered=hub.office.choices,
        release_needed=hub.office.profile.release_needed,
        tells=frozenset(p for p, until in stands.renewable.items() if until is None),
    )
    version = hub.office.notices.current_version
    session = sessions().join(this_device().id, version, draft)
    session.renews = subject_id
    return redirect(url_for("kiosk.choose_renewal", session_id=session.id), 303)


@blueprint.get("/session/<session_id>/renewing")
def choose_renewal(session_id: str) -> ResponseReturnValue:
    """Show what ends when, and offer to renew it, and to take new pictures."""
    session = joining(session_id)
    hub = current_hub()
    with session.lock:
        if session.renews is None:
            return redirect(url_for("kiosk.start"), 303)
        stands = _stands(hub, session.renews)
        return render_template(
            "kiosk/renewing.html",
            visit=session,
            stands=stands,
            first=session.draft.first_open(),
            short=short,
        )


@blueprint.post("/session/<session_id>/pictures")
def take_pictures(session_id: str) -> ResponseReturnValue:
    """Open the camera for pictures that replace the template; without them the old one stays."""
    session = joining(session_id)
    hub = current_hub()
    subject_id = session.renews
    if subject_id is None or not _stands(hub, subject_id).pictures:
        return redirect(url_for("kiosk.receipt", session_id=session.id), 303)
    pictures = sessions().renew(this_device().id, subject_id)  # ends this session
    pictures.capturing = True
    return redirect(url_for("kiosk.camera", session_id=pictures.id), 303)


@blueprint.get("/session/<session_id>/renewal.<any(json, jsonld, pdf):form>")
def renewal_file(session_id: str, form: str) -> ResponseReturnValue:
    """Hand the receipt of the renewal out as a file."""
    session = joining(session_id)
    if session.member is None or not session.member.receipt:
        return redirect(url_for("kiosk.start"), 303)
    return file_of(session.member.receipt, Form(form))


def note_renewal(session: Joining, done: Renewed) -> None:
    """Keep in the session what came of renewing."""
    assert session.renews is not None
    session.member = Membership(
        subject_id=session.renews,
        flow_id=done.flow_id or "",
        granted=frozenset((*done.renewed, *done.begun)),
        code="",
        receipt=done.receipt or {},
    )
    session.capturing = bool(set(FACES) & set(done.begun))
    session.draft = Draft(renews=frozenset())


def renewal_page(session: Joining, member: Membership) -> str:
    """Return the receipt of a renewal, with what can still be done."""
    hub = current_hub()
    stands = _stands(hub, member.subject_id)
    return render_template(
        "kiosk/renewal.html",
        visit=session,
        granted=member.granted,
        slip=slip_of(member.receipt) if member.receipt else None,
        check_qr=qr_of(check_address(member.receipt, address())) if member.receipt else None,
        stands=stands,
        purposes=[one for one in Purpose if one in member.granted],
        short=short,
    )


def _stands(hub: Hub, subject_id: str) -> Stands:
    now = hub.now()
    with hub.databases.identity.read() as identity:
        restricted = records.is_restricted(identity, subject_id)
        offered = {} if restricted else renewable(identity, hub.office, subject_id, now)
        grants = records.standing(identity, subject_id, now)
        models = {row.model_id for row in template_rows(identity, subject_id)}
    current = {encoder.model_id for encoder in hub.engine.encoders} if hub.engine else models
    # A new pass takes more than the receipt's code; begun anew, recognition would make one.
    if hub.home.by_pass and offered.get(Purpose.RECOGNISE, now) is None:
        del offered[Purpose.RECOGNISE]
    pictures = bool(grants.keys() & set(FACES)) and face_possible(hub) and not hub.home.by_pass
    return Stands(offered, pictures, bool(models & current))
