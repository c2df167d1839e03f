"""Requests by customers and complaints, each with its clock: the list, one request, its answer."""

from enum import StrEnum
from typing import TypeVar

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.oversight.actors import names
from consent.errors import ConsentMissingError, PolicyRefusedError
from consent.rights import request_acts as acts
from consent.rights.request_text import LONGEST
from consent.rights.requests import (
    Channel,
    Extension,
    Identity,
    Outcome,
    RequestKind,
    closed_requests,
    open_requests,
)
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.privacy.pages import blueprint

_SHOWN = 50
E = TypeVar("E", bound=StrEnum)


@blueprint.get("/requests")
def requests() -> ResponseReturnValue:
    """Show what is open, the first due first, and what was answered."""
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        waiting = open_requests(identity, hub.now())
        answered = closed_requests(identity, hub.now(), _SHOWN)
        who = names(identity, [one.owner for one in (*waiting, *answered)])
    return render_template("privacy/requests.html", waiting=waiting, answered=answered, names=who)


@blueprint.get("/requests/new")
def new_request() -> ResponseReturnValue:
    """Ask what came in."""
    return _new_page(request.args.get("subject", ""))


@blueprint.post("/requests/new")
@limited("30 per minute")
def receive_request() -> ResponseReturnValue:
    """Take it in; the clock starts."""
    subject = request.form.get("subject", "").strip()[:36] or None
    kind, channel = _chosen(RequestKind, "kind"), _chosen(Channel, "channel")
    if kind is None or channel is None:
        return _new_page(subject or "", gettext("Choose what is asked, and how.")), 400
    received = acts.Received(
        kind=kind,
        channel=channel,
        subject_id=subject,
        identity=_chosen(Identity, "identity"),
        text=request.form.get("text", "")[:LONGEST],
        wrong_person=request.form.get("wrong_person") == "yes",
    )
    try:
        made = acts.receive(current_hub().office, received, actor=this_staff().id)
    except ConsentMissingError:
        problem = gettext("Look the customer up first. Who is no customer can only complain.")
        return _new_page("", problem), 400
    return redirect(url_for("privacy.one_request", request_id=made.id), 303)


@blueprint.get("/requests/<request_id>")
def one_request(request_id: str) -> ResponseReturnValue:
    """Show a request with its words; the read is logged."""
    return _request_page(request_id)


@blueprint.post("/requests/<request_id>/take")
def take_request(request_id: str) -> ResponseReturnValue:
    """Answer for it from now on."""
    acts.take(current_hub().office, request_id, actor=this_staff().id)
    return redirect(url_for("privacy.one_request", request_id=request_id), 303)


@blueprint.post("/requests/<request_id>/identity")
def identify(request_id: str) -> ResponseReturnValue:
    """Note how it was checked who asks."""
    how = _chosen(Identity, "identity")
    if how is None:
        return _request_page(request_id, gettext("Choose how you checked who asks.")), 400
    acts.identify(current_hub().office, request_id, how, actor=this_staff().id)
    return redirect(url_for("privacy.one_request", request_id=request_id), 303)


@blueprint.post("/requests/<request_id>/extend")
def extend(request_id: str) -> ResponseReturnValue:
    """Extend by two months; the customer was told."""
    reason, told = _chosen(Extension, "reason"), _chosen(Channel, "told")
    if reason is None or told is None:
        problem = gettext("Choose why, and how you told the customer.")
        return _request_page(request_id, problem), 400
    try:
        acts.extend(current_hub().office, request_id, reason, told, actor=this_staff().id)
    except PolicyRefusedError:
        problem = gettext("A request can be extended once, and only within the first month.")
        return _request_page(request_id, problem), 409
    return redirect(url_for("privacy.one_request", request_id=request_id), 303)


@blueprint.post("/requests/<request_id>/answer")
def answer(request_id: str) -> ResponseReturnValue:
    """Close it with its answer."""
    outcome, channel = _chosen(Outcome, "outcome"), _chosen(Channel, "channel")
    if outcome is None or channel is None:
        problem = gettext("Choose how it ended, and how you answered.")
        return _request_page(request_id, problem), 400
    given = acts.Answer(
        outcome=outcome,
        channel=channel,
        reply=request.form.get("reply", "")[:LONGEST],
        authority_named=request.form.get("authority") == "yes",
    )
    try:
        acts.answer(current_hub().office, request_id, given, actor=this_staff().id)
    except PolicyRefusedError:
        problem = gettext(
            "Note first how you checked who asks. When you refuse, tell why, and where the "
            "customer can complain. A request that is answered stays as it is."
        )
        return _request_page(request_id, problem), 409
    return redirect(url_for("privacy.one_request", request_id=request_id), 303)


def _chosen(kind: type[E], field: str) -> E | None:
    value = request.form.get(field, "")
    return kind(value) if value in {one.value for one in kind} else None


def _new_page(subject: str, problem: str = "") -> str:
    return render_template(
        "privacy/request_new.html",
        subject=subject,
        problem=problem,
        kinds=tuple(RequestKind) if subject else (RequestKind.COMPLAINT,),
        channels=tuple(Channel),
        identities=tuple(Identity),
        longest=LONGEST,
    )


def _request_page(request_id: str, problem: str = "") -> str:
    hub = current_hub()
    one, texts = acts.read_request(hub.office, request_id, reader=this_staff().id)
    with hub.databases.identity.read() as identity:
        who = names(identity, [one.owner, one.received_by])
    return render_template(
        "privacy/request.html",
        one=one,
        texts=texts,
        names=who,
        problem=problem,
        channels=tuple(Channel),
        identities=tuple(Identity),
        outcomes=tuple(Outcome),
        reasons=tuple(Extension),
        authority=hub.office.profile.authority,
        longest=LONGEST,
    )
