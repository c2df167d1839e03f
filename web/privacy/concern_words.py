"""What is open, in the officer's words: a sentence, what to do, and the page where it is done."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext, ngettext

from clienteling.oversight.concerns import Concern, Open, Urgency

#: How bad it is, in a word and a sign; the colour only repeats it.
URGENCY = {
    Urgency.LATE: (lazy_gettext("Now"), "danger", "warn"),
    Urgency.SOON: (lazy_gettext("Soon"), "warn", "clock"),
    Urgency.KNOW: (lazy_gettext("Good to know"), "", "info"),
}

_PAPERS = {
    "dpia": lazy_gettext("the impact assessment (DPIA)"),
    "dpo": lazy_gettext("the signature of the data protection officer"),
}

_SENTENCES = {
    Concern.LOG_BROKEN: lazy_gettext(
        "The last verification found that the log does not hold. "
        "Verify again, and keep what it says."
    ),
    Concern.CLOCK_DOUBTED: lazy_gettext(
        "The clock jumped ahead, or the shop was closed for long: nothing is deleted until "
        "somebody says that the clock is right."
    ),
    Concern.STOPPED: lazy_gettext("All recognition is stopped."),
    Concern.WITNESS_STALE: lazy_gettext(
        "A witness of the log has not cosigned for too long. It also stops when it saw the log "
        "rewritten."
    ),
    Concern.WITNESS_NONE: lazy_gettext("Nobody watches the log from outside."),
    Concern.RESTORED_UNSURE: lazy_gettext(
        "A backup was restored, and what was withdrawn last before the loss may be unknown."
    ),
    Concern.RESTORED: lazy_gettext(
        "A backup was restored. Pair the cameras again, and give the witness the log's new key."
    ),
    Concern.DEVELOPMENT_KEY: lazy_gettext(
        "Development key: not for real customers. Ask your operator for a sealed root key."
    ),
    Concern.NOT_VERIFIED: lazy_gettext("The log was last verified %(number)s days ago."),
    Concern.NEVER_VERIFIED: lazy_gettext("The log was never verified."),
    Concern.RULES_OVER: lazy_gettext(
        "The rules that counsel signed are out of date: cameras do not look."
    ),
    Concern.RULES_ENDING: lazy_gettext("The rules that counsel signed end in %(number)s days."),
    Concern.SIGN_MISSING: lazy_gettext("%(name)s: nobody attests its sign, so it does not look."),
    Concern.SIGN_ENDING: lazy_gettext(
        "%(name)s: its sign must be attested anew within %(number)s days."
    ),
    Concern.PAPER_MISSING: lazy_gettext("Missing: %(name)s."),
    Concern.RECORD_LACKING: lazy_gettext(
        "No record of processing was exported in the last year: cameras do not look, and the hub "
        "does not start again."
    ),
    Concern.RECORD_OUTDATED: lazy_gettext(
        "What the record of processing describes changed more than two weeks ago: the hub does "
        "not start again until it is exported."
    ),
    Concern.REPORT_OVERDUE: lazy_gettext(
        "How well the recognition works was not measured for more than 13 months, or the report "
        "cannot be read."
    ),
    Concern.REPORT_DUE: lazy_gettext(
        "How well the recognition works was measured more than a year ago: measure again."
    ),
    Concern.GROUPS_DIFFER: lazy_gettext(
        "The recognition errs more with one group of people than this shop puts up with."
    ),
    Concern.KEYS_LATE: lazy_gettext("The yearly rotation of the keys is %(number)s days late."),
}

#: Sentences that count something.
_COUNTED: dict[Concern, Callable[[int], str]] = {
    Concern.REQUESTS_LATE: lambda number: ngettext(
        "%(num)s request is over its deadline.", "%(num)s requests are over their deadline.", number
    ),
    Concern.REQUESTS_SOON: lambda number: ngettext(
        "%(num)s request must be answered within a week.",
        "%(num)s requests must be answered within a week.",
        number,
    ),
    Concern.REQUESTS_OPEN: lambda number: ngettext(
        "%(num)s request is open.", "%(num)s requests are open.", number
    ),
    Concern.RECORD_CHANGED: lambda number: ngettext(
        "What the record of processing describes has changed: export it again within %(num)s day. "
        "After that the hub does not start again.",
        "What the record of processing describes has changed: export it again within %(num)s "
        "days. After that the hub does not start again.",
        number,
    ),
    Concern.COPIES_STUCK: lambda number: ngettext(
        "%(num)s withdrawal or erasure has waited longer than any camera's lease.",
        "%(num)s withdrawals or erasures have waited longer than any camera's lease.",
        number,
    ),
    Concern.COPIES_OPEN: lambda number: ngettext(
        "%(num)s withdrawal or erasure waits for a camera.",
        "%(num)s withdrawals or erasures wait for a camera.",
        number,
    ),
    Concern.APPROVALS: lambda number: ngettext(
        "%(num)s proposal waits for a second person.",
        "%(num)s proposals wait for a second person.",
        number,
    ),
    Concern.LOOKS_UNUSUAL: lambda number: ngettext(
        "%(num)s person or device looked at unusually many customers.",
        "%(num)s persons or devices looked at unusually many customers.",
        number,
    ),
    Concern.CONSENTS_LAPSING: lambda number: ngettext(
        "The consent of %(num)s customer lapses within 30 days.",
        "The consent of %(num)s customers lapses within 30 days.",
        number,
    ),
}

_PLACES = {
    Concern.LOG_BROKEN: "privacy.verify",
    Concern.NOT_VERIFIED: "privacy.verify",
    Concern.NEVER_VERIFIED: "privacy.verify",
    Concern.CLOCK_DOUBTED: "privacy.retention",
    Concern.STOPPED: "privacy.switch",
    Concern.RESTORED_UNSURE: "privacy.switch",
    Concern.REQUESTS_LATE: "privacy.requests",
    Concern.REQUESTS_SOON: "privacy.requests",
    Concern.REQUESTS_OPEN: "privacy.requests",
    Concern.APPROVALS: "approvals.overview",
    Concern.LOOKS_UNUSUAL: "privacy.access",
    Concern.REPORT_OVERDUE: "privacy.recognition",
    Concern.REPORT_DUE: "privacy.recognition",
    Concern.GROUPS_DIFFER: "privacy.recognition",
    Concern.RECORD_LACKING: "privacy.papers",
    Concern.RECORD_CHANGED: "privacy.papers",
    Concern.RECORD_OUTDATED: "privacy.papers",
}
#: The rest is dealt with in a part of the overview itself.
_PARTS = {
    Concern.COPIES_STUCK: "flows-h",
    Concern.COPIES_OPEN: "flows-h",
    Concern.WITNESS_STALE: "witness-h",
    Concern.WITNESS_NONE: "witness-h",
    Concern.RULES_OVER: "papers-h",
    Concern.RULES_ENDING: "papers-h",
    Concern.SIGN_MISSING: "papers-h",
    Concern.SIGN_ENDING: "papers-h",
    Concern.PAPER_MISSING: "papers-h",
    Concern.RESTORED: "restored-h",
    Concern.DEVELOPMENT_KEY: "keys-h",
    Concern.KEYS_LATE: "keys-h",
    Concern.CONSENTS_LAPSING: "standing-h",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: how urgent in words, what is the matter, and where it is dealt with."""

    urgency: str
    tone: str
    sign: str
    text: str
    href: str


def lines(found: tuple[Open, ...]) -> tuple[Line, ...]:
    """Return the list as it is shown, in the same order."""
    return tuple(_line(one) for one in found)


def _line(one: Open) -> Line:
    word, tone, sign = URGENCY[one.urgency]
    return Line(str(word), tone, sign, _text(one), _href(one.concern))


def _href(concern: Concern) -> str:
    if concern in _PLACES:
        return url_for(_PLACES[concern])
    return f"{url_for('privacy.overview')}#{_PARTS[concern]}"


def _text(one: Open) -> str:
    if one.concern in _COUNTED:
        return _COUNTED[one.concern](one.number)
    name = str(_PAPERS.get(one.name, one.name))
    return str(_SENTENCES[one.concern]) % {"number": one.number, "name": name}
