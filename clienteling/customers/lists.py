"""Lists of customers to come back to: each member of staff's own, and one of the whole shop.

An entry is a sealed record of the account, so that it goes with it, and the table says neither on
whose list somebody is nor why. Lists show no allergies.
"""

from collections.abc import Iterator
from dataclasses import dataclass as plain_dataclass
from dataclasses import field
from datetime import date
from typing import Annotated

from pydantic import ConfigDict, StringConstraints
from pydantic.dataclasses import dataclass

from clienteling.customers.everybody import holders
from clienteling.customers.kept import Drawer, Kept, log_shown
from clienteling.customers.profile import Account
from clienteling.customers.profile import read as read_section
from clienteling.customers.records import PURPOSE_OF, RecordKind
from clienteling.errors import RefusedError, UsageError
from consent.clock import stamp
from consent.errors import KeyUnavailableError
from consent.office import Office
from consent.records import Grant, grant_for, require_grant

#: The owner of the list that everybody in the shop sees.
STORE = "store"
LONGEST = 80


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class ListEntry:
    """Why somebody is on a list.

    Attributes:
        owner: Whose list: a member of staff ("user:7"), or `STORE`.
        what: What is to be done.
        due: Until when; None: some time.
        author: Who put it there.
    """

    owner: str
    what: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
    author: str
    at: str
    due: date | None = None


@plain_dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list."""

    id: str
    subject_id: str
    name: str = field(repr=False)
    entry: ListEntry = field(repr=False)


_LISTS = Drawer(RecordKind.LIST, ListEntry, most=20)


def read(office: Office, grant: Grant, staff: str) -> tuple[Kept[ListEntry], ...]:
    """Return the customer's entries that `staff` may see: their own and the shop's.

    The caller logs that they were shown.

    Raises:
        As `records.records_of`.
    """
    mine = [one for one in _LISTS.read(office, grant) if one.content.owner in {staff, STORE}]
    return tuple(sorted(mine, key=lambda one: _urgency(one.content)))


def put_on(
    office: Office,
    subject_id: str,
    what: str,
    *,
    actor: str,
    for_all: bool,
    due: date | None = None,
) -> str:
    """Put a customer on one's own list, or on the shop's; logged. Returns the entry's id.

    Raises:
        UsageError: `what` is empty or over 80 characters, the day is past, or 20 are kept.
        ConsentMissingError: there is no such account (any more).
    """
    if due is not None and due < office.now().date():
        raise UsageError("This day is past. Choose today or later.")
    entry = _LISTS.made(
        owner=STORE if for_all else actor,
        what=what,
        due=due,
        author=actor,
        at=stamp(office.now()),
    )
    day = None if due is None else due.isoformat()
    return _LISTS.add(office, subject_id, entry, actor=actor, day=day)


def take_off(office: Office, subject_id: str, entry_id: str, *, actor: str) -> bool:
    """Take an entry off one's own list or the shop's; logged. Returns whether it was there.

    Raises:
        RefusedError: it is on a colleague's list. ConsentMissingError: as `put_on`.
    """
    with office.databases.identity.read() as identity:
        grant = require_grant(identity, subject_id, PURPOSE_OF[RecordKind.LIST], office.now())
    entry = _LISTS.get(office, grant, entry_id)
    if entry is not None and entry.content.owner not in {actor, STORE}:
        raise RefusedError("This is on a colleague's own list.")
    return _LISTS.remove(office, subject_id, entry_id, actor=actor)


def on_list(office: Office, owner: str, *, reader: str) -> tuple[Listed, ...]:
    """Return a list, what is due first; each customer who is shown is logged.

    Args:
        office: Whose customers.
        owner: `STORE`, or the reader: nobody reads a colleague's.
        reader: Who reads, as the log names them.

    Raises:
        RefusedError: it is a colleague's list.
        LedgerError: it cannot be logged, so nothing is returned.
    """
    if owner not in {reader, STORE}:
        raise RefusedError("This is a colleague's own list.")
    shown = tuple(sorted(_everybody(office, owner), key=lambda one: _urgency(one.entry)))
    log_shown(office, (one.subject_id for one in shown), reader, "list")
    return shown


def find_entry(office: Office, entry_id: str, *, staff: str) -> Listed | None:
    """Return an entry of one's own list or the shop's; None: gone, or a colleague's.

    Nothing of it is shown by this: whoever opens the customer's page is logged there.

    Raises:
        SealError: stored bytes were altered.
    """
    found = (*_everybody(office, staff), *_everybody(office, STORE))
    return next((one for one in found if one.id == entry_id), None)


def _everybody(office: Office, owner: str) -> Iterator[Listed]:
    for subject_id in holders(office, RecordKind.LIST):
        with office.databases.identity.read() as identity:
            grant = grant_for(identity, subject_id, PURPOSE_OF[RecordKind.LIST], office.now())
        if grant is None:
            continue
        try:
            entries = [one for one in _LISTS.read(office, grant) if one.content.owner == owner]
            account = read_section(office, grant, Account) if entries else None
        except KeyUnavailableError:
            continue  # erased this very moment
        if account is not None:
            for one in entries:
                yield Listed(one.id, subject_id, account.name, one.content)


def _urgency(entry: ListEntry) -> tuple[date, str]:
    return (entry.due or date.max, entry.at)
