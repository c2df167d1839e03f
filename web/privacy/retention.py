"""What goes when its time is over: every rule, what is due, what the last run did."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clienteling.retention import job
from clienteling.retention.clock import confirm, doubt
from clienteling.retention.policy import rule_states
from consent.renewing import ending_soon
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.privacy.pages import blueprint


@blueprint.get("/retention")
def retention() -> ResponseReturnValue:
    """Show the rules; `?confirm=1` shows the question that comes before a clock is believed."""
    office = current_hub().office
    with office.databases.identity.read() as identity:
        soon = ending_soon(identity, office, office.now())
        doubted = doubt(identity, office.now())
    return render_template(
        "privacy/retention.html",
        rules=rule_states(office),
        soon=soon,
        removed=request.args.get("removed", type=int),
        doubted=doubted,
        asking="confirm" in request.args,
        local=_local,
    )


def _local(moment: datetime) -> str:
    """Return a time as a watch in the shop shows it: that is what it is compared with."""
    zone = ZoneInfo(current_hub().home.config.oversight.zone)
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"


@blueprint.post("/retention/run")
@limited("10 per minute")
def run_retention() -> ResponseReturnValue:
    """Run every rule now."""
    removed = job.sweep(current_hub().office)
    return redirect(url_for("privacy.retention", removed=removed), 303)


@blueprint.post("/retention/clock")
def confirm_clock() -> ResponseReturnValue:
    """Believe the clock: this officer looked at it."""
    staff = this_staff()
    confirm(current_hub().office, by="officer", actor=staff.id)
    return redirect(url_for("privacy.retention"), 303)
