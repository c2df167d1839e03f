"""What the page of webhooks calls things, in the reader's language."""

from flask_babel import gettext, lazy_gettext

from clienteling.webhooks.addresses import Wrong
from clienteling.webhooks.events import Event
from clienteling.webhooks.hooks import Off
from clienteling.webhooks.sending import Failure

EVENTS = {
    Event.SALE_KEPT: lazy_gettext("A sale went into a customer’s history"),
    Event.SALE_VOIDED: lazy_gettext("A sale was taken out of it"),
    Event.ATTACHMENT_ENDED: lazy_gettext("A customer is no longer attached to a till"),
    Event.PRODUCT_CHANGED: lazy_gettext("A product was changed by hand"),
    Event.CATALOGUE_IMPORTED: lazy_gettext("Products were imported"),
    Event.REQUEST_OPENED: lazy_gettext("A customer asked for something"),
    Event.REQUEST_SOLVED: lazy_gettext("What a customer asked for is done"),
    Event.RECOGNITION_STOPPED: lazy_gettext("All recognition was stopped"),
    Event.RECOGNITION_RESUMED: lazy_gettext("Recognition runs again"),
    Event.TEST: lazy_gettext("Test"),
}

OFF = {
    Off.BY_HAND: lazy_gettext("Somebody here switched it off."),
    Off.GONE: lazy_gettext("Its receiver says that it wants nothing more (410)."),
    Off.FAILED: lazy_gettext("Ten tries over three days failed. Ask whoever runs the receiver."),
    Off.CROWDED: lazy_gettext("Too much waits for it: the receiver is too slow, or away."),
    Off.UNREADABLE: lazy_gettext(
        "Its secret cannot be read any more, after a backup was restored. Make a new secret, then "
        "switch it on."
    ),
}

ADDRESSES = {
    Wrong.NO_ADDRESS: lazy_gettext(
        "Write an address like https://erp.example/hooks, without a name, password or #."
    ),
    Wrong.NOT_ENCRYPTED: lazy_gettext("Beyond this machine the address begins with https://."),
    Wrong.NOT_NAMED: lazy_gettext(
        "This hub may not connect there. Whoever runs it adds this address under [webhooks] in "
        "config.toml, and starts it again:"
    ),
}

_FAILURES = {
    Failure.UNKNOWN_HOST: lazy_gettext("nobody knows this name"),
    Failure.ADDRESS: lazy_gettext("the name leads to a number that no receiver has"),
    Failure.EGRESS: lazy_gettext("the configuration does not name this address"),
    Failure.CONNECT: lazy_gettext("no connection, or a certificate that is not trusted"),
    Failure.TIMEOUT: lazy_gettext("no answer in time"),
    Failure.BROKEN: lazy_gettext("no answer that can be understood"),
}


def result_word(result: str | None) -> str:
    """Return what came of the last try, in words."""
    if result is None:
        return gettext("not tried yet")
    if result.isdecimal():
        return gettext("answer %(status)s", status=result)
    return str(_FAILURES[Failure(result)])
