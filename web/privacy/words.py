"""What the officer's pages call things, in the reader's language; codes stay beside the words."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask_babel import format_decimal, format_timedelta, gettext, lazy_gettext

from clienteling.oversight.actors import CUSTOMER
from clienteling.oversight.groups import Group
from consent.clock import parse
from consent.log.events import EventKind
from consent.purposes import Purpose
from consent.rights.requests import Channel
from web.context import current_hub
from web.privacy.access_words import unusual_text, unusual_word
from web.privacy.findings import finding_word

_SHORT = 8
_LONG = 20

_KINDS = {
    EventKind.CONSENT_GIVEN: lazy_gettext("Consent given"),
    EventKind.CONSENT_REFUSED: lazy_gettext("Consent refused"),
    EventKind.CONSENT_WITHDRAWN: lazy_gettext("Consent withdrawn"),
    EventKind.CONSENT_EXPIRED: lazy_gettext("Consent lapsed"),
    EventKind.RECEIPT_ISSUED: lazy_gettext("Receipt issued"),
    EventKind.WITHDRAWAL_COMPLETED: lazy_gettext("Withdrawal completed"),
    EventKind.ERASURE_OPENED: lazy_gettext("Erasure begun"),
    EventKind.ERASURE_COMPLETED: lazy_gettext("Erasure completed"),
    EventKind.CORRECTION: lazy_gettext("Correction"),
    EventKind.RESTRICTION_SET: lazy_gettext("Data restricted: used for nothing"),
    EventKind.RESTRICTION_TOLD: lazy_gettext("Told that the restriction ends"),
    EventKind.RESTRICTION_LIFTED: lazy_gettext("Restriction lifted"),
    EventKind.REQUEST_RECEIVED: lazy_gettext("Request received"),
    EventKind.REQUEST_CHANGED: lazy_gettext("Request worked on"),
    EventKind.REQUEST_READ: lazy_gettext("Request read"),
    EventKind.REQUEST_ANSWERED: lazy_gettext("Request answered"),
    EventKind.EXPORT_MADE: lazy_gettext("Everything held was handed out"),
    EventKind.BREACH_QUERIED: lazy_gettext("Asked who a breach affects"),
    EventKind.CUSTOMERS_IMPORTED: lazy_gettext("Customers taken over from a file"),
    EventKind.CUSTOMERS_MERGED: lazy_gettext("Two accounts of one person merged"),
    EventKind.CUSTOMER_DEPERSONALISED: lazy_gettext("Figures kept without the person"),
    EventKind.ENROLMENT_OPENED: lazy_gettext("Enrolment begun"),
    EventKind.ENROLMENT_CLOSED: lazy_gettext("Enrolment ended"),
    EventKind.TEMPLATE_MADE: lazy_gettext("Face template made"),
    EventKind.TEMPLATE_REMOVED: lazy_gettext("Face template removed"),
    EventKind.TEMPLATE_TIGHTENED: lazy_gettext("Face template made stricter"),
    EventKind.TEMPLATE_RELAXED: lazy_gettext("Face template less strict again"),
    EventKind.TEMPLATES_RENEWED: lazy_gettext("Face templates renewed with a new key"),
    EventKind.NEW_PASS_ALLOWED: lazy_gettext("Staff checked who it is: code for a new pass"),
    EventKind.NEW_PASS_BEGUN: lazy_gettext("Code for a new pass used at the kiosk"),
    EventKind.LOOK_ALIKE_FOUND: lazy_gettext("Another customer looks much alike"),
    EventKind.GALLERY_SENT: lazy_gettext("Gallery sent to a camera"),
    EventKind.KEY_CREATED: lazy_gettext("Key made"),
    EventKind.KEY_DESTROYED: lazy_gettext("Key destroyed"),
    EventKind.KEY_ROTATION_OPENED: lazy_gettext("Rotation of keys begun"),
    EventKind.KEY_ROTATED: lazy_gettext("Keys rotated"),
    EventKind.PROFILE_READ: lazy_gettext("File read"),
    EventKind.ALLERGIES_READ: lazy_gettext("Card read, with allergies"),
    EventKind.CARD_READ: lazy_gettext("Card read"),
    EventKind.SUGGESTIONS_READ: lazy_gettext("Suggestions made for a customer"),
    EventKind.CUSTOMER_SEARCHED: lazy_gettext("Customer looked up"),
    EventKind.REPLAY_READ: lazy_gettext("Recognised in a replayed video"),
    EventKind.RECORD_KEPT: lazy_gettext("Something about a customer written down"),
    EventKind.RECORD_CHANGED: lazy_gettext("Something about a customer changed"),
    EventKind.RECORD_REMOVED: lazy_gettext("Something about a customer removed"),
    EventKind.CHOICES_CHANGED: lazy_gettext("The shop’s own lists changed"),
    EventKind.TILL_ATTACHED: lazy_gettext("Customer attached to a sale at the till"),
    EventKind.ARRIVAL_ANNOUNCED: lazy_gettext("Arrival announced"),
    EventKind.ARRIVAL_CLAIMED: lazy_gettext("Arrival claimed"),
    EventKind.ARRIVAL_GREETED: lazy_gettext("Customer greeted"),
    EventKind.ARRIVAL_CONFIRMED: lazy_gettext("Arrival confirmed"),
    EventKind.ARRIVAL_DISMISSED: lazy_gettext("Arrival dismissed: not this person"),
    EventKind.SIGHTING_REFUSED: lazy_gettext("Sighting refused"),
    EventKind.HELP_OPENED: lazy_gettext("Service request taken in"),
    EventKind.HELP_READ: lazy_gettext("Service request read"),
    EventKind.HELP_CHANGED: lazy_gettext("Service request worked on"),
    EventKind.HELP_FORGOTTEN: lazy_gettext("Service request removed on request"),
    EventKind.SMILE_ASKED: lazy_gettext("Customer asked how the visit was"),
    EventKind.RECOGNITION_STOPPED: lazy_gettext("All recognition stopped"),
    EventKind.RECOGNITION_RESUMED: lazy_gettext("Recognition resumed"),
    EventKind.APPROVAL_ASKED: lazy_gettext("Second person asked for"),
    EventKind.APPROVAL_GIVEN: lazy_gettext("Approved by a second person"),
    EventKind.APPROVAL_REFUSED: lazy_gettext("Refused by a second person"),
    EventKind.APPROVAL_USED: lazy_gettext("Done as approved"),
    EventKind.POLICY_CHANGED: lazy_gettext("Policy changed"),
    EventKind.NOTICE_PUBLISHED: lazy_gettext("Notice published"),
    EventKind.STORE_OPENED: lazy_gettext("Shop set up"),
    EventKind.ZONE_CHANGED: lazy_gettext("Zone of a camera changed"),
    EventKind.VIEW_OPENED: lazy_gettext("Blurred view of a camera opened"),
    EventKind.SIGN_ATTESTED: lazy_gettext("Sign before a camera attested"),
    EventKind.PAPER_EXPORTED: lazy_gettext("Paper exported"),
    EventKind.REPORT_PUBLISHED: lazy_gettext("Report on the recognition put in place"),
    EventKind.WEBHOOK_ADDED: lazy_gettext("Webhook added"),
    EventKind.WEBHOOK_CHANGED: lazy_gettext("Webhook changed"),
    EventKind.WEBHOOK_REMOVED: lazy_gettext("Webhook removed"),
    EventKind.ALLERGENS_DECLARED: lazy_gettext("Allergens of products declared"),
    EventKind.SURPRISE_SPENT: lazy_gettext("Surprise paid from the budget"),
    EventKind.TEAM_CHANGED: lazy_gettext("Something of the team changed by a manager"),
    EventKind.HUDDLE_READ: lazy_gettext("Morning huddle opened"),
    EventKind.LEARNING_READ: lazy_gettext("Learning notes read by their coach"),
    EventKind.DEVICE_PAIRED: lazy_gettext("Device paired"),
    EventKind.DEVICE_REVOKED: lazy_gettext("Device revoked"),
    EventKind.USER_CREATED: lazy_gettext("Person added"),
    EventKind.USER_CHANGED: lazy_gettext("Person changed"),
    EventKind.SIGNIN_OK: lazy_gettext("Signed in"),
    EventKind.SIGNIN_FAILED: lazy_gettext("Sign-in failed"),
    EventKind.SIGNOUT: lazy_gettext("Signed out"),
    EventKind.BACKUP_MADE: lazy_gettext("Backup made"),
    EventKind.LOG_RESTORED: lazy_gettext("Backup restored"),
    EventKind.RETENTION_SWEPT: lazy_gettext("Removed because its time was over"),
    EventKind.CLOCK_CONFIRMED: lazy_gettext("Clock confirmed by a person"),
    EventKind.LOG_VERIFIED: lazy_gettext("Log verified"),
    EventKind.LOG_SEARCHED: lazy_gettext("Log searched"),
    EventKind.WITNESS_ADDED: lazy_gettext("Witness of the log added"),
    EventKind.WITNESS_REMOVED: lazy_gettext("Witness of the log removed"),
}

_GROUPS = {
    Group.CONSENT: lazy_gettext("Consent, withdrawal, erasure"),
    Group.RIGHTS: lazy_gettext("Requests, exports, breaches"),
    Group.READING: lazy_gettext("Reading and looking up"),
    Group.WRITING: lazy_gettext("Writing down about customers"),
    Group.RECOGNITION: lazy_gettext("Recognition and arrivals"),
    Group.KEYS: lazy_gettext("Keys"),
    Group.SHOP: lazy_gettext("Shop, papers and second persons"),
    Group.ACCESS: lazy_gettext("People, devices and signing in"),
    Group.LOG: lazy_gettext("The log and backups"),
}

_PURPOSES = {
    Purpose.ACCOUNT: lazy_gettext("Account (name, contact, language)"),
    Purpose.RECOGNISE: lazy_gettext("Recognise me by my face here"),
    Purpose.PREFERENCES: lazy_gettext("Show my preferences"),
    Purpose.ALLERGIES: lazy_gettext("Show my allergies"),
    Purpose.VISITS: lazy_gettext("Keep my visits"),
    Purpose.PURCHASES: lazy_gettext("Remember what I buy"),
    Purpose.OTHER_SHOPS: lazy_gettext("Recognise me in other shops"),
    Purpose.SAMPLES: lazy_gettext("Use samples to test accuracy"),
    Purpose.TILL: lazy_gettext("Recognise me at the till"),
}

_STATES = {
    "given": lazy_gettext("given"),
    "refused": lazy_gettext("refused"),
    "withdrawn": lazy_gettext("withdrawn"),
    "expired": lazy_gettext("lapsed"),
    "lapsed": lazy_gettext("lapsed"),
}

_CHANNELS = {
    Channel.SHOP: lazy_gettext("In the shop"),
    Channel.LETTER: lazy_gettext("By letter"),
    Channel.PHONE: lazy_gettext("By phone"),
    Channel.EMAIL: lazy_gettext("By e-mail"),
    Channel.KIOSK: lazy_gettext("At the kiosk"),
    Channel.OWN_PAGE: lazy_gettext("On the customer’s own page"),
}

_METHODS = {
    "kiosk": lazy_gettext("at the kiosk"),
    "paper": lazy_gettext("on paper"),
    "command": lazy_gettext("by command"),
    "restored backup": lazy_gettext("ended again after a backup was restored"),
    "no template made": lazy_gettext("no template was made"),
    Channel.SHOP.method: lazy_gettext("asked in the shop"),
    Channel.LETTER.method: lazy_gettext("asked by letter"),
    Channel.PHONE.method: lazy_gettext("asked by phone"),
    Channel.EMAIL.method: lazy_gettext("asked by e-mail"),
    Channel.OWN_PAGE.method: lazy_gettext("on the customer’s own page"),
}

_EDGE_STATES = {
    "matching": lazy_gettext("recognises"),
    "stopped": lazy_gettext("stopped"),
    "no_gallery": lazy_gettext("has no gallery"),
    "lease_out": lazy_gettext("lease ran out"),
    "clock_off": lazy_gettext("clock is off"),
    "no_policy": lazy_gettext("has no policy"),
    "no_lane": lazy_gettext("has no marked lane"),
    "model_differs": lazy_gettext("other face model"),
    "calibration_unfit": lazy_gettext("calibration does not fit"),
    "calibration_unapproved": lazy_gettext("calibration not approved"),
    "log_rolled_back": lazy_gettext("saw the log go back"),
    "log_unproven": lazy_gettext("saw a log that does not prove its growth"),
    "ended": lazy_gettext("ended"),
}

#: What is measured by whom: sources of thresholds that this program ships.
_SOURCES = {
    "public benchmark, not your shop": lazy_gettext("a public benchmark, not your shop"),
}

_KEY_PLACES = {
    "file": lazy_gettext("in a file"),
    "credential": lazy_gettext("handed over by systemd"),
    "vault": lazy_gettext("in Vault"),
    "pkcs11": lazy_gettext("in a security module"),
}

_PROGRAMS = {
    "command": lazy_gettext("command line"),
    "restore": lazy_gettext("the restoring of a backup"),
    "clienteling": lazy_gettext("the program itself"),
    "anonymous": lazy_gettext("nobody signed in"),
    CUSTOMER: lazy_gettext("the receipt code, on a page of the customer’s own"),
}


def kind_word(kind: EventKind | str) -> str:
    """Return what happened, in words."""
    return str(_KINDS.get(EventKind(kind), kind))


def actor_word(actor: str | None, names: dict[str, str]) -> str:
    """Return who acted: a name, a program, or what the log says."""
    if actor is None:
        return ""
    return names.get(actor) or str(_PROGRAMS.get(actor, actor))


def when(moment: datetime | str | None) -> str:
    """Return a time as people compare it: UTC, to the second."""
    if moment is None:
        return ""
    parsed = parse(moment) if isinstance(moment, str) else moment
    return parsed.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def short(value: object) -> str:
    """Return the beginning of a number or hash that is too long to compare by eye."""
    text = str(value)
    return f"{text[:_SHORT]}…" if len(text) > _LONG and " " not in text else text


def facts(detail: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    """Return an entry's detail as (what, in brief, whole); nothing is left out of the whole."""
    return [(key, _brief(value), _plain(value)) for key, value in sorted((detail or {}).items())]


def _brief(value: object) -> str:
    if isinstance(value, list | tuple) and len(value) > 1:
        whole = _plain(value)
        return whole if len(whole) <= 2 * _LONG else f"{len(value)}\u00d7"
    return short(_plain(value))


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list | tuple):
        return ", ".join(_plain(item) for item in value) or "–"
    return "–" if value is None or value == "" else str(value)


def lasted(seconds: float) -> str:
    """Return a duration as a person says it."""
    whole = int(seconds)
    if seconds < 10:  # noqa: PLR2004 - below, tenths tell something
        return gettext("%(number)s s", number=format_decimal(round(seconds, 1)))
    if whole < 120:  # noqa: PLR2004
        return gettext("%(number)s s", number=whole)
    return gettext("%(minutes)s min %(rest)s s", minutes=whole // 60, rest=whole % 60)


def ago(age: timedelta) -> str:
    """Return an age in its largest unit, at least a minute."""
    return str(format_timedelta(max(age, timedelta(minutes=1)), granularity="minute"))


def init_words(app: Flask) -> None:
    """Teach the templates these words."""
    app.jinja_env.globals.update(
        kind_word=kind_word,
        actor_word=actor_word,
        purpose_word=lambda purpose: str(_PURPOSES[Purpose(purpose)]),
        state_word=lambda state: str(_STATES.get(state, state)),
        channel_word=lambda channel: str(_CHANNELS[channel]),
        method_word=lambda method: str(_METHODS.get(method, method)),
        edge_word=lambda state: str(_EDGE_STATES.get(state, state)),
        key_place_word=lambda provider: str(_KEY_PLACES.get(provider, provider)),
        source_word=lambda source: str(_SOURCES.get(source, source)),
        facts=facts,
        group_word=lambda group: str(_GROUPS[group]),
        unusual_word=unusual_word,
        unusual_text=unusual_text,
        finding_word=finding_word,
        now=lambda: current_hub().now(),
    )
    app.jinja_env.filters.update(when=when, short=short, lasted=lasted, ago=ago)
