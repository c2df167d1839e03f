"""What is unusual about somebody's looks, in plain words."""

from flask_babel import format_decimal, gettext, lazy_gettext

from clienteling.oversight.anomalies import Anomaly, Unusual

_WHAT = {
    Unusual.DAY: lazy_gettext("many customers on one day"),
    Unusual.WEEK: lazy_gettext("many customers in one week"),
    Unusual.HOURS: lazy_gettext("looks while the shop is closed"),
    Unusual.LOOKUPS: lazy_gettext("many look-ups without a card opened"),
}

_TEXT = {
    Unusual.DAY: lazy_gettext("%(start)s: %(number)s customers."),
    Unusual.WEEK: lazy_gettext("Week of %(start)s: %(number)s customers."),
    Unusual.HOURS: lazy_gettext("%(start)s: %(number)s looks outside opening hours."),
    Unusual.LOOKUPS: lazy_gettext(
        "Week of %(start)s: %(number)s look-ups after which no card was opened."
    ),
}


def unusual_word(what: Unusual) -> str:
    """Return what it is."""
    return str(_WHAT[what])


def unusual_text(one: Anomaly) -> str:
    """Return it with its numbers, and what is usual."""
    said = [str(_TEXT[one.what]) % {"start": one.start.isoformat(), "number": one.number}]
    if one.usual is not None:
        said.append(gettext("Usual for them: %(number)s.", number=format_decimal(one.usual)))
    if one.peers is not None:
        said.append(gettext("Usual for the others: %(number)s.", number=format_decimal(one.peers)))
    return " ".join(said)
