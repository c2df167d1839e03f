"""The customer's page for staff: everything but allergies, which only a confirmed arrival shows.

What the customer does not share is None, and the page says so; the read is one entry of the log.
"""

from dataclasses import dataclass, field

from clienteling.customers import dates, intents, lists, notes, sizes, tags, wishes
from clienteling.customers.dates import ImportantDate
from clienteling.customers.intents import Intent
from clienteling.customers.kept import Kept
from clienteling.customers.lists import ListEntry
from clienteling.customers.notes import Note
from clienteling.customers.profile import Account, Preferences, read
from clienteling.customers.purchases import Sale, Usual, sales_of, usual
from clienteling.customers.sizes import Size
from clienteling.customers.tags import Tag
from clienteling.customers.visits import Visit, last_visits
from clienteling.customers.wishes import Wish
from consent.errors import ConsentMissingError
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, grant_for, require_grant, standing

#: So many sales are shown, the newest first.
LAST_SALES = 5


@dataclass(frozen=True, slots=True)
class Shared:
    """What is kept under `preferences`."""

    likes: tuple[str, ...] = field(repr=False)
    tags: tuple[Kept[Tag], ...]
    sizes: tuple[Kept[Size], ...]
    wishes: tuple[Kept[Wish], ...]
    dates: tuple[Kept[ImportantDate], ...]
    notes: tuple[Kept[Note], ...]
    intents: tuple[Kept[Intent], ...]


@dataclass(frozen=True, slots=True)
class Bought:
    """What is kept under `purchases`: what is bought again and again, and the last sales."""

    usual: tuple[Usual, ...]
    sales: tuple[Sale, ...]


@dataclass(frozen=True, slots=True)
class OwnLists:
    """What customers may keep themselves.

    Attributes:
        intents: Of today and of coming days.
    """

    sizes: tuple[Kept[Size], ...]
    wishes: tuple[Kept[Wish], ...]
    dates: tuple[Kept[ImportantDate], ...]
    intents: tuple[Kept[Intent], ...]


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """What the page shows.

    Attributes:
        contact: Whether there is a number or an address to ask for (`contact_of`); not here.
        shared: None: the customer does not share preferences.
        bought: None: the customer does not want purchases remembered.
        visits: The last ones; None: the customer does not want them kept.
    """

    name: str = field(repr=False)
    contact: bool
    lists: tuple[Kept[ListEntry], ...]
    shared: Shared | None
    bought: Bought | None
    visits: tuple[Visit, ...] | None


def open_page(office: Office, subject_id: str, *, reader: str, reason: str) -> CustomerPage:
    """Open the page; the read is logged with its reason.

    Raises:
        ConsentMissingError: the customer is gone, or keeps everything unused (GDPR 18).
        KeyUnavailableError: a key was destroyed in this very moment.
        LedgerError: it cannot be logged, so nothing is returned.
    """
    with office.databases.identity.read() as identity:
        grants = standing(identity, subject_id, office.now())
    if Purpose.ACCOUNT not in grants:
        raise ConsentMissingError("Nothing of this customer is shown here (any more).")
    account = read(office, grants[Purpose.ACCOUNT], Account)
    preferences, visits = grants.get(Purpose.PREFERENCES), grants.get(Purpose.VISITS)
    purchases = grants.get(Purpose.PURCHASES)
    page = CustomerPage(
        name="" if account is None else account.name,
        contact=account is not None and bool(_contact(account)),
        lists=lists.read(office, grants[Purpose.ACCOUNT], reader),
        shared=None if preferences is None else _shared(office, preferences),
        bought=None if purchases is None else _bought(office, purchases),
        visits=None if visits is None else last_visits(office, visits),
    )
    _log(office, subject_id, reader, {"page": reason})
    return page


def own_lists(office: Office, subject_id: str, *, reader: str) -> OwnLists | None:
    """Return a customer's own sizes, wishes and dates, for that customer's eyes; logged.

    None: preferences are not shared, or kept unused at present; then nothing was read.

    Raises:
        KeyUnavailableError, LedgerError: as `open_page`.
    """
    with office.databases.identity.read() as identity:
        grant = grant_for(identity, subject_id, Purpose.PREFERENCES, office.now())
    if grant is None:
        return None
    own = OwnLists(
        sizes.read(office, grant),
        wishes.read(office, grant),
        dates.read(office, grant),
        intents.read_coming(office, grant),
    )
    _log(office, subject_id, reader, {"part": "own lists"})
    return own


def contact_of(office: Office, subject_id: str, *, reader: str) -> tuple[str, ...]:
    """Return phone number and e-mail address, for who asked for them; the read is logged.

    Raises:
        ConsentMissingError, KeyUnavailableError, LedgerError: as `open_page`.
    """
    with office.databases.identity.read() as identity:
        grant = require_grant(identity, subject_id, Purpose.ACCOUNT, office.now())
    account = read(office, grant, Account)
    _log(office, subject_id, reader, {"part": "contact"})
    return () if account is None else _contact(account)


def _shared(office: Office, grant: Grant) -> Shared:
    told = read(office, grant, Preferences)
    return Shared(
        likes=() if told is None else told.likes,
        tags=tags.read(office, grant),
        sizes=sizes.read(office, grant),
        wishes=wishes.read(office, grant),
        dates=dates.read(office, grant),
        notes=notes.read(office, grant),
        intents=intents.read(office, grant),
    )


def _contact(account: Account) -> tuple[str, ...]:
    return tuple(each for each in (account.phone, account.email) if each)


def _bought(office: Office, grant: Grant) -> Bought:
    sales = sales_of(office, grant)
    return Bought(usual(sales, office.now().date()), sales[:LAST_SALES])


def _log(office: Office, subject_id: str, reader: str, detail: dict[str, str]) -> None:
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            EventKind.PROFILE_READ,
            actor=reader,
            about=subject_id,
            detail=dict(detail),
            now=office.now(),
        )
