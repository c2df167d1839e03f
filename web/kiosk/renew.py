"""Renewing, with the receipt's code: the questions of joining, for what ends soon; new pictures.

The same questions are asked, on the customer's wish, of what they have not agreed to so far.
Whoever has the code is shown what can be renewed or added, and nothing of what they told us. "No"
and not answering are as easy as "yes" (R16); recognition goes on with the old template while that
fits.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.customers.templates import template_rows
from consent import records
from consent.office import Changed
from consent.proof import receipts
from consent.purposes import FACES, Purpose
from consent.renewing import Renewed, addable, renewable
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
        addable: What they can agree to in addition.
        joining_only: They are not recognised, and with passes that begins at joining only.
        pictures: Whether new pictures can take the place of the earlier ones now.
        template_fits: Cameras can still compare with the template.
    """

    renewable: dict[Purpose, datetime | None]
    addable: tuple[Purpose, ...]
    joining_only: bool
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
    renewable = _stands(hub, subject_id).renewable
    over = (purpose for purpose, until in renewable.items() if until is None)
    version = hub.office.notices.current_version
    session = sessions().join(this_device().id, version, _draft(hub, renewable, tells=over))
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


@blueprint.post("/session/<session_id>/further")
def ask_more(session_id: str) -> ResponseReturnValue:
    """Ask, as at joining, about what this customer has not agreed to so far."""
    session = joining(session_id)
    hub = current_hub()
    with session.lock:
        if session.renews is None or session.member is not None:
            return redirect(url_for("kiosk.receipt", session_id=session.id), 303)
        addable = _stands(hub, session.renews).addable
        if not addable:
            return redirect(url_for("kiosk.choose_renewal", session_id=session.id), 303)
        session.draft = _draft(hub, addable, tells=addable, adds=True)
        first = session.draft.first_open()
    return redirect(url_for("kiosk.ask", session_id=session.id, step=first), 303)


def _draft(
    hub: Hub, asked: Iterable[Purpose], *, tells: Iterable[Purpose], adds: bool = False
) -> Draft:
    return Draft(
        renews=frozenset(asked),
        offered=hub.office.choices,
        release_needed=hub.office.profile.release_needed,
        tells=frozenset(tells),
        adds=adds,
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


def note_renewal(session: Joining, done: Renewed | Changed) -> None:
    """Keep in the session what came of renewing, or of agreeing to more."""
    assert session.renews is not None
    begun: Collection[Purpose] = done.grants if isinstance(done, Changed) else done.begun
    renewed = () if isinstance(done, Changed) else done.renewed
    session.member = Membership(
        subject_id=session.renews,
        flow_id=done.flow_id or "",
        granted=frozenset((*renewed, *begun)),
        code="",
        receipt=done.receipt or {},
    )
    session.capturing = not set(FACES).isdisjoint(begun)
    session.draft = Draft(renews=frozenset(), adds=session.draft.adds)


def renewal_page(session: Joining, member: Membership) -> str:
    """Return the receipt of a renewal, with what can still be done."""
    hub = current_hub()
    stands = _stands(hub, member.subject_id)
    with hub.databases.identity.read() as identity:
        grants = records.standing(identity, member.subject_id, hub.now())
    return render_template(
        "kiosk/renewal.html",
        visit=session,
        added=session.draft.adds,
        # Where no picture was made, what it was for has ended again.
        no_template=not member.granted <= grants.keys(),
        slip=slip_of(member.receipt) if member.receipt else None,
        check_qr=qr_of(check_address(member.receipt, address())) if member.receipt else None,
        stands=stands,
        purposes=[one for one in Purpose if one in member.granted and one in grants],
        short=short,
    )


def _stands(hub: Hub, subject_id: str) -> Stands:
    now = hub.now()
    with hub.databases.identity.read() as identity:
        restricted = records.is_restricted(identity, subject_id)
        offered = {} if restricted else renewable(identity, hub.office, subject_id, now)
        more = () if restricted else addable(identity, hub.office, subject_id)
        grants = records.standing(identity, subject_id, now)
        models = {row.model_id for row in template_rows(identity, subject_id)}
    current = {encoder.model_id for encoder in hub.engine.encoders} if hub.engine else models
    # A new pass takes more than the receipt's code; begun anew, recognition would make one.
    if hub.home.by_pass:
        more = tuple(one for one in more if one not in FACES)
        if offered.get(Purpose.RECOGNISE, now) is None:
            del offered[Purpose.RECOGNISE]
    pictures = bool(grants.keys() & set(FACES)) and face_possible(hub) and not hub.home.by_pass
    joining_only = hub.home.by_pass and Purpose.RECOGNISE not in grants and not restricted
    return Stands(offered, more, joining_only, pictures, bool(models & current))
