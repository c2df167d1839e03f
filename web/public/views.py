"""What everybody may see: checking a receipt, the keys for it, and the texts that were shown.

Nothing here needs a sign-in, and nothing personal is in an address. A receipt is looked at when
somebody brings it, or brings what only stands on it (its number and fingerprint).
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext

from clienteling.oversight.search import note
from clienteling.service.receipts import CheckedReceipt, check_here
from consent.clock import parse
from consent.errors import NoticeError, ReceiptError
from consent.log.events import EventKind
from consent.models import ReceiptRow
from consent.proof.public_keys import PublicKeys, key_lines
from consent.proof.receipt_check import LARGEST
from consent.proof.receipt_ld import context_text
from consent.proof.receipts import receipt_by_fingerprint
from consent.purposes import Purpose
from web.context import current_hub
from web.errors import answer, wants_json
from web.kiosk.markdown import blocks
from web.limits import limited
from web.public import words
from web.public.files import Form, file_of
from web.public.policy import init_policy, policy_values

blueprint = Blueprint("public", __name__)


@blueprint.record_once
def _prepare(state: object) -> None:
    init_policy(state.app)  # type: ignore[attr-defined]


@blueprint.app_template_filter("receipttime")
def _time(stamped: str) -> str:
    return str(format_datetime(parse(stamped), "d MMM y, HH:mm 'UTC'", rebase=False))


@blueprint.get("/verify")
def verify() -> ResponseReturnValue:
    """Ask for a receipt."""
    return _page()


@blueprint.post("/verify")
@limited("30 per minute")
def verify_now() -> ResponseReturnValue:
    """Check a receipt that was pasted or dropped."""
    text = request.form.get("receipt", "")
    if not text.strip():
        return _page(gettext("Choose the receipt’s file, or paste its whole text.")), 400
    return _checked(text)


@blueprint.post("/verify/held")
@limited("10 per minute")
def verify_held() -> ResponseReturnValue:
    """Check the receipt whose printed code was scanned; that it was read is logged."""
    reference = request.form.get("reference", "")
    row = _held(reference)
    if row is None:
        return _page(_not_held()), 404
    return _checked(json.dumps(row.body), reference)


@blueprint.post("/verify/held/<any(json, jsonld, pdf):form>")
@limited("10 per minute")
def held_file(form: str) -> ResponseReturnValue:
    """Hand the receipt out to who scanned it."""
    row = _held(request.form.get("reference", ""))
    if row is None:
        return _page(_not_held()), 404
    return file_of(row.body, Form(form))


@blueprint.get("/receipts/keys")
def keys() -> ResponseReturnValue:
    """Return the public keys that check receipts and the log."""
    ring = current_hub().office.ring
    text = key_lines(PublicKeys(ring.log_public, ring.receipt_public))
    return Response(text, mimetype="text/plain")


@blueprint.get("/receipts/context")
def context() -> ResponseReturnValue:
    """Return the JSON-LD context of receipts."""
    return Response(context_text(), mimetype="application/ld+json")


@blueprint.get("/notices/<version>/<any(nl, en):language>/<purpose>")
def notice(version: str, language: str, purpose: str) -> ResponseReturnValue:
    """Show a text as it was shown when somebody consented to it."""
    try:
        text = current_hub().office.notices.get(version, language, Purpose(purpose))
    except (NoticeError, ValueError):
        return answer(404, gettext("Nothing here"), gettext("There is no such text. Check it."))
    return render_template("public/notice.html", notice=text, blocks=blocks(text.body))


@blueprint.get("/notices/<version>/<any(nl, en):language>/release")
def release(version: str, language: str) -> ResponseReturnValue:
    """Show the release that was signed before a face was captured (R42)."""
    try:
        text = current_hub().office.notices.release(version, language)
    except NoticeError:
        return answer(404, gettext("Nothing here"), gettext("There is no such text. Check it."))
    return render_template("public/notice.html", notice=text, blocks=blocks(text.body))


@blueprint.get("/privacy-policy")
def privacy_policy() -> ResponseReturnValue:
    """Say what is kept here, why and for how long."""
    return render_template("public/policy.html", **policy_values())


def _held(reference: str) -> ReceiptRow | None:
    office = current_hub().office
    with office.databases.identity.read() as identity:
        row = receipt_by_fingerprint(identity, reference)
    if row is not None:
        note(
            office,
            EventKind.PROFILE_READ,
            actor="anonymous",
            about=row.subject_id,
            detail={"what": "receipt", "receipt": row.id},
        )
    return row


def _not_held() -> str:
    return gettext(
        "No receipt of this shop has this code. Was the whole code scanned, and is the receipt "
        "this shop’s? You can still paste or choose the receipt’s file below."
    )


def _checked(text: str, reference: str = "") -> ResponseReturnValue:
    try:
        checked = check_here(current_hub().office, text)
    except ReceiptError as error:
        if wants_json():
            return jsonify(error="not_a_receipt", message=str(error)), 400
        return _page(_unreadable(text), text if len(text) <= LARGEST else ""), 400
    status = 200 if checked.ok else 422
    if wants_json():
        return jsonify(ok=checked.ok, summary=checked.summary), status
    return _page(checked=checked, reference=reference), status


def _unreadable(text: str) -> str:
    if len(text) > LARGEST:
        return gettext("This is too large for a receipt. Take the file as you were given it.")
    return gettext(
        "This is not a receipt, or only a part of one. Take the file as you were given it, whole "
        "and unchanged."
    )


def _page(
    problem: str = "",
    pasted: str = "",
    checked: CheckedReceipt | None = None,
    reference: str = "",
) -> str:
    shown: Mapping[str, Any] = {
        "problem": problem,
        "pasted": pasted,
        "checked": checked,
        "reference": reference,
        "purpose_of": words.purpose,
        "state_of": words.state,
        "event_of": words.event,
        "flaw_of": words.flaw,
    }
    return render_template("public/verify.html", **shown)
