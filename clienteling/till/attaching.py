"""Finding the customer of a sale: by a code, by the name that they say, or sent by a colleague."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clienteling.customers.directory import Directory
from clienteling.customers.find import By, find
from clienteling.customers.profile import Account, read
from clienteling.customers.tightening import tighten
from clienteling.till.desk import Attached, AttachmentGoneError, TillDesk
from consent.canonical import JSON
from consent.errors import KeyUnavailableError
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, grant_for

#: How many names are offered; with more, more of the name must be said.
SHOWN = 5
#: What only the customer has.
_OWN = frozenset({By.CODE, By.CARD, By.PASS})


@dataclass(frozen=True, slots=True)
class Offer:
    """A name that fits, and the handle to choose it by."""

    handle: str
    name: str


def attach_by_code(office: Office, desk: TillDesk, code: str, *, till: str, actor: str) -> Attached:
    """Attach the customer to whom a code, card, pass, e-mail address or phone number belongs.

    Who shows a code, card or pass is confirmed by that; an address or number anybody may know.

    Raises:
        AttachmentGoneError: nobody here has it.
    """
    (found,) = find(office, code, reader=actor, limit=1) or (None,)
    if found is None or found.by is By.NAME:
        raise AttachmentGoneError("Nobody here has this code. Check it, or ask for the name.")
    made = desk.attach(found.subject_id, till, confirmed=found.by in _OWN)
    _log(office, made, actor)
    return made


def offer_by_name(
    office: Office, desk: TillDesk, name: str, directory: Directory, *, till: str, actor: str
) -> tuple[tuple[Offer, ...], bool]:
    """Return who fits a name, by first name and initial, and whether there are more. Logged.

    Raises:
        PreparingError: the list of names is being made.
    """
    found = find(office, name, reader=actor, limit=SHOWN + 1, directory=directory)
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


def send(
    office: Office, desk: TillDesk, subject_id: str, *, till: str, confirmed: bool, actor: str
) -> Attached:
    """Attach a customer whom a member of staff brings to a till.

    `confirmed` if staff asked on the floor whether it is them (R32); else the till still asks.

    Raises:
        AttachmentGoneError: the account ended since.
    """
    made = desk.send(subject_id, till, confirmed=confirmed)
    # Asked once they stand there: an account that ends from now on, the watcher takes off.
    if _account(office, subject_id) is None:
        desk.release(made.id, till)
        raise _ended()
    _log(office, made, actor)
    return made


def deny(office: Office, desk: TillDesk, handle: str, *, till: str, actor: str) -> None:
    """Forget somebody who says that it is not them; if a camera was wrong, be stricter with it.

    Nothing happens if the attachment has ended.
    """
    found = desk.release(handle, till)
    if found is not None and found.by_face and not found.confirmed:
        with office.databases.identity.write() as identity:
            tighten(identity, office, found.subject_id, actor=actor, purpose=Purpose.TILL)


def greeting(office: Office, attached: Attached) -> str:
    """Return how to greet a customer who is attached; that they were attached is in the log.

    Raises:
        AttachmentGoneError: the account ended this very moment.
    """
    grant = standing_account(office, attached)
    try:
        account = read(office, grant, Account)
    except KeyUnavailableError as error:
        raise _ended() from error
    return "" if account is None else account.name


def look(office: Office, attached: Attached, *, actor: str) -> str:
    """Return how to greet somebody whom a colleague sent: the till's own read, and logged.

    Raises:
        AttachmentGoneError: the account ended this very moment.
    """
    standing_account(office, attached)
    with office.databases.identity.write() as identity:
        what = EventKind.PROFILE_READ, {"at": "till"}
        _note(identity, office, what, attached.subject_id, actor)
    return greeting(office, attached)


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


def note_attached(
    identity: Session, office: Office, subject_id: str, *, confirmed: bool, actor: str
) -> None:
    """Log, in the caller's transaction, that a customer was attached at a till."""
    _note(identity, office, (EventKind.TILL_ATTACHED, {"confirmed": confirmed}), subject_id, actor)


def _log(office: Office, made: Attached, actor: str) -> None:
    with office.databases.identity.write() as identity:
        note_attached(identity, office, made.subject_id, confirmed=made.confirmed, actor=actor)


def _note(
    identity: Session,
    office: Office,
    what: tuple[EventKind, Mapping[str, JSON]],
    subject_id: str,
    actor: str,
) -> None:
    kind, detail = what
    append(
        identity,
        office.ring,
        kind,
        actor=actor,
        about=subject_id,
        detail=dict(detail),
        now=office.now(),
    )
