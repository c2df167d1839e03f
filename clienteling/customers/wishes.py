"""A customer's wish list, under `preferences`: products of the catalogue, or their own words."""

from typing import Annotated

from pydantic import ConfigDict, StringConstraints
from pydantic.dataclasses import dataclass

from clienteling.customers.kept import Drawer, Kept, ToldBy
from clienteling.customers.records import RecordKind
from consent.office import Office
from consent.records import Grant

LONGEST = 120


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Wish:
    """A wish.

    Attributes:
        what: The product's name as it was then, or the customer's words.
        product_id: Of the catalogue; None: own words.
    """

    what: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
    product_id: Annotated[str, StringConstraints(max_length=36)] | None = None
    told_by: ToldBy = ToldBy.STAFF


_WISHES = Drawer(RecordKind.WISH, Wish, most=100)


def read(office: Office, grant: Grant) -> tuple[Kept[Wish], ...]:
    """Return the wish list, the newest first. The caller logs that it was shown.

    Raises:
        As `records.records_of`.
    """
    return _WISHES.read(office, grant)


def add(
    office: Office,
    subject_id: str,
    what: str,
    *,
    actor: str,
    product_id: str | None = None,
    told_by: ToldBy = ToldBy.STAFF,
) -> str:
    """Put a wish on the list; logged. Returns its id.

    Raises:
        UsageError: empty, more than 120 characters, or 100 wishes are kept already.
        ConsentMissingError: the customer does not share preferences.
    """
    wish = _WISHES.made(what=what, product_id=product_id, told_by=told_by)
    return _WISHES.add(office, subject_id, wish, actor=actor)


def change(
    office: Office,
    subject_id: str,
    wish_id: str,
    what: str,
    *,
    actor: str,
    told_by: ToldBy = ToldBy.STAFF,
) -> bool:
    """Put a wish into other words; logged. Returns whether it was there.

    Raises:
        UsageError, ConsentMissingError: as `add`.
    """
    wish = _WISHES.made(what=what, told_by=told_by)
    return _WISHES.change(office, subject_id, wish_id, wish, actor=actor)


def remove(office: Office, subject_id: str, wish_id: str, *, actor: str) -> bool:
    """Take a wish off the list; logged. Returns whether it was there.

    Raises:
        ConsentMissingError: as `add`.
    """
    return _WISHES.remove(office, subject_id, wish_id, actor=actor)
