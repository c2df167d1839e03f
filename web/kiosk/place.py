"""Where a customer with a receipt code is: at a kiosk of the shop, or on their own phone.

The same views serve both (`web.me` mounts them again); what differs stands here.
"""

from dataclasses import dataclass

from flask import g

from consent.rights.requests import Channel
from web.guards import this_device


@dataclass(frozen=True, slots=True)
class Place:
    """Where a customer is.

    Attributes:
        holder: Whose sessions are open there: a device, or one browser.
        actor: Who acts there, as the log names it.
        channel: How what is asked there came.
    """

    holder: str
    actor: str
    channel: Channel

    @property
    def at_kiosk(self) -> bool:
        """Whether it is a screen of the shop: there it is always today, and somebody waits."""
        return self.channel is Channel.KIOSK


def set_place(place: Place) -> None:
    """Say for this request where the customer is; a guard that admitted one does."""
    g.place = place


def this_place() -> Place:
    """Return where the customer is who was admitted.

    Raises:
        DeviceNeededError: neither on a page of their own nor at a paired kiosk.
    """
    told: Place | None = g.get("place")
    if told is not None:
        return told
    kiosk = this_device()
    return Place(kiosk.id, kiosk.actor, Channel.KIOSK)
