"""Whether a text that many will read names a customer: what staff tell each other names nobody."""

from pydantic import TypeAdapter

from clienteling.customers.names import words_of
from clienteling.customers.profile import Account
from clienteling.customers.sections import open_sections
from consent.log.ledger import EventKind, append
from consent.office import Office
from consent.purposes import Purpose

_ACCOUNT = TypeAdapter(Account)


def names_a_customer(office: Office, text: str, *, reader: str) -> bool:
    """Whether the whole name of a customer stands in the text, word for word.

    Case and accents do not matter; half of a name is nobody's. The answer tells `reader` whether
    somebody is a customer, so it is logged as the search that it is, without the text.

    Raises:
        SealError: stored bytes were altered.
        LedgerError: it cannot be logged, so nothing is answered.
    """
    said = words_of(text)
    found = [
        subject_id
        for subject_id, content in open_sections(office, Purpose.ACCOUNT)
        if _holds(said, words_of(_ACCOUNT.validate_json(content).name))
    ]
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            EventKind.CUSTOMER_SEARCHED,
            actor=reader,
            about=found[0] if len(found) == 1 else None,
            detail={"by": "text", "found": len(found)},
            now=office.now(),
        )
    return bool(found)


def _holds(said: tuple[str, ...], name: tuple[str, ...]) -> bool:
    width = len(name)
    return width > 0 and any(
        said[start : start + width] == name for start in range(len(said) - width + 1)
    )
