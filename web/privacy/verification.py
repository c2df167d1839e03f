"""Verifying the log now, alone or against a checkpoint that was kept elsewhere."""

from functools import partial

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from clienteling.errors import UsageError
from clienteling.oversight.shop import shop_state
from clienteling.service.verify import check_log, read_outside
from consent.log import ledger
from web.context import current_hub
from web.guards import this_staff
from web.privacy.checks import Check, check_board
from web.privacy.pages import blueprint


@blueprint.get("/verify")
def verify() -> ResponseReturnValue:
    """Show the button, and where a checkpoint is pasted."""
    return _verify_page()


@blueprint.post("/verify")
def verify_now() -> ResponseReturnValue:
    """Start a verification and lead to its page."""
    office = current_hub().office
    pasted = request.form.get("checkpoint", "").strip()
    try:
        outside = read_outside(pasted) if pasted else None
    except UsageError:
        problem = gettext(
            "This is not a checkpoint. Paste all of its lines, the signature too; or a receipt."
        )
        return _verify_page(problem, pasted), 400
    with office.databases.identity.read() as identity:
        total = ledger.size(identity)
    run = partial(check_log, office, outside, actor=this_staff().id)
    check = check_board().start(
        total, outside.size if outside else None, lambda tell: run(progress=tell)
    )
    return redirect(url_for("privacy.check", check_id=check.id), 303)


@blueprint.get("/verify/<check_id>")
def check(check_id: str) -> ResponseReturnValue:
    """Show how far a verification is, or what it found."""
    return render_template("privacy/check.html", check=_check(check_id))


@blueprint.get("/verify/<check_id>/now")
def check_now(check_id: str) -> ResponseReturnValue:
    """Return the moving part of that page."""
    return render_template("privacy/_check.html", check=_check(check_id))


def _check(check_id: str) -> Check:
    found = check_board().get(check_id)
    if found is None:
        raise NotFound
    return found


def _verify_page(problem: str = "", pasted: str = "") -> str:
    shop = shop_state(current_hub().home)
    return render_template("privacy/verify.html", shop=shop, problem=problem, pasted=pasted)
