"""Restricting, correcting and handing out, because a customer asked the officer."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.access.approvals import ApprovalNeededError
from clienteling.errors import UsageError
from clienteling.oversight.edges import edge_states
from clienteling.rights.correction import Change, correct
from clienteling.rights.export import Way, export
from consent.errors import PolicyRefusedError
from consent.leaving import require_subject
from consent.rights.requests import Channel
from consent.rights.restriction import Ground, lift, note_told, restrict, restriction_of
from web.context import current_hub
from web.guards import this_staff
from web.languages import LANGUAGES
from web.limits import limited
from web.privacy.pages import blueprint
from web.rights.document import as_json, as_page, as_pdf


@blueprint.get("/customers/<subject_id>/restriction")
def restriction(subject_id: str) -> ResponseReturnValue:
    """Show whether a customer's data is restricted, and what can be done about it."""
    return _restriction_page(subject_id)


@blueprint.post("/customers/<subject_id>/restriction")
@limited("30 per minute")
def restrict_now(subject_id: str) -> ResponseReturnValue:
    """Restrict, note that the customer was told, or lift."""
    office, actor = current_hub().office, this_staff().id
    act, value = request.form.get("act", ""), request.form.get("value", "")
    if act == "restrict" and value in set(Ground):
        restrict(office, subject_id, Ground(value), actor=actor)
    elif act == "told" and value in set(Channel):
        note_told(office, subject_id, Channel(value), actor=actor)
    elif act == "lift":
        try:
            lift(office, subject_id, actor=actor)
        except PolicyRefusedError:
            problem = gettext("Tell the customer first, and note it; then it can be lifted.")
            return _restriction_page(subject_id, problem), 409
    else:
        return _restriction_page(subject_id, gettext("Choose one of the answers.")), 400
    return redirect(url_for("privacy.restriction", subject_id=subject_id), 303)


@blueprint.get("/customers/<subject_id>/correct")
def correction(subject_id: str) -> ResponseReturnValue:
    """Ask what is to be different. What stands there now is not shown (decision 0060)."""
    return _correct_page(subject_id)


@blueprint.post("/customers/<subject_id>/correct")
@limited("30 per minute")
def correct_now(subject_id: str) -> ResponseReturnValue:
    """Write what was filled in."""
    form = request.form
    language = form.get("language", "")
    change = Change(
        name=form.get("name", "").strip() or None,
        email="" if form.get("no_email") == "yes" else form.get("email", "").strip() or None,
        phone="" if form.get("no_phone") == "yes" else form.get("phone", "").strip() or None,
        card="" if form.get("no_card") == "yes" else form.get("card", "").strip() or None,
        language=language if language in LANGUAGES else None,
    )
    if change == Change():
        return _correct_page(subject_id, gettext("Fill in what is to be different.")), 400
    try:
        correct(current_hub().office, subject_id, change, actor=this_staff().id)
    except UsageError:
        problem = gettext(
            "A name has at most 80 characters; an e-mail address, a phone number and a card number "
            "must be whole."
        )
        return _correct_page(subject_id, problem), 400
    return redirect(url_for("privacy.customer", subject_id=subject_id), 303)


@blueprint.post("/customers/<subject_id>/export")
@limited("10 per minute")
def export_now(subject_id: str) -> ResponseReturnValue:
    """Hand out everything held, once a second person agreed; the next time asks anew."""
    office = current_hub().office
    try:
        document = export(office, subject_id, Way.OFFICER, actor=this_staff().id)
    except ApprovalNeededError as error:
        page = render_template("privacy/second.html", number=error.proposal_id[:8])
        return page, 403
    match request.form.get("form"):
        case "json":
            return as_json(document)
        case "pdf":
            return as_pdf(document)
    return Response(as_page(document), mimetype="text/html")


def _restriction_page(subject_id: str, problem: str = "") -> str:
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        require_subject(identity, subject_id)
        found = restriction_of(identity, subject_id)
        edges = edge_states(identity, hub.now()) if found else ()
    return render_template(
        "privacy/restriction.html",
        subject_id=subject_id,
        restriction=found,
        waiting=[
            edge
            for edge in edges
            if found and edge.leased and edge.gallery_version < found.leaf_index
        ],
        grounds=tuple(Ground),
        channels=tuple(Channel),
        problem=problem,
    )


def _correct_page(subject_id: str, problem: str = "") -> str:
    with current_hub().databases.identity.read() as identity:
        require_subject(identity, subject_id)
    return render_template("privacy/correct.html", subject_id=subject_id, problem=problem)
