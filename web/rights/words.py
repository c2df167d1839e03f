"""What requests, breaches and the export call things, for every audience that shows them."""

from datetime import date
from typing import Any

from flask import Flask
from flask_babel import format_date, gettext, lazy_gettext, ngettext

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.allergens import name as allergen_name
from clienteling.customers.kept import ToldBy
from clienteling.customers.records import RecordKind
from clienteling.oversight.traces import Data, Why
from clienteling.service.helpbar.kinds import HelpKind, HelpStatus
from consent.rights.requests import Extension, Identity, Outcome, RequestKind, RequestView
from consent.rights.restriction import Ground
from web.languages import language
from web.public.words import authority as authority_word

_KINDS = {
    RequestKind.ACCESS: lazy_gettext("See what is held"),
    RequestKind.PORTABILITY: lazy_gettext("Take the data along"),
    RequestKind.CORRECTION: lazy_gettext("Correct something"),
    RequestKind.RESTRICTION: lazy_gettext("Keep the data, use it for nothing"),
    RequestKind.OBJECTION: lazy_gettext("Object"),
    RequestKind.ERASURE: lazy_gettext("Erase everything"),
    RequestKind.COMPLAINT: lazy_gettext("Complain"),
}
_IDENTITIES = {
    Identity.CODE: lazy_gettext("By the receipt code"),
    Identity.EMAIL: lazy_gettext("By the e-mail address that we hold"),
    Identity.DOCUMENT: lazy_gettext("By a document that was looked at, not copied"),
    Identity.KNOWN: lazy_gettext("Known to staff"),
}
_OUTCOMES = {
    Outcome.DONE: lazy_gettext("Done as asked"),
    Outcome.PARTLY: lazy_gettext("Done in part"),
    Outcome.NOTHING_HELD: lazy_gettext("Nothing is held"),
    Outcome.UNFOUNDED: lazy_gettext("Refused: unfounded or excessive"),
    Outcome.NOT_IDENTIFIED: lazy_gettext("Refused: could not tell that it is the customer"),
}
_EXTENSIONS = {
    Extension.COMPLEXITY: lazy_gettext("It is complex"),
    Extension.NUMBER: lazy_gettext("There are many requests"),
}
_GROUNDS = {
    Ground.ACCURACY: lazy_gettext("The customer says that the data is wrong"),
    Ground.UNLAWFUL: lazy_gettext("It should not be used, and the customer wants it kept"),
    Ground.CLAIMS: lazy_gettext("The customer needs it for a legal claim"),
    Ground.OBJECTION: lazy_gettext("The customer objected, and that is being looked at"),
    Ground.WISH: lazy_gettext("The customer’s wish"),
}
_DATA = {
    Data.PROFILE: lazy_gettext("Names, contacts, tastes, allergies, visits, words of requests"),
    Data.TEMPLATE: lazy_gettext("Face templates (treat them as photographs)"),
    Data.PROOF: lazy_gettext("Consents, receipts and the log, by number"),
    Data.KEYS: lazy_gettext("Keys"),
    Data.CARD: lazy_gettext("What cards and files show"),
}
_WHYS = {
    Why.NO_KEYS: lazy_gettext("Sealed, and the keys were not lost."),
    Why.WITH_KEYS: lazy_gettext(
        "The keys were lost too: only the root key stands between. Treat it as readable."
    ),
    Why.ROOT_KEY: lazy_gettext("Wrapped under the root key, which is kept apart."),
    Why.MEMORY: lazy_gettext("Open in the memory of a box that runs; without names."),
    Why.OPEN: lazy_gettext("Not sealed: numbers, dates and purposes, no names."),
    Why.SHOWN: lazy_gettext("A person saw it."),
}


def due_words(request: RequestView) -> str:
    """Say how a request stands with its deadline."""
    if request.closed_at is not None:
        return gettext("answered late") if request.late else gettext("answered in time")
    if request.late:
        return ngettext("%(num)s day late", "%(num)s days late", -request.days)
    if request.days == 0:
        return gettext("due today")
    return ngettext("%(num)s day left", "%(num)s days left", request.days)


_TOLD = {
    "name": lazy_gettext("Name"),
    "email": lazy_gettext("E-mail"),
    "phone": lazy_gettext("Phone"),
    "card": lazy_gettext("Card number"),
    "language": lazy_gettext("Language"),
    "likes": lazy_gettext("What you like"),
    "codes": lazy_gettext("Allergens"),
    "own_words": lazy_gettext("In your own words"),
    "as_of": lazy_gettext("Told on"),
    "text": lazy_gettext("Words"),
    "author": lazy_gettext("Written by"),
    "at": lazy_gettext("When (UTC)"),
    "choice_id": lazy_gettext("Number on the shop’s list"),
    "nl": lazy_gettext("In Dutch"),
    "en": lazy_gettext("In English"),
    "value": lazy_gettext("Size"),
    "what": lazy_gettext("What"),
    "product_id": lazy_gettext("Number of the product"),
    "told_by": lazy_gettext("Told by"),
    "month": lazy_gettext("Month"),
    "day": lazy_gettext("Day"),
    "owner": lazy_gettext("On the list of"),
    "due": lazy_gettext("No later than"),
}
_TOLD_BY = {
    ToldBy.CUSTOMER: lazy_gettext("yourself"),
    ToldBy.STAFF: lazy_gettext("staff, whom you told"),
}


_KEPT = {
    RecordKind.NOTE: lazy_gettext("Notes"),
    RecordKind.TAG: lazy_gettext("Tags"),
    RecordKind.SIZE: lazy_gettext("Sizes"),
    RecordKind.WISH: lazy_gettext("Wish list"),
    RecordKind.DATE: lazy_gettext("Important dates"),
    RecordKind.INTENT: lazy_gettext("What you came for"),
    RecordKind.OPINION: lazy_gettext("What you thought of suggestions"),
    RecordKind.SURPRISE: lazy_gettext("Surprises"),
    RecordKind.ORDER: lazy_gettext("Orders"),
    RecordKind.SALE: lazy_gettext("Purchases"),
    RecordKind.LIST: lazy_gettext("Lists of staff"),
}


_HELP_KINDS = {
    HelpKind.REPAIR: lazy_gettext("Repair"),
    HelpKind.PICKUP: lazy_gettext("Order to pick up"),
    HelpKind.RETURN: lazy_gettext("Return"),
    HelpKind.QUESTION: lazy_gettext("Question"),
    HelpKind.COMPLAINT: lazy_gettext("Complaint"),
    HelpKind.APPOINTMENT: lazy_gettext("Appointment"),
    HelpKind.ANYTHING: lazy_gettext("Help with anything"),
}
_HELP_STATUSES = {
    HelpStatus.OPEN: lazy_gettext("Open"),
    HelpStatus.WAITING: lazy_gettext("Waiting for the customer"),
    HelpStatus.READY: lazy_gettext("Ready to pick up"),
    HelpStatus.DONE: lazy_gettext("Done"),
    HelpStatus.CANCELLED: lazy_gettext("Cancelled"),
}


def kept_word(kind: str) -> str:
    """Return what a kind of record is called."""
    return str(_KEPT[RecordKind(kind)])


def told_word(key: str) -> str:
    """Return what a field of what a customer told us is called."""
    return str(_TOLD.get(key, key))


def told_value(key: str, value: Any) -> str:
    """Return such a field as people read it."""
    if key == "codes":
        return ", ".join(allergen_name(Allergen(code), language()) for code in value)
    if key in {"as_of", "due"}:
        return day(value)
    if key == "told_by":
        return str(_TOLD_BY[ToldBy(value)])
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def who_word(actor: dict[str, Any]) -> str:
    """Say who acted, by role: no names of staff."""
    if actor["kind"] == "staff":
        return gettext("staff (%(roles)s)", roles=", ".join(actor["roles"]))
    if actor["kind"] == "customer":
        return gettext("your receipt code, on a page of your own")
    return str(actor["name"]) if actor["kind"] == "device" else gettext("a program of the shop")


def day(value: date | str) -> str:
    """Return a day as people write it."""
    shown = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return str(format_date(shown, "d MMMM yyyy"))


def init_words(app: Flask) -> None:
    """Teach the templates these words."""
    app.jinja_env.globals.update(
        request_word=lambda kind: str(_KINDS[RequestKind(kind)]),
        identity_word=lambda how: str(_IDENTITIES[Identity(how)]),
        outcome_word=lambda outcome: str(_OUTCOMES[Outcome(outcome)]),
        extension_word=lambda reason: str(_EXTENSIONS[Extension(reason)]),
        ground_word=lambda ground: str(_GROUNDS[Ground(ground)]),
        data_word=lambda data: str(_DATA[Data(data)]),
        why_word=lambda why: str(_WHYS[Why(why)]),
        due_words=due_words,
        authority_word=authority_word,
        kept_word=kept_word,
        help_kind_word=lambda kind: str(_HELP_KINDS[HelpKind(kind)]),
        help_status_word=lambda status: str(_HELP_STATUSES[HelpStatus(status)]),
        told_word=told_word,
        told_value=told_value,
        who_word=who_word,
    )
    app.jinja_env.filters.update(day=day)
