"""The help bar on the tablet: what was asked, who takes care of it, and until when."""

from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.access.register import people
from clienteling.errors import UsageError
from clienteling.service.helpbar import acts
from clienteling.service.helpbar.forgetting import STRANGERS_KEPT, forget_now
from clienteling.service.helpbar.kinds import (
    LONGEST,
    LONGEST_NAME,
    LONGEST_PHONE,
    Asked,
    HelpKind,
    HelpStatus,
    NewHelp,
    NoteKind,
)
from clienteling.service.helpbar.lists import Which, listed, queue_today, read_one
from clienteling.service.helpbar.reasons import reasons
from consent.errors import ConsentMissingError
from web.context import current_hub
from web.errors import answer
from web.guards import this_staff
from web.help.customer import key_for, subject_of, subject_of_arrival
from web.help.forms import Promise, appointment_of, due_of, product_of
from web.help.words import init_words, labels_of, problem_word
from web.limits import limited

blueprint = Blueprint("help_bar", __name__, url_prefix="/staff/requests")

_Choice = TypeVar("_Choice", bound=StrEnum)

#: Products that the field proposes; more would make the page heavy on a tablet.
_PROPOSED = 200


@blueprint.record_once
def _prepare(state: object) -> None:
    init_words(state.app)  # type: ignore[attr-defined]


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show a list: what is overdue on top."""
    hub, staff = current_hub(), this_staff()
    which = _one_of(Which, "show") or Which.ALL
    kind = _one_of(HelpKind, "kind")
    found = listed(hub.office, which, reader=staff.id, kind=kind)
    with hub.databases.identity.read() as identity:
        waiting = queue_today(identity, hub.office.wall_now())
    return render_template(
        "help/list.html",
        requests=found,
        which=which,
        kind=kind,
        lists=tuple(Which),
        kinds=tuple(HelpKind),
        queue=waiting,
        **_words(),
    )


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """Ask what somebody needs."""
    return _form()


@blueprint.get("/new/<uuid:arrival_id>")
def new_for(arrival_id: UUID) -> ResponseReturnValue:
    """Ask what the customer needs whom this member of staff is greeting."""
    subject_id = subject_of_arrival(str(arrival_id))
    if subject_id is None:
        return _over()
    return _form(key=key_for(subject_id))


@blueprint.post("")
@limited("30 per minute")
def take_in() -> ResponseReturnValue:
    """Take a request in; what was typed goes into no address and no log."""
    office, staff, form = current_hub().office, this_staff(), request.form
    key = form.get("key", "")
    subject_id = subject_of(key) if key else None
    if key and subject_id is None:
        return _over()
    kind = _one_of(HelpKind, "what_kind")
    if kind is None:
        return _form(gettext("Choose what the customer needs."), key), 400
    try:
        new_request = NewHelp(
            kind=kind,
            asked=Asked(
                form.get("what", ""),
                "" if key else form.get("first_name", ""),
                "" if key else form.get("phone", ""),
            ),
            subject_id=subject_id,
            due_at=due_of(form, office.wall_now()),
            appointment_at=appointment_of(form, office.zone),
            in_queue="in_queue" in form,
            owner=staff.id if "mine" in form else None,
        )
        request_id = acts.open_request(office, new_request, actor=staff.id)
    except UsageError as error:
        return _form(problem_word(str(error)), key), 400
    except ValueError:
        return _form(gettext("Give the day, and the time if there is one."), key), 400
    except ConsentMissingError:
        return _form(
            gettext("This customer’s account has ended, or its data is not used."), key
        ), 403
    return redirect(url_for("help_bar.one", request_id=request_id), 303)


@blueprint.get("/<uuid:request_id>")
def one(request_id: UUID) -> ResponseReturnValue:
    """Show a request with its notes and ideas; the read is logged."""
    return _page(request_id)


@blueprint.post("/<uuid:request_id>/claim")
def claim(request_id: UUID) -> ResponseReturnValue:
    """Say "I take care of it"."""
    return _act(request_id, acts.claim)


@blueprint.post("/<uuid:request_id>/release")
def release(request_id: UUID) -> ResponseReturnValue:
    """Let anybody take care of it."""
    return _act(request_id, acts.give_back)


@blueprint.post("/<uuid:request_id>/queue")
def queue(request_id: UUID) -> ResponseReturnValue:
    """Give the customer who waits a number."""
    return _act(request_id, acts.queue)


@blueprint.post("/<uuid:request_id>/status/<any(open, waiting, ready, cancelled):status>")
def status(request_id: UUID, status: str) -> ResponseReturnValue:
    """Say how far it is, in one tap."""
    return _act(
        request_id,
        lambda office, id_, *, actor: acts.move(office, id_, HelpStatus(status), actor=actor),
    )


@blueprint.post("/<uuid:request_id>/done")
def done(request_id: UUID) -> ResponseReturnValue:
    """Close it with what it was about."""
    office, form = current_hub().office, request.form
    try:
        product = product_of(form.get("product", ""), _product_names())
        acts.close(office, str(request_id), form.get("reason", ""), product, actor=this_staff().id)
    except UsageError as error:
        problem = (
            gettext("The shop has no product of this name or code. Choose one, or leave it empty.")
            if "product" in str(error)
            else problem_word(str(error))
        )
        return _page(request_id, problem), 400
    return _back(request_id)


@blueprint.post("/<uuid:request_id>/notes")
@limited("60 per minute")
def note(request_id: UUID) -> ResponseReturnValue:
    """Add what was done, or how it could be solved."""
    form = request.form
    kind = _one_of(NoteKind, "note_kind") or NoteKind.NOTE
    try:
        acts.add_note(
            current_hub().office,
            str(request_id),
            kind,
            form.get("text", ""),
            actor=this_staff().id,
        )
    except UsageError as error:
        return _page(request_id, problem_word(str(error))), 400
    return _back(request_id)


@blueprint.post("/<uuid:request_id>/times")
def times(request_id: UUID) -> ResponseReturnValue:
    """Change what was promised, and when the customer comes."""
    office, form = current_hub().office, request.form
    try:
        due, visit = due_of(form, office.wall_now()), appointment_of(form, office.zone)
    except ValueError:
        return _page(request_id, gettext("Give the day, and the time if there is one.")), 400
    acts.promise(office, str(request_id), due, visit, actor=this_staff().id)
    return _back(request_id)


@blueprint.post("/<uuid:request_id>/forget")
def forget(request_id: UUID) -> ResponseReturnValue:
    """Remove the request of somebody without an account who asks for that."""
    forget_now(current_hub().office, str(request_id), actor=this_staff().id)
    return redirect(url_for("help_bar.overview"), 303)


def _act(request_id: UUID, act: Callable[..., Any]) -> ResponseReturnValue:
    act(current_hub().office, str(request_id), actor=this_staff().id)
    return _back(request_id)


def _back(request_id: UUID) -> ResponseReturnValue:
    """Go back to the list from which it was done, or to the request."""
    show = _one_of(Which, "show")
    if show is not None:
        return redirect(url_for("help_bar.overview", show=show.value), 303)
    return redirect(url_for("help_bar.one", request_id=request_id), 303)


def _form(problem: str = "", key: str = "") -> str:
    return render_template(
        "help/new.html",
        problem=problem,
        key=key,
        kinds=tuple(HelpKind),
        promises=tuple(Promise),
        given=request.form,
        longest=LONGEST,
        longest_name=LONGEST_NAME,
        longest_phone=LONGEST_PHONE,
        kept=STRANGERS_KEPT.days,
    )


def _page(request_id: UUID, problem: str = "") -> str:
    hub = current_hub()
    found, notes = read_one(hub.office, str(request_id), reader=this_staff().id)
    return render_template(
        "help/request.html",
        request=found,
        zone=hub.office.zone,
        notes=[each for each in notes if each.kind is NoteKind.NOTE],
        ideas=[each for each in notes if each.kind is NoteKind.IDEA],
        problem=problem,
        given=request.form,
        promises=tuple(Promise),
        products=[each.name for each in hub.shelf.catalogue().active[:_PROPOSED]],
        longest=LONGEST,
        **_words(),
    )


def _words() -> dict[str, Any]:
    """Return who is called what, and the reasons to choose from."""
    with current_hub().databases.identity.read() as identity:
        names = {person.id: person.name for person in people(identity)}
        known = reasons(identity)
    return {
        "names": names,
        "me": this_staff().id,
        "reasons": [reason for reason in known if reason.active],
        "labels": labels_of(known),
    }


def _product_names() -> dict[str, str]:
    """Return the id of each product by everything that it is called."""
    return {
        name.casefold(): product.id
        for product in current_hub().shelf.catalogue().products.values()
        for name in (product.name, product.name_nl, product.name_en, product.sku, product.gtin)
        if name
    }


def _one_of(kind: type[_Choice], field: str) -> _Choice | None:
    """Return a value of the form or the address; None where it is none of them."""
    given = request.values.get(field, "")
    return next((one for one in kind if one.value == given), None)


def _over() -> ResponseReturnValue:
    sentence = gettext("Open the customer’s card again, and confirm with them that it is theirs.")
    return answer(HTTPStatus.GONE, gettext("Ended"), sentence)
