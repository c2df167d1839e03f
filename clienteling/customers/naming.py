"""Whether a text that many will read names a customer: what staff tell each other names nobody."""

from collections.abc import Iterator

from pydantic import TypeAdapter

from clienteling.customers.directory import Directory
from clienteling.customers.names import words_of
from clienteling.customers.profile import Account
from clienteling.customers.sections import open_sections
from consent.log.ledger import EventKind, append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import subjects_granting

_ACCOUNT = TypeAdapter(Account)


def names_a_customer(
    office: Office, text: str, *, reader: str, directory: Directory | None = None
) -> bool:
    """Whether the whole name of a customer stands in the text, word for word.

    Case and accents do not matter; half of a name is nobody's. The answer tells `reader` whether
    somebody is a customer, so it is logged as the search that it is, without the text. Names are
    those in memory; where that list is not made, every account is opened.

    Raises:
        SealError: stored bytes were altered.
        LedgerError: it cannot be logged, so nothing is answered.
    """
    said = words_of(text)
    held = [who for who, name in _names(office, directory) if _holds(said, name)]
    with office.databases.identity.write() as identity:
        # Asked of the records: who ended this moment may still be in the list.
        standing = subjects_granting(identity, Purpose.ACCOUNT, office.now(), held) if held else ()
        found = [grant.subject_id for grant in standing]
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


def _names(office: Office, directory: Directory | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield everybody with the words of the name."""
    if directory is not None and directory.is_ready:
        yield from ((one.subject_id, one.words) for one in directory.everybody())
        return
    for subject_id, content in open_sections(office, Purpose.ACCOUNT):
        yield subject_id, words_of(_ACCOUNT.validate_json(content).name)


def _holds(said: tuple[str, ...], name: tuple[str, ...]) -> bool:
    width = len(name)
    return width > 0 and any(
        said[start : start + width] == name for start in range(len(said) - width + 1)
    )
