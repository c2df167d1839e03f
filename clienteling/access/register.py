"""Who works here and which devices are paired, for whoever looks after the shop."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.access.models import DeviceRow, User
from clienteling.access.users import RoleName
from clienteling.errors import RefusedError, UsageError
from consent.keystore.keys import KeyRing
from consent.log import ledger
from consent.log.events import EventKind

#: What only an admin gives and takes: whoever watches a manager is not made by that manager (R44).
RESERVED = frozenset({RoleName.OFFICER, RoleName.ADMIN})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in, or did. `id` is how the log names them."""

    id: str
    username: str
    name: str
    roles: tuple[RoleName, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class Device:
    """A paired screen or camera box."""

    id: str
    kind: str
    name: str
    camera: str | None
    paired_at: str
    seen_at: str | None
    revoked_at: str | None


def people(identity: Session) -> tuple[Person, ...]:
    """Return everybody: who may sign in first, then by name."""
    found = [_person(user) for user in identity.scalars(select(User))]
    return tuple(sorted(found, key=lambda person: (not person.active, person.name.casefold())))


def find_person(identity: Session, person_id: str) -> Person | None:
    """Return who the log calls `person_id` (`user:<n>`), or None: a device, a command, nobody."""
    user = _user(identity, person_id)
    return None if user is None else _person(user)


def devices(identity: Session) -> tuple[Device, ...]:
    """Return every device, working ones first, then by kind and name."""
    rows = identity.scalars(select(DeviceRow).order_by(DeviceRow.kind, DeviceRow.name))
    found = [
        Device(row.id, row.kind, row.name, row.camera, row.paired_at, row.seen_at, row.revoked_at)
        for row in rows
    ]
    return tuple(sorted(found, key=lambda device: device.revoked_at is not None))


def may_give(holder: frozenset[RoleName]) -> tuple[RoleName, ...]:
    """Return the roles that somebody with these roles may give to others."""
    return tuple(role for role in RoleName if role not in RESERVED or RoleName.ADMIN in holder)


def check_may_give(holder: frozenset[RoleName], roles: frozenset[RoleName]) -> None:
    """Refuse roles that the holder may not give.

    Raises:
        RefusedError: officer and admin are given by an admin only.
    """
    if roles - frozenset(may_give(holder)):
        raise RefusedError("Only an admin gives the roles officer and admin.")


def deactivate(
    identity: Session,
    ring: KeyRing,
    person_id: str,
    *,
    holder: frozenset[RoleName],
    actor: str,
    now: datetime,
) -> Person:
    """End somebody's access: no sign-in, and every open session ends.

    Raises:
        UsageError: no such person, already ended, or oneself.
        RefusedError: officers and admins are ended by an admin only.
    """
    user = _user(identity, person_id)
    if user is None or not user.active:
        raise UsageError("There is no such person, or the access was ended already.")
    person = _person(user)
    if person.id == actor:
        raise UsageError("You cannot end your own access. Ask a colleague.")
    check_may_give(holder, frozenset(person.roles))
    user.active = False
    user.fs_uniquifier = uuid.uuid4().hex  # what open sessions name is nobody any more
    ledger.append(
        identity,
        ring,
        EventKind.USER_CHANGED,
        actor=actor,
        about=None,
        detail={"user": person.id, "active": False},
        now=now,
    )
    return person


def _user(identity: Session, person_id: str) -> User | None:
    kind, _, number = person_id.rpartition(":")
    return identity.get(User, int(number)) if kind == "user" and number.isdecimal() else None


def _person(user: User) -> Person:
    held = {role.name for role in user.roles}
    roles = tuple(role for role in RoleName if role.value in held)
    return Person(f"user:{user.id}", user.username, user.name, roles, user.active)
