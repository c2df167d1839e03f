"""Finding a customer who tells staff their name or e-mail address: the way without a face (R6)."""

import re
import unicodedata
from dataclasses import dataclass

from pydantic import TypeAdapter

from clienteling.customers.profile import Account, find_by_email, read
from clienteling.customers.sections import open_sections
from consent.errors import KeyUnavailableError
from consent.log.ledger import EventKind, append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import grant_for

#: Fewer letters and digits than this would show half of the customers.
MIN_CHARACTERS = 2

#: Letters that Unicode does not take apart, as people type them without the accent.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_ACCOUNT = TypeAdapter(Account)


@dataclass(frozen=True, slots=True)
class Found:
    """A customer who fits, and the name to tell them apart by."""

    subject_id: str
    name: str


def find(office: Office, query: str, *, reader: str, limit: int = 5) -> tuple[Found, ...]:
    """Return at most `limit` customers whose account stands, by name; the search is logged.

    A query with an @ is an e-mail address and must be the whole of one. Anything else is a name:
    each typed word must begin a word of the name; case, accents and order do not matter.

    A search by name opens every account, which takes time that grows with their number: enough
    for a shop of some thousand customers. A blind index for 50,000 is later work.

    Raises:
        SealError: stored bytes were altered.
        LedgerError: the search cannot be logged, so nothing is returned.
    """
    fitting = _by_email(office, query) if "@" in query else _by_name(office, query)
    shown = sorted(fitting, key=lambda each: _words(each.name))[:limit]
    now = office.now()
    with office.databases.identity.write() as identity:
        # Asked again where it is logged: who was erased meanwhile is neither shown nor named.
        found = tuple(
            each for each in shown if grant_for(identity, each.subject_id, Purpose.ACCOUNT, now)
        )
        append(
            identity,
            office.ring,
            EventKind.CUSTOMER_SEARCHED,
            actor=reader,
            about=found[0].subject_id if len(found) == 1 else None,
            detail={"by": "email" if "@" in query else "name", "found": len(found)},
            now=now,
        )
    return found


def _by_email(office: Office, email: str) -> tuple[Found, ...]:
    subject_id = find_by_email(office, email)
    if subject_id is None:
        return ()
    with office.databases.identity.read() as identity:
        grant = grant_for(identity, subject_id, Purpose.ACCOUNT, office.now())
    if grant is None:
        return ()
    try:
        account = read(office, grant, Account)
    except KeyUnavailableError:
        return ()  # the account ended this very moment
    return () if account is None else (Found(subject_id, account.name),)


def _by_name(office: Office, query: str) -> tuple[Found, ...]:
    typed = _words(query)
    if sum(map(len, typed)) < MIN_CHARACTERS:
        return ()
    accounts = (
        (subject_id, _ACCOUNT.validate_json(content))
        for subject_id, content in open_sections(office, Purpose.ACCOUNT)
    )
    return tuple(
        Found(subject_id, account.name)
        for subject_id, account in accounts
        if _fits(typed, _words(account.name))
    )


def _fits(typed: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return all(any(word.startswith(begin) for word in name) for begin in typed)


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case and without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return tuple(re.findall(r"\w+", plain.casefold().translate(_PLAIN)))
