"""What the page about second persons calls things, in the reader's language.

What is proposed is a code and what it is about, with a space between: `customer 3f2a…`.
"""

from flask_babel import lazy_gettext

from clienteling.access.approvals import Matter

_MATTERS = {
    Matter.THRESHOLD: lazy_gettext("Thresholds"),
    Matter.KEYS: lazy_gettext("Keys"),
    Matter.EXPORT: lazy_gettext("Export"),
}

_WHATS = {
    "rotate-store": lazy_gettext("Make a new store key, and wrap every data key anew"),
    "rotate-root": lazy_gettext("Make a new root key, and wrap the keys below it anew"),
    "renew-templates": lazy_gettext("Turn every face template with a new key of the store"),
    "customer": lazy_gettext("Take out everything that is held about one customer"),
    "breach": lazy_gettext("Name the customers whom a breach affects"),
    "customers": lazy_gettext("Take out the list of customers"),
    "groups-differ": lazy_gettext(
        "Accept that this calibration errs more often with one group of people than with another"
    ),
    "groups-unmeasured": lazy_gettext(
        "Accept that nobody measured how this calibration treats different groups of people"
    ),
    "calibration": lazy_gettext("Recognise with this calibration of the shop’s own"),
}


def matter_word(matter: Matter) -> str:
    """Return the word for what needs two persons."""
    return str(_MATTERS[matter])


def what_words(what: str) -> tuple[str, str]:
    """Return what is proposed in words, and what it is about; an unknown code stands for itself."""
    code, _, about = what.partition(" ")
    return str(_WHATS.get(code, code)), about
