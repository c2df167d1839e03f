"""Finding the customer of a sale: by a code of theirs, or by the name that they say."""

from collections.abc import Sequence
from dataclasses import dataclass

from clienteling.customers.find import find
from clienteling.customers.profile import Account, read
from clienteling.till.desk import Attached, AttachmentGoneError, TillDesk
from consent.errors import KeyUnavailableError
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.office import Office
from consent.proof.receipts import subject_by_code
from consent.purposes import Purpose
from consent.records import Grant, grant_for

#: How many names are offered; with more, more of the name must be said.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """A name that fits, and the handle to choose it by."""

    handle: str
    name: str


def attach_by_code(office: Office, desk: TillDesk, code: str, *, till: str, actor: str) -> Attached:
    """Attach the customer to whom a receipt code or an e-mail address belongs.

    Who shows a code of their own is confirmed by that; an address may be anybody's to know.

    Raises:
        AttachmentGoneError: nobody here has it.
    """
    if "@" in code:
        found: Sequence[str] = [one.subject_id for one in find(office, code, reader=actor, limit=1)]
    else:
        with office.databases.identity.read() as identity:
            subject_id = subject_by_code(identity, office.ring, code)
        found = [subject_id] if subject_id else []
    if not found or _account(office, found[0]) is None:
        raise AttachmentGoneError("Nobody here has this code. Check it, or ask for the name.")
    made = desk.attach(found[0], till, confirmed="@" not in code)
    _log(office, made, actor)
    return made


def offer_by_name(
    office: Office, desk: TillDesk, name: str, *, till: str, actor: str
) -> tuple[tuple[Offer, ...], bool]:
    """Return who fits a name, by first name and initial, and whether there are more. Logged."""
    found = find(office, name, reader=actor, limit=SHOWN + 1)
    offers = tuple(
        Offer(desk.offer(one.subject_id, till), short(one.name)) for one in found[:SHOWN]
    )
    return offers, len(found) > SHOWN


def choose(office: Office, desk: TillDesk, handle: str, *, till: str, actor: str) -> Attached:
    """Attach somebody who was offered.

    Raises:
        AttachmentGoneError: offered too long ago, or the account ended since.
    """
    made = desk.choose(handle, till)
    _log(office, made, actor)
    return made


def greeting(office: Office, attached: Attached) -> str:
    """Return how to greet a customer who is attached; the read is logged.

    Raises:
        AttachmentGoneError: the account ended this very moment.
    """
    grant = standing_account(office, attached)
    try:
        account = read(office, grant, Account)
    except KeyUnavailableError as error:
        raise _ended() from error
    return "" if account is None else account.name


def standing_account(office: Office, attached: Attached) -> Grant:
    """Return the grant of an attached customer's account.

    Raises:
        AttachmentGoneError: it stands no more.
    """
    grant = _account(office, attached.subject_id)
    if grant is None:
        raise _ended()
    return grant


def short(name: str) -> str:
    """Return the first name and the initial of the last: "Robin J."."""
    first, _, rest = name.strip().partition(" ")
    last = rest.split()[-1:] if rest else []
    return f"{first} {last[0][0]}." if last else first


def _account(office: Office, subject_id: str) -> Grant | None:
    with office.databases.identity.read() as identity:
        return grant_for(identity, subject_id, Purpose.ACCOUNT, office.now())


def _ended() -> AttachmentGoneError:
    return AttachmentGoneError("This customer has no account here any more.")


def _log(office: Office, made: Attached, actor: str) -> None:
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            EventKind.TILL_ATTACHED,
            actor=actor,
            about=made.subject_id,
            detail={"confirmed": made.confirmed},
            now=office.now(),
        )
