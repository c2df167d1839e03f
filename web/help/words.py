"""What the help bar's pages call things, in the reader's language."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Flask
from flask_babel import format_date, format_time, gettext, lazy_gettext

from clienteling.service.helpbar.kinds import HelpKind, HelpRequest
from clienteling.service.helpbar.lists import Which
from clienteling.service.helpbar.reasons import CommonReason, Reason
from web.context import current_hub

_ICONS = {
    HelpKind.REPAIR: "tool",
    HelpKind.PICKUP: "bag",
    HelpKind.RETURN: "back",
    HelpKind.QUESTION: "question",
    HelpKind.COMPLAINT: "bell",
    HelpKind.APPOINTMENT: "clock",
    HelpKind.ANYTHING: "heart",
}

_LISTS = {
    Which.ALL: lazy_gettext("All"),
    Which.MINE: lazy_gettext("Mine"),
    Which.READY: lazy_gettext("Ready"),
    Which.OVERDUE: lazy_gettext("Overdue"),
    Which.CLOSED: lazy_gettext("Closed"),
}

_REASONS = {
    CommonReason.NOTHING: lazy_gettext("Nothing to mend"),
    CommonReason.DID_NOT_FIT: lazy_gettext("Did not fit"),
    CommonReason.BROKE: lazy_gettext("Broke"),
    CommonReason.NOT_AS_EXPECTED: lazy_gettext("Not as expected"),
    CommonReason.INSTRUCTIONS: lazy_gettext("Instructions unclear"),
    CommonReason.STOCK: lazy_gettext("Not in stock"),
    CommonReason.LATE: lazy_gettext("Delivered late"),
    CommonReason.PRICE: lazy_gettext("Price tag wrong"),
    CommonReason.WRONG_ITEM: lazy_gettext("Wrong item"),
    CommonReason.SERVICE: lazy_gettext("How we helped"),
    CommonReason.OTHER: lazy_gettext("Something else"),
}

_PROBLEMS = {
    "Say in a few words what the customer needs.": lazy_gettext(
        "Say in a few words what the customer needs."
    ),
    "Choose what it was about.": lazy_gettext("Choose what it was about."),
    "Write something first.": lazy_gettext("Write something first."),
    "This reason is there already.": lazy_gettext("This reason is there already."),
    "There is no such reason.": lazy_gettext("There is no such reason."),
    "Keep at least one reason: a request is closed with it.": lazy_gettext(
        "Keep at least one reason: a request is closed with it."
    ),
}


def problem_word(sentence: str) -> str:
    """Return a refusal in the reader's language."""
    if sentence in _PROBLEMS:
        return str(_PROBLEMS[sentence])
    if sentence.startswith("Keep it to "):
        return gettext("This is too long. Shorten it.")
    if sentence.startswith("Give the reason a few words"):
        return gettext("Give the reason a few words, at most 60 characters.")
    if sentence.startswith("There are "):
        return gettext("There are enough reasons. Put one away first.")
    return sentence


def reason_word(reason: str, labels: Mapping[str, str]) -> str:
    """Return what a reason is called; `labels`: of those that the shop added."""
    if reason in set(CommonReason):
        return str(_REASONS[CommonReason(reason)])
    return labels.get(reason) or gettext("A reason of before")


def labels_of(known: tuple[Reason, ...]) -> dict[str, str]:
    """Return the words of the reasons that the shop added."""
    return {reason.id: reason.label for reason in known if reason.label}


def moment_word(moment: datetime, now: datetime) -> str:
    """Return a day, and the time unless it is the end of that day; `now` in the shop's zone."""
    local, today = moment.astimezone(now.tzinfo), now.date()
    days = {
        today: gettext("today"),
        today + timedelta(days=1): gettext("tomorrow"),
        today - timedelta(days=1): gettext("yesterday"),
    }
    day = days.get(local.date()) or str(format_date(local.date(), "EEE d MMM"))
    if (local.hour, local.minute) == (23, 59):
        return day
    time = format_time(local, "HH:mm", rebase=False)
    return gettext("%(day)s, %(time)s", day=day, time=time)


def due_word(request: HelpRequest) -> str:
    """Say what was promised, and whether that is over."""
    if request.due_at is None:
        return gettext("nothing promised")
    moment = moment_word(request.due_at, current_hub().office.wall_now())
    if request.overdue:
        return gettext("overdue: %(moment)s", moment=moment)
    return gettext("promised: %(moment)s", moment=moment)


def init_words(app: Flask) -> None:
    """Teach the templates these words."""
    app.jinja_env.globals.update(
        help_icon=lambda kind: _ICONS[HelpKind(kind)],
        list_word=lambda which: str(_LISTS[which]),
        reason_word=reason_word,
        help_due=due_word,
        help_moment=lambda moment: moment_word(moment, current_hub().office.wall_now()),
    )
