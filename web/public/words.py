"""What receipts and the page that checks them say, in the reader's language."""

import re
from collections.abc import Sequence

from flask_babel import gettext, lazy_gettext

from clienteling.service.receipts import Act
from consent.proof.receipt_check import Flaw
from consent.purposes import Purpose

_PURPOSES = {
    Purpose.ACCOUNT.value: lazy_gettext("Your name and contact"),
    Purpose.RECOGNISE.value: lazy_gettext("Recognition by face"),
    Purpose.PREFERENCES.value: lazy_gettext("What you like"),
    Purpose.ALLERGIES.value: lazy_gettext("Your allergies"),
    Purpose.VISITS.value: lazy_gettext("When you visited"),
    Purpose.PURCHASES.value: lazy_gettext("What you buy"),
    Purpose.OTHER_SHOPS.value: lazy_gettext("Recognition in other shops"),
    Purpose.SAMPLES.value: lazy_gettext("Pictures for tests"),
    Purpose.TILL.value: lazy_gettext("Recognition at the till"),
}

_STATES = {
    "given": lazy_gettext("agreed"),
    "refused": lazy_gettext("declined"),
    "withdrawn": lazy_gettext("withdrawn"),
    "expired": lazy_gettext("lapsed"),
}

_EVENTS = {
    "erasure.opened": lazy_gettext("Erasure of everything was asked for and begun"),
    "erasure.completed": lazy_gettext("Erasure was completed: here and on every camera"),
}

_RETENTION = {
    "until erased": lazy_gettext("until you have everything erased"),
    "withdrawal or lapse after 12 months": lazy_gettext("until you withdraw, at most 12 months"),
}
#: What records say since the region's profile gives the number.
_RETENTION_OF_DAYS = (
    (
        re.compile(r"withdrawal or lapse after (?P<days>\d+) days"),
        lazy_gettext("until you withdraw, at most %(days)s days"),
    ),
    (re.compile(r"(?P<days>\d+) days"), lazy_gettext("%(days)s days")),
)

_FLAWS = {
    Flaw.NOT_A_RECEIPT: lazy_gettext("This is not a receipt, or a part of it is missing."),
    Flaw.NEWER: lazy_gettext(
        "This receipt was made by a newer version of the program than this hub runs. Ask the shop."
    ),
    Flaw.OTHER_SHOP: lazy_gettext(
        "This receipt is from another shop, or was made by somebody else: it is not signed with "
        "this shop’s key. Check it at the shop that it names."
    ),
    Flaw.ALTERED: lazy_gettext("This receipt was altered after it was signed. Do not trust it."),
    Flaw.CHECKPOINT: lazy_gettext("The log that this receipt rests on is not this shop’s."),
    Flaw.RECORD: lazy_gettext("A record on this receipt is not the one that was logged."),
    Flaw.INCLUSION: lazy_gettext("A record on this receipt is not in the log."),
    Flaw.OUTSIDE: lazy_gettext("The log that it was compared with is not this shop’s."),
    Flaw.FORKED: lazy_gettext(
        "The shop’s log of today does not go on from the log of this receipt: it was rewritten or "
        "set back. Keep the receipt, and tell the shop’s privacy officer."
    ),
}

_AUTHORITIES = {
    "the data protection authority of your country; in the Netherlands Autoriteit "
    "Persoonsgegevens, autoriteitpersoonsgegevens.nl": lazy_gettext(
        "the data protection authority of your country; in the Netherlands Autoriteit "
        "Persoonsgegevens, autoriteitpersoonsgegevens.nl"
    ),
}


def purpose(name: str) -> str:
    """Return a purpose in two or three words."""
    return str(_PURPOSES.get(name, name))


def state(name: str) -> str:
    """Return what happened to a consent."""
    return str(_STATES.get(name, name))


def event(kind: str) -> str:
    """Return what happened, for an event without a record."""
    return str(_EVENTS.get(kind, kind))


def retention(text: str) -> str:
    """Return how long something is kept."""
    for pattern, words in _RETENTION_OF_DAYS:
        found = pattern.fullmatch(text)
        if found is not None:
            return str(words) % found.groupdict()
    return str(_RETENTION.get(text, text))


def authority(text: str) -> str:
    """Return where to complain."""
    return str(_AUTHORITIES.get(text, text))


def flaw(kind: Flaw) -> str:
    """Return why a receipt does not hold."""
    return str(_FLAWS[kind])


def heading(acts: Sequence[Act]) -> str:
    """Return what a receipt is about, in one line."""
    events = {act.what for act in acts if act.purpose is None}
    states = {act.what for act in acts if act.purpose is not None}
    if "erasure.completed" in events:
        return gettext("Everything about you is erased")
    if "erasure.opened" in events:
        return gettext("You had everything erased")
    if states <= {"withdrawn", "expired"}:
        return gettext("You withdrew your consent")
    if "withdrawn" in states:
        return gettext("You changed your choices")
    return gettext("Your choices")
