"""What needs two persons (R44): somebody proposed it, somebody else decides here."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from clienteling.access.approvals import Matter, decide, proposals
from clienteling.access.devices import live_edges
from clienteling.access.users import RoleName
from clienteling.edge_protocol import EdgePolicy, PolicyChanged
from clienteling.oversight.actors import names
from clienteling.service.cameras import tell
from clienteling.service.zones import policy_of
from web.approvals.words import matter_word, what_words
from web.context import Hub, current_hub
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
    hub = current_hub()
    done = decide(hub.office, proposal_id, approve=approve, actor=this_staff().id, roles=roles)
    if done.matter is Matter.THRESHOLD and hub.policy is not None:
        _tell_cameras(hub, hub.policy)
    return redirect(url_for("approvals.overview"), 303)


def _tell_cameras(hub: Hub, policy: EdgePolicy) -> None:
    """A camera that waits for its calibration to be approved need not wait for the next lease."""
    with hub.databases.identity.read() as identity:
        told = {
            row.camera: policy_of(identity, policy, row.camera)
            for row in live_edges(identity)
            if row.camera is not None
        }
    for camera, changed in told.items():
        tell(hub.bus, camera, PolicyChanged(policy=changed))
