"""What the shop knows well enough to serve by: counts, and whether recognising would add anything.

Nothing is opened for it. Consents and the kinds and days of what is kept stand open, and whether
tastes were said shows in the length of what is sealed (docs/decisions/0310).
"""

from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clienteling.catalogue.declarations import NOTHING_DECLARED
from clienteling.catalogue.shelf import Catalogue, Shelf
from clienteling.customers.intents import wall_day
from clienteling.customers.models import RecordRow, SectionRow, VisitRow
from clienteling.customers.profile import Preferences, as_json
from clienteling.customers.records import RecordKind
from clienteling.service.dashboard import FEWEST
from clienteling.service.helpbar.kinds import HelpStatus
from clienteling.service.models import HelpRequestRow
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, subjects_granting
from consent.sealing import SEAL_BYTES

#: What is sealed of a customer who shares tastes and said none is no longer than this.
_NO_TASTES: Final = len(as_json(Preferences())) + SEAL_BYTES
_OPEN: Final = [status.value for status in HelpStatus if not status.is_closed]

#: Subject and consent: what is kept under an earlier consent does not count.
_Held = AbstractSet[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Count:
    """A number of customers. `number` None: fewer than five, and somebody (0290)."""

    number: int | None


@dataclass(frozen=True, slots=True)
class Lacking:
    """Of how many customers who share something nothing of it is kept."""

    lacking: Count
    sharing: Count


@dataclass(frozen=True, slots=True)
class Products:
    """How many are sold, and of how many not all allergens are known.

    Attributes:
        undeclared: Nothing is known of any allergen.
        partly: Something is known, and of an allergen nothing.
    """

    on_sale: int
    undeclared: int
    partly: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was counted.

    Attributes:
        customers: With an account that stands.
        tastes: Who shares preferences, and told no tastes.
        allergies: Who shares allergies, and neither told one nor said that there is none.
        purchases: Who wants purchases remembered, and of whom none is kept.
        recognised: Who agreed to be recognised.
        useful: Percentage of those of whom the card would say something besides the name, once it
            is confirmed; None: they are fewer than five.
    """

    products: Products
    customers: Count
    tastes: Lacking
    allergies: Lacking
    purchases: Lacking
    recognised: Count
    useful: float | None


#: Told what is being counted now; for whoever waits.
Tell = Callable[[str], None]


def readiness(office: Office, shelf: Shelf, tell: Tell = lambda _what: None) -> Readiness:
    """Count. Some seconds with 50,000 customers: consents are read one by one, nothing is opened.

    Raises:
        StorageError: a database is away.
    """
    tell("products")
    products = _products(shelf.catalogue())
    now = office.now()
    with office.databases.identity.read() as identity:
        grants = dict[Purpose, dict[str, Grant]]()
        for purpose in _ASKED:
            tell(f"consents: {purpose.value}")
            several = subjects_granting(identity, purpose, now)
            grants[purpose] = {grant.subject_id: grant for grant in several}
        tell("what is kept")
        kept = {
            Purpose.PREFERENCES: _tastes(identity),
            Purpose.ALLERGIES: _sections(identity, Purpose.ALLERGIES),
            Purpose.PURCHASES: _records(identity, RecordKind.SALE),
        }
        said = {
            Purpose.PREFERENCES: kept[Purpose.PREFERENCES]
            | _records(identity, RecordKind.NOTE)
            | _records(identity, RecordKind.INTENT, day=wall_day(now)),
            Purpose.ALLERGIES: kept[Purpose.ALLERGIES],
            Purpose.PURCHASES: kept[Purpose.PURCHASES],
            Purpose.VISITS: _visits(identity, now.date()),
        }
        helped = set(
            identity.scalars(
                select(HelpRequestRow.subject_id).where(HelpRequestRow.status.in_(_OPEN))
            )
        )
    accounts = grants[Purpose.ACCOUNT]
    useful = helped & accounts.keys()
    for purpose, held in said.items():
        useful |= {who for who, grant in grants[purpose].items() if _has(held, grant)}
    recognised = grants[Purpose.RECOGNISE].keys() & accounts.keys()
    return Readiness(
        products=products,
        customers=counted(len(accounts)),
        tastes=_lacking(grants[Purpose.PREFERENCES].values(), kept[Purpose.PREFERENCES]),
        allergies=_lacking(grants[Purpose.ALLERGIES].values(), kept[Purpose.ALLERGIES]),
        purchases=_lacking(grants[Purpose.PURCHASES].values(), kept[Purpose.PURCHASES]),
        recognised=counted(len(recognised)),
        useful=_share(len(useful & recognised), len(recognised)),
    )


_ASKED: Final = (
    Purpose.ACCOUNT,
    Purpose.RECOGNISE,
    Purpose.PREFERENCES,
    Purpose.ALLERGIES,
    Purpose.PURCHASES,
    Purpose.VISITS,
)


def counted(number: int) -> Count:
    """Return a number of customers as it may be told."""
    return Count(None if 0 < number < FEWEST else number)


def _share(part: int, of: int) -> float | None:
    return None if of < FEWEST else 100 * part / of


def _lacking(grants: Collection[Grant], held: _Held) -> Lacking:
    lacking = sum(not _has(held, grant) for grant in grants)
    return Lacking(counted(lacking), counted(len(grants)))


def _has(held: _Held, grant: Grant) -> bool:
    return (grant.subject_id, grant.consent_id) in held


def _products(catalogue: Catalogue) -> Products:
    sold = catalogue.active
    undeclared = sum(product.declaration == NOTHING_DECLARED for product in sold)
    partly = sum(not product.declared for product in sold) - undeclared
    return Products(len(sold), undeclared, partly)


def _tastes(identity: Session) -> set[tuple[str, str]]:
    told = func.length(SectionRow.sealed) > _NO_TASTES
    rows = identity.execute(
        select(SectionRow.subject_id, SectionRow.consent_id).where(
            SectionRow.purpose == Purpose.PREFERENCES.value, told
        )
    )
    return {(subject_id, consent_id) for subject_id, consent_id in rows}


def _sections(identity: Session, purpose: Purpose) -> set[tuple[str, str]]:
    rows = identity.execute(
        select(SectionRow.subject_id, SectionRow.consent_id).where(
            SectionRow.purpose == purpose.value
        )
    )
    return {(subject_id, consent_id) for subject_id, consent_id in rows}


def _records(
    identity: Session, kind: RecordKind, *, day: str | None = None
) -> set[tuple[str, str]]:
    asked = [RecordRow.kind == kind.value]
    if day is not None:
        asked.append(RecordRow.day == day)
    rows = identity.execute(
        select(RecordRow.subject_id, RecordRow.consent_id).where(*asked).distinct()
    )
    return {(subject_id, consent_id) for subject_id, consent_id in rows}


def _visits(identity: Session, today: date) -> set[tuple[str, str]]:
    """Return of whom a visit before today is kept: the card says when that was."""
    rows = identity.execute(
        select(VisitRow.subject_id, VisitRow.consent_id)
        .where(VisitRow.day < today.isoformat())
        .distinct()
    )
    return {(subject_id, consent_id) for subject_id, consent_id in rows}
