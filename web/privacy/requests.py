"""Withdrawing and erasing because a customer asked, and how far each copy is."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.oversight.flows import FlowState, flow_result
from clienteling.oversight.requests import CHANNELS, erase_on_request, withdraw_on_request
from clienteling.oversight.timeline import Timeline, timeline
from consent.purposes import Purpose
from consent.rights.requests import Channel
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.privacy.pages import blueprint


@blueprint.get("/customers/<subject_id>/withdraw")
def withdraw(subject_id: str) -> ResponseReturnValue:
    """Show what withdrawing means, and ask to confirm it."""
    return _withdraw_page(_file(subject_id), request.args.getlist("purpose"))


@blueprint.post("/customers/<subject_id>/withdraw")
@limited("30 per minute")
def withdraw_now(subject_id: str) -> ResponseReturnValue:
    """Withdraw the purposes that were ticked."""
    ticked = request.form.getlist("purpose")
    known = {purpose.value for purpose in Purpose}
    purposes = [Purpose(name) for name in ticked if name in known]
    channel = _channel()
    if not purposes or len(purposes) != len(ticked):
        problem = gettext("Tick at least one purpose.")
        return _withdraw_page(_file(subject_id), ticked, problem), 400
    if channel is None:
        problem = gettext("Choose how the customer asked.")
        return _withdraw_page(_file(subject_id), ticked, problem), 400
    done = withdraw_on_request(
        current_hub().office, subject_id, purposes, channel, actor=this_staff().id
    )
    if done.flow_id is None:
        problem = gettext("None of these stood any more. Nothing was changed.")
        return _withdraw_page(_file(subject_id), (), problem), 409
    return redirect(url_for("privacy.flow", flow_id=done.flow_id), 303)


@blueprint.get("/customers/<subject_id>/erase")
def erase(subject_id: str) -> ResponseReturnValue:
    """Show what erasing means, and ask to confirm it."""
    return _erase_page(_file(subject_id))


@blueprint.post("/customers/<subject_id>/erase")
@limited("30 per minute")
def erase_now(subject_id: str) -> ResponseReturnValue:
    """Erase the customer."""
    channel = _channel()
    if channel is None:
        problem = gettext("Choose how the customer asked.")
        return _erase_page(_file(subject_id), problem), 400
    if request.form.get("sure") != "yes":
        problem = gettext("Confirm that it cannot be undone.")
        return _erase_page(_file(subject_id), problem), 400
    done = erase_on_request(current_hub().office, subject_id, channel, actor=this_staff().id)
    return redirect(url_for("privacy.flow", flow_id=done.flow_id), 303)


@blueprint.get("/flows/<flow_id>")
def flow(flow_id: str) -> ResponseReturnValue:
    """Show what a withdrawal or erasure did, copy by copy; the read is logged."""
    result = flow_result(current_hub().office, flow_id, reader=this_staff().id)
    return render_template("privacy/flow.html", result=result, cards=_cards(result.flow))


@blueprint.get("/flows/<flow_id>/now")
def flow_now(flow_id: str) -> ResponseReturnValue:
    """Return the moving part of that page, for as long as it is open."""
    result = flow_result(current_hub().office, flow_id, reader=None)
    return render_template("privacy/_flow.html", result=result, cards=_cards(result.flow))


def _cards(flow: FlowState) -> int:
    """Return how many open cards the withdrawal has yet to take off the tablets."""
    cards = current_hub().board.of_subject(flow.subject_id)
    if flow.erasing:
        return len(cards)
    return sum(not card.asked_by_name for card in cards) if flow.waits_for_edges else 0


def _file(subject_id: str) -> Timeline:
    return timeline(current_hub().office, subject_id, reader=this_staff().id)


def _channel() -> Channel | None:
    name = request.form.get("channel", "")
    return Channel(name) if name in {channel.value for channel in CHANNELS} else None


def _withdraw_page(file: Timeline, ticked: object, problem: str = "") -> str:
    return render_template(
        "privacy/withdraw.html",
        file=file,
        ticked=ticked,
        problem=problem,
        channels=CHANNELS,
        channel=request.form.get("channel", ""),
    )


def _erase_page(file: Timeline, problem: str = "") -> str:
    return render_template(
        "privacy/erase.html",
        file=file,
        problem=problem,
        channels=CHANNELS,
        channel=request.form.get("channel", ""),
    )
