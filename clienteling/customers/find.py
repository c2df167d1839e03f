"""Finding a customer who tells staff who they are: the way without a face (R6).

By a name as people type it, or exactly: by e-mail address, phone number, loyalty card, or the code
on a receipt or pass. Whoever ended meanwhile is never shown: the consent is asked again each time.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from clienteling.customers.contact import ContactKind, card_number, phone_number
from clienteling.customers.directory import Directory
from clienteling.customers.names import words_of
from clienteling.customers.profile import Account, find_by_contact
from clienteling.customers.sections import open_of
from clienteling.customers.templates import subject_of
from clienteling.errors import UsageError
from consent.keystore.holder import HolderSecret
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.models import SubjectRow
from consent.office import Office
from consent.proof.receipts import receipt_by_fingerprint, subject_by_code
from consent.purposes import Purpose
from consent.records import subjects_granting

_ACCOUNT = TypeAdapter(Account)
_ACCOUNT = TypeAdapter(Account)
_DIGIT = re.compile(r"\d")
_NAME = re.compile(r"[^\W\d_]")
_CODE = re.compile(r"^[0-9A-Z]{4}([- ]?[0-9A-Z]{4}){3}$", re.IGNORECASE)
#: Of a receipt's printed reference: its number, a dot, a fingerprint; alone or at an address' end.
_REFERENCE = re.compile(r"([0-9a-f-]{36}\.[\w-]{43})$")


class By(StrEnum):
    """What led to somebody, or would have."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    CODE = "code"
    PASS = "pass"  # noqa: S105  # no secret


@dataclass(frozen=True, slots=True)
class Found:
    """A customer who fits.

    Attributes:
        phone_end: The last two digits of the phone number, where others have the same name: to ask
            the customer for.
        joined: The month of joining, "2026-11", where that cannot tell them apart.
        by: What led to them: who shows a code of their own has shown who they are.
    """

    subject_id: str
    name: str
    phone_end: str | None = None
    joined: str | None = None
    by: By = field(default=By.NAME, compare=False)


def find(
    office: Office, query: str, *, reader: str, limit: int = 5, directory: Directory | None = None
) -> tuple[Found, ...]:
    """Return at most `limit` customers whose account stands, the best first; it is logged.

    An address, number or code is looked up exactly; anything else is a name. Each typed word must
    begin a word of the name, or be one with at most two typing errors where nobody fits otherwise.

    Args:
        office: Whose customers.
        query: What the customer told, or showed to a scanner.
        reader: Who looks, as the log names them.
        limit: So many at most.
        directory: The names in memory; without it they are opened for this search alone.

    Raises:
        PreparingError: the list of names is being made; exact look-ups work.
        SealError: stored bytes were altered.
        LedgerError: the search cannot be logged, so nothing is returned.
    """
    by, subject_ids = _led(office, query.strip())
    if by is By.NAME:
        names = directory or Directory(office)
        subject_ids = tuple(hit.subject_id for hit in names.search(query, limit))
    now = office.now()
    with office.databases.identity.read() as identity:
        grants = subjects_granting(identity, Purpose.ACCOUNT, now, subject_ids)
    accounts = {who: _ACCOUNT.validate_json(content) for who, content in open_of(office, grants)}
    with office.databases.identity.write() as identity:
        # Asked again where it is logged: who was erased meanwhile is neither shown nor named.
        stand = {g.subject_id for g in subjects_granting(identity, Purpose.ACCOUNT, now, accounts)}
        shown = [(who, accounts[who]) for who in subject_ids if who in stand]
        append(
            identity,
            office.ring,
            EventKind.CUSTOMER_SEARCHED,
            actor=reader,
            about=shown[0][0] if len(shown) == 1 else None,
            detail={"by": by.value, "found": len(shown)},
            now=now,
        )
        return tuple(replace(one, by=by) for one in _told_apart(identity, shown))


def names_of(
    office: Office, subject_ids: Sequence[str], *, reader: str, by: str
) -> dict[str, Found]:
    """Return the names of those whose account stands; that they were read is one entry of the log.

    Args:
        office: Whose customers.
        subject_ids: Whose names.
        reader: Who reads, as the log names them.
        by: What led to them, for the log.

    Raises:
        LedgerError: it cannot be logged, so nothing is returned.
    """
    now = office.now()
    with office.databases.identity.write() as identity:
        grants = subjects_granting(identity, Purpose.ACCOUNT, now, subject_ids)
        append(
            identity,
            office.ring,
            EventKind.CUSTOMER_SEARCHED,
            actor=reader,
            about=None,
            detail={"by": by, "found": len(grants)},
            now=now,
        )
    opened = open_of(office, grants)
    return {who: Found(who, _ACCOUNT.validate_json(content).name) for who, content in opened}


def _led(office: Office, query: str) -> tuple[By, tuple[str, ...]]:
    """Return what kind of query it is, and whom it leads to exactly; of a name nobody yet."""
    tried = By.NAME
    for by, subject_id in _exact(office, query):
        if subject_id is not None:
            return by, (subject_id,)
        tried = by
    # What has letters and led to nobody may still be a name; a number may not.
    is_name = "@" not in query and _NAME.search(query) and not HolderSecret.read(query)
    return (By.NAME if is_name else tried), ()


def _exact(office: Office, query: str) -> Iterator[tuple[By, str | None]]:
    """Yield what the query can be exactly, and whom it then leads to."""
    if "@" in query:
        yield By.EMAIL, find_by_contact(office, ContactKind.EMAIL, query)
        return
    holder = HolderSecret.read(query)
    if holder is not None:
        yield By.PASS, subject_of(office, holder.alias)
        return
    reference = _REFERENCE.search(query)
    if reference or _CODE.match(query):
        with office.databases.identity.read() as identity:
            if reference:
                row = receipt_by_fingerprint(identity, reference.group(1))
                yield By.CODE, None if row is None else row.subject_id
            else:
                yield By.CODE, subject_by_code(identity, office.ring, query)
    if not _DIGIT.search(query):
        return
    with suppress(UsageError):
        yield By.CARD, find_by_contact(office, ContactKind.CARD, card_number(query))
    with suppress(UsageError):
        yield By.PHONE, find_by_contact(office, ContactKind.PHONE, phone_number(office, query))


def _told_apart(identity: Session, shown: list[tuple[str, Account]]) -> tuple[Found, ...]:
    """Say of those with one name what they can be told apart by, and no more than that."""
    alike: dict[tuple[str, ...], list[Account]] = {}
    for _, account in shown:
        alike.setdefault(words_of(account.name), []).append(account)
    found = []
    for who, account in shown:
        one = Found(who, account.name)
        same = alike[words_of(account.name)]
        if len(same) > 1:
            end = (account.phone or "")[-2:]
            if end and [(each.phone or "")[-2:] for each in same].count(end) == 1:
                one = replace(one, phone_end=end)
            else:
                subject = identity.get(SubjectRow, who)
                one = replace(one, joined=subject.created_at[:7] if subject else None)
        found.append(one)
    return tuple(found)
