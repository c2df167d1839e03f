"""What needs two persons (R44): somebody proposed it, somebody else decides here."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from clienteling.access.approvals import decide, proposals
from clienteling.access.users import RoleName
from clienteling.oversight.actors import names
from web.approvals.words import matter_word, what_words
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited

blueprint = Blueprint("approvals", __name__, url_prefix="/approvals")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show what waits for a second person, and what became of the rest."""
    office = current_hub().office
    with office.databases.identity.read() as identity:
        found = proposals(identity, office)
        actors = names(
            identity, [who for one in found for who in (one.proposed_by, one.decided_by)]
        )
    waiting = tuple(one for one in found if one.approved is None and one.standing)
    return render_template(
        "approvals/overview.html",
        waiting=waiting,
        past=tuple(one for one in found if one not in waiting),
        names=actors,
        mine=this_staff().id,
        matter_word=matter_word,
        what_words=what_words,
    )


@blueprint.post("/<proposal_id>/approve")
@limited("30 per minute")
def approve(proposal_id: str) -> ResponseReturnValue:
    """Approve what somebody else proposed."""
    return _decide(proposal_id, approve=True)


@blueprint.post("/<proposal_id>/refuse")
@limited("30 per minute")
def refuse(proposal_id: str) -> ResponseReturnValue:
    """Refuse it."""
    return _decide(proposal_id, approve=False)


def _decide(proposal_id: str, *, approve: bool) -> ResponseReturnValue:
    roles = [RoleName(held.name) for held in current_user.roles]
    decide(current_hub().office, proposal_id, approve=approve, actor=this_staff().id, roles=roles)
    return redirect(url_for("approvals.overview"), 303)
