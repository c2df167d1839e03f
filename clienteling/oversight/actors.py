"""Who an actor of the log is: the log names numbers, the officer must be able to answer with names.

People who work here and devices only. No customer is ever an actor by name.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.access.models import DeviceRow, User

#: Whoever has a receipt code, on a page of their own (`web.me`): no device of the shop.
CUSTOMER = "customer"

_USER = "user:"
_DEVICE = "device:"


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor as the log writes it, and the name of the person or device (None: a program)."""

    id: str
    name: str | None


def known_actors(identity: Session) -> tuple[Actor, ...]:
    """Return every person and device that can stand in the log, by name; also those who left."""
    users = [Actor(f"{_USER}{user.id}", user.name) for user in identity.scalars(select(User))]
    devices = [
        Actor(f"{_DEVICE}{device.id}", device.name)
        for device in identity.scalars(select(DeviceRow))
    ]
    return tuple(sorted((*users, *devices), key=lambda actor: (actor.name or "").casefold()))


def names(identity: Session, actors: Collection[str | None]) -> Mapping[str, str]:
    """Return the names of these actors; what is no person or device is left out."""
    wanted = {actor for actor in actors if actor is not None}
    users = [int(a.removeprefix(_USER)) for a in wanted if _is_user(a)]
    devices = [a.removeprefix(_DEVICE) for a in wanted if a.startswith(_DEVICE)]
    found = {
        f"{_USER}{number}": name
        for number, name in identity.execute(select(User.id, User.name).where(User.id.in_(users)))
    }
    for device, title in identity.execute(
        select(DeviceRow.id, DeviceRow.name).where(DeviceRow.id.in_(devices))
    ):
        found[f"{_DEVICE}{device}"] = title
    return found


def _is_user(actor: str) -> bool:
    return actor.startswith(_USER) and actor.removeprefix(_USER).isdecimal()
