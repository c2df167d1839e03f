"""Leaving by receipt code: without staff, without a face, in fewer steps than joining (R12)."""

from enum import StrEnum
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from consent import office, records
from consent.proof import receipts
from consent.purposes import FACES, Purpose
from web.context import current_hub
from web.kiosk.context import blueprint, leaving, sessions
from web.kiosk.place import this_place
from web.kiosk.receipt import slip_of
from web.kiosk.sessions import Leaving
from web.kiosk.wording import short
from web.limits import limited
from web.public.files import Form, address, file_of
from web.public.sheet import check_address, qr_of

#: Longer than any way to type a code, and than the address in its QR code.
_MAX_TYPED = 300


LEFT_FILE = "/<session_id>/<any(asked, completed):which>.<any(json, jsonld, pdf):form>"


class Wish(StrEnum):
    """What somebody who leaves can ask for."""

    FACE = "face"
    ALL = "all"
    ERASE = "erase"


@blueprint.get("/leave")
def leave() -> ResponseReturnValue:
    """Ask for the receipt code."""
    return render_template("kiosk/leave.html", problem=None)


@blueprint.post("/leave")
@limited("10 per minute")
def check_code() -> ResponseReturnValue:
    """Find whose receipt it is; right and wrong cost the same work, and wrong says nothing more."""
    subject_id = subject_of_code()
    if subject_id is None:
        return render_template("kiosk/leave.html", problem=unknown_code()), 404
    session = sessions().leave(this_place().holder, subject_id)
    return redirect(url_for("kiosk.choose_leaving", session_id=session.id), 303)


def subject_of_code() -> str | None:
    """Return whose receipt code was posted; None: nobody's."""
    hub = current_hub()
    typed = request.form.get("code", "")[:_MAX_TYPED].strip()
    code = typed.rpartition("#")[2]  # a scanner at the kiosk types the whole address
    with hub.databases.identity.read() as identity:
        return receipts.subject_by_code(identity, hub.office.ring, code)


def unknown_code() -> str:
    """Return the one answer to every code that is nobody's."""
    return gettext("We do not know this code. Check the letters, or ask our staff to help you.")


@blueprint.get("/leaving/<session_id>")
def choose_leaving(session_id: str) -> ResponseReturnValue:
    """Show what can be ended. No name, nothing else about the person."""
    session = leaving(session_id)
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        stands = frozenset(
            records.standing_for_the_customer(identity, session.subject_id, hub.now())
        )
    return render_template("kiosk/leaving.html", visit=session, stands=stands)


@blueprint.get("/leaving/<session_id>/erase")
def confirm_erasing(session_id: str) -> ResponseReturnValue:
    """Ask once more before what cannot be undone."""
    return render_template("kiosk/erase.html", visit=leaving(session_id))


@blueprint.post("/leaving/<session_id>")
def end_consent(session_id: str) -> ResponseReturnValue:
    """Withdraw or erase now."""
    session = leaving(session_id)
    wish = request.form.get("wish", "")
    if wish not in set(Wish):
        return redirect(url_for(".choose_leaving", session_id=session.id), 303)
    with session.lock:
        if not session.erased:
            _carry_out(session, Wish(wish))
    return redirect(url_for(".left", session_id=session.id), 303)


@blueprint.get("/leaving/<session_id>/done")
def left(session_id: str) -> ResponseReturnValue:
    """Say what ended, honestly, with a receipt."""
    session = leaving(session_id)
    done = session.withdrawal
    if done is None:
        return redirect(url_for(".choose_leaving", session_id=session.id), 303)
    completed = _completed(session)
    return render_template(
        "kiosk/left.html",
        visit=session,
        done=done,
        slip=slip_of(done.receipt) if done.receipt else None,
        check_qr=qr_of(check_address(done.receipt, address())) if done.receipt else None,
        completed=slip_of(completed) if completed else None,
        ended=[purpose for purpose in done.purposes if purpose is not Purpose.ACCOUNT],
        short=short,
    )


@blueprint.get(f"/leaving{LEFT_FILE}")
def left_file(session_id: str, which: str, form: str) -> ResponseReturnValue:
    """Hand out the receipt of what ended, or that of the erasure's completion, as a file."""
    session = leaving(session_id)
    asked = session.withdrawal.receipt if session.withdrawal is not None else None
    receipt = _completed(session) if which == "completed" else asked
    if receipt is None:
        return redirect(url_for(".choose_leaving", session_id=session.id), 303)
    return file_of(receipt, Form(form))


def _completed(session: Leaving) -> dict[str, Any] | None:
    flow_id = session.withdrawal.flow_id if session.withdrawal is not None else None
    with current_hub().databases.identity.read() as identity:
        return receipts.completion_of(identity, flow_id)


def _carry_out(session: Leaving, wish: Wish) -> None:
    shop, place = current_hub().office, this_place()
    who, method = place.actor, place.channel.method
    if wish is Wish.ERASE:
        session.withdrawal = office.erase(shop, session.subject_id, actor=who, method=method)
        session.erased = True
        return
    purposes = FACES if wish is Wish.FACE else None
    session.withdrawal = office.withdraw(
        shop, session.subject_id, purposes, actor=who, method=method
    )
