"""What customers keep themselves: sizes, wishes, dates, and what they come for.

Behind the receipt code, beside the other things that they can do about their data. Only where they
share preferences, and while their data is not restricted: then it is used for nothing.
At the kiosk they come for something today; on their own page, also on a coming day.
"""

from collections.abc import Callable
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from clienteling.customers import dates, intents, sizes, wishes
from clienteling.customers.choices import ChoiceKind, choices
from clienteling.customers.kept import ToldBy
from clienteling.customers.page import own_lists
from clienteling.errors import UsageError
from consent.errors import ConsentMissingError
from web.context import current_hub
from web.kiosk.context import blueprint, leaving
from web.kiosk.place import this_place
from web.languages import language
from web.limits import limited

_LEAP_YEAR = 2000


@blueprint.get("/leaving/<session_id>/lists")
def my_lists(session_id: str) -> ResponseReturnValue:
    """Show the customer's own sizes, wishes and dates; logged."""
    return _page(session_id)


@blueprint.post("/leaving/<session_id>/lists")
@limited("60 per minute")
def change_my_lists(session_id: str) -> ResponseReturnValue:
    """Add something, or take something away."""
    session = leaving(session_id)
    act = _act(session.subject_id)
    problem = gettext("That did not work. Fill in everything of one line, and a day that exists.")
    if act is None:
        return _page(session_id, problem), 422
    try:
        act()
    except UsageError:
        return _page(session_id, problem), 422
    except ConsentMissingError:
        return _page(session_id), 403
    return redirect(url_for(".my_lists", session_id=session.id), 303)


def _act(subject_id: str) -> Callable[[], object] | None:
    """Return what the posted form asks for; None: nothing that can be done."""
    kind, _, id_ = request.form.get("remove", "").partition(":")
    acts = _removing(subject_id, id_) if kind else _adding(subject_id)
    return acts.get(kind or request.form.get("add", ""))


def _removing(subject_id: str, id_: str) -> dict[str, Callable[[], object]]:
    office, who = current_hub().office, this_place().actor
    return {
        "size": lambda: sizes.remove(office, subject_id, id_, actor=who),
        "wish": lambda: wishes.remove(office, subject_id, id_, actor=who),
        "date": lambda: dates.remove(office, subject_id, id_, actor=who),
        "intent": lambda: intents.remove(office, subject_id, id_, actor=who),
    }


def _adding(subject_id: str) -> dict[str, Callable[[], object]]:
    form, office, who = request.form, current_hub().office, this_place().actor
    by, what = ToldBy.CUSTOMER, form.get("what", "")
    choice_id, value = form.get("choice", ""), form.get("value", "")
    day = (_number("month"), _number("day"))
    return {
        "size": lambda: sizes.add(office, subject_id, choice_id, value, actor=who, told_by=by),
        "wish": lambda: wishes.add(office, subject_id, what, actor=who, told_by=by),
        "date": lambda: dates.add(office, subject_id, day, what, actor=who, told_by=by),
        "intent": lambda: intents.add(
            office, subject_id, what, actor=who, told_by=by, day=_coming_day()
        ),
    }


def _coming_day() -> date | None:
    """Return for which day it is said; None: today, as always at the kiosk.

    Raises:
        UsageError: it is no day.
    """
    text = request.form.get("on", "")
    if this_place().at_kiosk or not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("This is no day.") from error


def _number(name: str) -> int:
    """Return a number that was chosen; 0, which is no day and no month, for anything else."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 2 else 0  # noqa: PLR2004


def _page(session_id: str, problem: str = "") -> str:
    session = leaving(session_id)
    office = current_hub().office
    own = own_lists(office, session.subject_id, reader=this_place().actor)
    with office.databases.identity.read() as identity:
        kinds = choices(identity, ChoiceKind.SIZE)
    return render_template(
        "kiosk/lists.html",
        visit=session,
        own=own,
        kinds=kinds,
        problem=problem,
        given=request.form if problem else {},
        language_now=language(),
        coming=intents.days(office),
        day_of=lambda one: format_date(date.fromisoformat(one.day), "EEEE d MMMM"),
        yearly=lambda one: format_date(date(_LEAP_YEAR, one.month, one.day), "d MMMM"),
        months=[(month, format_date(date(_LEAP_YEAR, month, 1), "LLLL")) for month in range(1, 13)],
        limits={
            "size": sizes.LONGEST,
            "wish": wishes.LONGEST,
            "date": dates.LONGEST,
            "intent": intents.LONGEST,
        },
    )
