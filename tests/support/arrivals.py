"""Somebody is recognised at the door: what the sighting desk does once every check has passed."""

from clienteling.service.arrivals import Arrival
from clienteling.service.sightings import TABLETS
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.ledger import EntryView
from tests.support.people import Customer
from web.context import Hub

CAMERA = "entrance"


def arrive(hub: Hub, customer: Customer) -> Arrival:
    """Put a customer on the board and tell the tablets."""
    arrival, new = hub.board.announce(customer.subject_id, CAMERA)
    if new:
        hub.bus.publish(TABLETS, "arrival", {"arrival_id": arrival.id})
    return arrival


def logged(hub: Hub, *kinds: EventKind) -> tuple[EntryView, ...]:
    """Return the log's entries of these kinds, oldest first."""
    with hub.databases.identity.read() as identity:
        return ledger.entries_after(identity, -1, frozenset(kinds), 1000)
