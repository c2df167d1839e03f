"""Whom a breach affects (R41): asked by asset and time, answered by number."""

from datetime import UTC, datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.access.approvals import ApprovalNeededError
from clienteling.errors import UsageError
from clienteling.oversight import breach
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.privacy.pages import blueprint
from web.rights.document import as_json

_MOST = 5


@blueprint.get("/breach")
def breach_question() -> ResponseReturnValue:
    """Ask what was lost or misused, and when."""
    return _page()


@blueprint.post("/breach")
@limited("30 per minute")
def breach_answer() -> ResponseReturnValue:
    """Say whom it affects; the question is logged."""
    office, actor = current_hub().office, this_staff().id
    try:
        asked = breach.Breach(_assets(), _moment("since"), _moment("until"))
    except UsageError:
        return _page(gettext("Name an asset as in the examples, and times as they are asked.")), 400
    try:
        if request.form.get("names") == "yes":
            people = breach.names(office, asked, actor=actor)
            return as_json({"affected": [_plain(person) for person in people]})
        report = breach.query(office, asked, actor=actor, aware_at=_moment("aware"))
    except ApprovalNeededError as error:
        return render_template("privacy/second.html", number=error.proposal_id[:8]), 403
    except UsageError:
        return _page(gettext("There is no such camera, tablet, person or backup here.")), 404
    return _page(report=report)


def _assets() -> tuple[breach.Asset, ...]:
    typed = request.form.get("assets", "").replace(",", " ").split()
    if not 0 < len(typed) <= _MOST:
        raise UsageError("Name one to five assets.")
    return tuple(breach.parse_asset(asset) for asset in typed)


def _moment(field: str) -> datetime | None:
    text = request.form.get(field, "").strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise UsageError("This is no time.") from error


def _plain(person: breach.Contact) -> dict[str, str | None]:
    return {
        "customer": person.customer,
        "name": person.name,
        "email": person.email,
        "language": person.language,
    }


def _page(problem: str = "", report: breach.BreachReport | None = None) -> str:
    return render_template(
        "privacy/breach.html",
        problem=problem,
        report=report,
        given=request.form,
        authority=current_hub().office.profile.authority,
    )
