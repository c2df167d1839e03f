"""Finding a customer who asks, by receipt code, e-mail address or number. Each try is logged."""

from enum import StrEnum

from clienteling.customers.profile import find_by_email
from clienteling.oversight.search import note
from consent import records
from consent.log.events import EventKind
from consent.office import Office
from consent.proof.receipts import subject_by_code


class FindBy(StrEnum):
    """What the customer gives."""

    CODE = "code"
    EMAIL = "email"
    ID = "id"


def find_customer(office: Office, by: FindBy, given: str, *, actor: str) -> str | None:
    """Return the customer's number, or None; the log keeps how it was searched, not for what.

    Raises:
        LedgerError: the search cannot be logged, so nothing is returned.
    """
    found = _look_up(office, by, given.strip())
    note(
        office,
        EventKind.CUSTOMER_SEARCHED,
        actor=actor,
        about=found,
        detail={"by": by.value, "found": found is not None},
    )
    return found


def _look_up(office: Office, by: FindBy, given: str) -> str | None:
    if by is FindBy.EMAIL:
        return find_by_email(office, given)
    with office.databases.identity.read() as identity:
        if by is FindBy.CODE:
            return subject_by_code(identity, office.ring, given)
        # An erased customer is found by number: the proof of consent stays.
        return given if records.history(identity, given) else None
