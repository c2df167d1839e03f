"""The manager's page of the shop's own lists: tags and kinds of sizes that staff choose from."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.customers.choices import (
    LONGEST,
    MOST,
    ChoiceKind,
    add_choice,
    choices,
    drop_choice,
)
from clienteling.customers.sensitive import hints
from clienteling.errors import UsageError
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited

blueprint = Blueprint("customer_lists", __name__, url_prefix="/manage/customers")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show both lists."""
    return _page()


@blueprint.post("/<any(tag, size):kind>")
@limited("60 per minute")
def add(kind: str) -> ResponseReturnValue:
    """Put an entry on a list."""
    nl, en = request.form.get("nl", ""), request.form.get("en", "")
    try:
        add_choice(current_hub().office, ChoiceKind(kind), nl, en, actor=this_staff().id)
    except UsageError:
        return _page(kind, _problem(nl, en)), 422
    return redirect(url_for("customer_lists.overview", _anchor=kind), 303)


@blueprint.post("/<uuid:choice_id>/remove")
@limited("60 per minute")
def remove(choice_id: UUID) -> ResponseReturnValue:
    """Take an entry off its list and off every customer who has it."""
    try:
        drop_choice(current_hub().office, str(choice_id), actor=this_staff().id)
    except UsageError:
        return _page("", gettext("This is gone already.")), 404
    return redirect(url_for("customer_lists.overview"), 303)


def _problem(nl: str, en: str) -> str:
    if any(hints(word) for word in (nl, en)):
        return gettext("This hints at health, belief, origin or sex life. Such a list is not kept.")
    return gettext(
        "Give the words in both languages, in at most 30 characters each, and not twice. A list "
        "has at most 40 entries."
    )


def _page(form: str = "", problem: str = "") -> str:
    with current_hub().databases.identity.read() as identity:
        lists = {kind.value: choices(identity, kind) for kind in ChoiceKind}
    return render_template(
        "manage/customers.html",
        lists=lists,
        form=form,
        problem=problem,
        given=request.form,
        longest=LONGEST,
        most=MOST,
    )
