"""One thing that was looked at, and what was found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from clienteling.errors import ClientelingError
from consent.errors import ConsentError


class State(StrEnum):
    """How it is."""

    OK = "ok"
    WARN = "warn"  # it works, and somebody should act
    FAIL = "fail"  # something that must work does not


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's.

    Attributes:
        name: What was looked at, in a word.
        says: What was found, in a sentence; nothing personal.
        todo: What to do about it; "" where nothing is.
    """

    name: str
    state: State
    says: str
    todo: str = ""


def ok(name: str, says: str) -> Check:
    """Return a check that found nothing wrong."""
    return Check(name, State.OK, says)


def warn(name: str, says: str, todo: str = "") -> Check:
    """Return a check that found something to act on."""
    return Check(name, State.WARN, says, todo)


def fail(name: str, says: str, todo: str = "") -> Check:
    """Return a check that found something broken."""
    return Check(name, State.FAIL, says, todo)


def attempt(name: str, look: Callable[[], Iterable[Check]]) -> list[Check]:
    """Return what `look` finds; an error that has a sentence for a person is a failed check."""
    try:
        return list(look())
    except (ClientelingError, ConsentError) as error:
        return [fail(name, str(error))]
