"""Colleagues by name. Who no longer works here has no name in what is left of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.access.models import User
from clienteling.errors import UsageError

_USER = "user:"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here now. `id` is their number in the table `user`."""

    id: int
    name: str


def colleagues(identity: Session) -> tuple[Colleague, ...]:
    """Return everybody who works here, by name."""
    found = [Colleague(number, name) for number, name in names(identity).items()]
    return tuple(sorted(found, key=lambda each: each.name.casefold()))


def names(identity: Session) -> Mapping[int, str]:
    """Return the names of those who work here; who is not in it is a former colleague."""
    rows = identity.execute(select(User.id, User.name).where(User.active.is_(True)))
    return {number: name for number, name in rows}  # noqa: C416 - Row is not a tuple type


def number_of(person: str) -> int:
    """Return the number of who the log calls `user:<n>`.

    Raises:
        UsageError: it is a device or a command: only people do what is done here.
    """
    digits = person.removeprefix(_USER)
    if not person.startswith(_USER) or not digits.isdecimal():
        raise UsageError("Sign in as a person: this is not for devices.")
    return int(digits)


def person_of(number: int) -> str:
    """Return what the log calls this person."""
    return f"{_USER}{number}"
