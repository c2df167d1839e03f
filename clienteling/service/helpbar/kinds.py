"""The help bar: what customers ask the shop to do, and how such a request moves on.

A *service request* is a repair, an order to pick up, a return, a question, a complaint about the
service, an appointment, or help with anything else. It is not a request under the privacy law:
those are `consent.rights.requests`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

#: Characters of what is asked, of a note, of an idea; a first name; a telephone number.
LONGEST, LONGEST_NAME, LONGEST_PHONE = 500, 60, 30


class HelpKind(StrEnum):
    """What the customer needs."""

    REPAIR = "repair"
    PICKUP = "pickup"  # an order to pick up
    RETURN = "return"
    QUESTION = "question"
    COMPLAINT = "complaint"
    APPOINTMENT = "appointment"
    ANYTHING = "anything"  # also what has nothing to do with our products


class HelpStatus(StrEnum):
    """How far it is."""

    OPEN = "open"
    WAITING = "waiting"  # for the customer
    READY = "ready"  # to be picked up
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is to be done."""
        return self in {HelpStatus.DONE, HelpStatus.CANCELLED}


_GOING_ON = frozenset({HelpStatus.OPEN, HelpStatus.WAITING, HelpStatus.READY})
#: From where to where. What was closed can be taken up again: it was not solved after all.
NEXT: Mapping[HelpStatus, frozenset[HelpStatus]] = {
    **{status: frozenset(HelpStatus) - {status} for status in _GOING_ON},
    HelpStatus.DONE: frozenset({HelpStatus.OPEN}),
    HelpStatus.CANCELLED: frozenset({HelpStatus.OPEN}),
}


class NoteKind(StrEnum):
    """What colleagues add: what was done, and how it could be solved."""

    NOTE = "note"
    IDEA = "idea"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for; `repr` shows nothing of it.

    Attributes:
        what: In words, at most 500 characters.
        first_name: To call back somebody who is no customer here.
        phone: Likewise.
    """

    what: str = field(repr=False)
    first_name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NewHelp:
    """A request as it comes in.

    Attributes:
        subject_id: Whose; None: nobody who has an account here.
        due_at: What was promised.
        in_queue: The customer waits in the shop: give a number.
        owner: Who takes care of it, as the log names them; None: nobody yet.
    """

    kind: HelpKind
    asked: Asked
    subject_id: str | None = None
    due_at: datetime | None = None
    appointment_at: datetime | None = None
    in_queue: bool = False
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class HelpNote:
    """A note of progress, or an idea."""

    id: str
    kind: NoteKind
    at: datetime
    author: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """A request as it stands.

    Attributes:
        number: Of the queue, on the day it was given; None: not in the queue.
        overdue: Still going on after what was promised.
        due_today: Promised for today.
        asked: None: not opened here, or its key is gone, or the customer's data is restricted.
        name: Of a customer with an account, or the first name; "" where none is known.
    """

    id: str
    kind: HelpKind
    status: HelpStatus
    subject_id: str | None
    opened_at: datetime
    opened_by: str
    due_at: datetime | None
    appointment_at: datetime | None
    number: int | None
    owner: str | None
    reason: str | None
    overdue: bool
    due_today: bool
    asked: Asked | None = field(default=None, repr=False)
    name: str = field(default="", repr=False)

    @property
    def next(self) -> tuple[HelpStatus, ...]:
        """Where it can go from here, in the order of the statuses."""
        return tuple(status for status in HelpStatus if status in NEXT[self.status])
