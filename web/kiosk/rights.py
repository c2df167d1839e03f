"""What a customer with the receipt code can do about their data, at once and without staff.

See and take along, correct, keep unused, object or complain. Nothing shown here is kept; who is no
customer can complain, too.
"""

from collections.abc import Mapping
from enum import StrEnum

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.allergens import name as allergen_name
from clienteling.customers.profile import Account
from clienteling.errors import UsageError
from clienteling.rights.correction import Change, OwnWords, correct, own_words
from clienteling.rights.export import Way, export
from consent.rights.request_acts import Received, done_at_once, receive
from consent.rights.request_text import LONGEST
from consent.rights.requests import Identity, RequestKind, RequestView
from consent.rights.restriction import Ground, lift, note_told, restrict, restriction_of
from web.context import current_hub
from web.kiosk.answers import MAX_EMAIL, MAX_LIKES, MAX_NAME, MAX_OWN, MAX_WORDS
from web.kiosk.context import blueprint, leaving
from web.kiosk.place import this_place
from web.languages import LANGUAGES, language
from web.limits import limited
from web.rights.document import as_json, as_pdf


class Matter(StrEnum):
    """What somebody complains about, or objects to."""

    WRONG_PERSON = "wrong_person"
    COMPLAINT = "complaint"
    OBJECTION = "objection"


@blueprint.get("/leaving/<session_id>/data")
def my_data(session_id: str) -> ResponseReturnValue:
    """Show what can be done. No name, nothing about the person yet."""
    session = leaving(session_id)
    with current_hub().databases.identity.read() as identity:
        restricted = restriction_of(identity, session.subject_id) is not None
    return render_template("kiosk/data.html", visit=session, restricted=restricted)


@blueprint.post("/leaving/<session_id>/data")
@limited("10 per minute")
def show_data(session_id: str) -> ResponseReturnValue:
    """Show everything held, or hand it out as a file; it is made for this answer only."""
    session = leaving(session_id)
    document = export(
        current_hub().office, session.subject_id, Way.CUSTOMER, actor=this_place().actor
    )
    form = request.form.get("form")
    kind = RequestKind.PORTABILITY if form == "json" else RequestKind.ACCESS
    _done_at_once(kind, session.subject_id)
    match form:
        case "json":
            return as_json(document)
        case "pdf":
            return as_pdf(document)
    return render_template("kiosk/held.html", visit=session, document=document)


@blueprint.get("/leaving/<session_id>/correct")
def correction(session_id: str) -> ResponseReturnValue:
    """Show what the customer told us, to be changed."""
    session = leaving(session_id)
    words = own_words(current_hub().office, session.subject_id, reader=this_place().actor)
    return _correct_page(session_id, words)


@blueprint.post("/leaving/<session_id>/correct")
def correct_now(session_id: str) -> ResponseReturnValue:
    """Write what changed."""
    session = leaving(session_id)
    office, who = current_hub().office, this_place().actor
    words = own_words(office, session.subject_id, reader=who)
    try:
        changed = correct(office, session.subject_id, _change(words), actor=who)
    except UsageError:
        problem = gettext(
            "The name cannot be empty, and an e-mail address, phone number or card number must be "
            "complete."
        )
        return _correct_page(session_id, words, problem), 422
    if changed:
        _done_at_once(RequestKind.CORRECTION, session.subject_id)
    return _noted(session_id, gettext("It is corrected"))


@blueprint.post("/leaving/<session_id>/restrict")
def restrict_now(session_id: str) -> ResponseReturnValue:
    """Keep everything and use it for nothing; or use it again."""
    session = leaving(session_id)
    office, who = current_hub().office, this_place().actor
    if request.form.get("use") == "again":
        note_told(office, session.subject_id, this_place().channel, actor=who)
        lift(office, session.subject_id, actor=who)
        return _noted(session_id, gettext("Your data is used again"))
    restrict(office, session.subject_id, Ground.WISH, actor=who)
    _done_at_once(RequestKind.RESTRICTION, session.subject_id)
    return _noted(session_id, gettext("Your data is kept and used for nothing"))


@blueprint.get("/leaving/<session_id>/complain")
def complain(session_id: str) -> ResponseReturnValue:
    """Ask what is wrong."""
    return _complain_page(session_id)


@blueprint.post("/leaving/<session_id>/complain")
@limited("10 per minute")
def complain_now(session_id: str) -> ResponseReturnValue:
    """Take the complaint in."""
    session = leaving(session_id)
    return _take_in(session_id, session.subject_id)


@blueprint.get("/complain")
def complain_without_code() -> ResponseReturnValue:
    """Ask somebody what is wrong who is no customer, or has no receipt."""
    return _complain_page(None)


@blueprint.post("/complain")
@limited("5 per minute")
def complain_without_code_now() -> ResponseReturnValue:
    """Take the complaint in, under its own key."""
    return _take_in(None, None)


def _done_at_once(kind: RequestKind, subject_id: str) -> None:
    """Keep among the requests that it was asked and done: the officer answers for all of them."""
    done_at_once(
        current_hub().office,
        kind,
        subject_id,
        channel=this_place().channel,
        actor=this_place().actor,
    )


def _take_in(session_id: str | None, subject_id: str | None) -> ResponseReturnValue:
    about, text = request.form.get("about", ""), request.form.get("text", "").strip()
    known = [one for one in Matter if subject_id or one is not Matter.OBJECTION]
    if about not in known:
        return _complain_page(session_id, gettext("Choose what it is about.")), 422
    if not text and about != Matter.WRONG_PERSON:
        return _complain_page(session_id, gettext("Tell us in a few words what is wrong.")), 422
    kind = RequestKind.OBJECTION if about == Matter.OBJECTION else RequestKind.COMPLAINT
    received = Received(
        kind=kind,
        channel=this_place().channel,
        subject_id=subject_id,
        identity=Identity.CODE if subject_id else None,
        text=text,
        wrong_person=about == Matter.WRONG_PERSON,
    )
    made = receive(current_hub().office, received, actor=this_place().actor)
    return _noted(session_id, gettext("We have it, and you get an answer"), made)


def _change(words: OwnWords) -> Change:
    """Return what differs from what is held."""
    form = request.form
    name, email = form.get("name", "").strip()[:MAX_NAME], form.get("email", "").strip()
    spoken = form.get("spoken", "")
    account: Account = words.account
    likes = _words(form.getlist("like"), MAX_LIKES)
    held_likes = words.preferences.likes if words.preferences else ()
    codes = tuple(code for code in Allergen if code in form.getlist("allergen"))
    own = _words(form.getlist("own"), MAX_OWN)
    stated = words.allergies
    held_allergies = (stated.codes, stated.own_words) if stated else ((), ())
    return Change(
        name=name if name != account.name else None,
        email=email[:MAX_EMAIL] if email != (account.email or "") else None,
        phone=_changed(form, "phone", account.phone),
        card=_changed(form, "card", account.card),
        language=spoken if spoken in LANGUAGES and spoken != account.language else None,
        likes=likes if words.shares_preferences and likes != held_likes else None,
        allergies=(codes, own)
        if words.shares_allergies and (codes, own) != held_allergies
        else None,
    )


def _changed(form: Mapping[str, str], field: str, held: str | None) -> str | None:
    typed = form.get(field, held or "").strip()[:MAX_NAME]
    return typed if typed != (held or "") else None


def _words(values: list[str], most: int) -> tuple[str, ...]:
    cut = (" ".join(value.split())[:MAX_WORDS].strip() for value in values)
    return tuple(dict.fromkeys(word for word in cut if word))[:most]


def _correct_page(session_id: str, words: OwnWords, problem: str = "") -> str:
    return render_template(
        "kiosk/correct.html",
        visit=leaving(session_id),
        words=words,
        problem=problem,
        allergen_names=[(code, allergen_name(code, language())) for code in Allergen],
    )


def _complain_page(session_id: str | None, problem: str = "") -> str:
    return render_template(
        "kiosk/complain.html",
        visit=leaving(session_id) if session_id else None,
        problem=problem,
        authority=current_hub().office.profile.authority,
        text=request.form.get("text", "")[:LONGEST],
        about=request.form.get("about", ""),
        longest=LONGEST,
    )


def _noted(
    session_id: str | None, title: str, made: RequestView | None = None
) -> ResponseReturnValue:
    return render_template(
        "kiosk/noted.html",
        visit=leaving(session_id) if session_id else None,
        title=title,
        made=made,
        authority=current_hub().office.profile.authority,
    )
