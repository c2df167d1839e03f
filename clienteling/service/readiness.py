"""What the shop knows well enough to serve by: counts, and whether recognising would add anything.

Nothing is opened for it. Consents and the kinds and days of what is kept stand open, and whether
tastes were said shows in the length of what is sealed (docs/decisions/0310).
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clienteling.catalogue.declarations import NOTHING_DECLARED
from clienteling.catalogue.shelf import Catalogue, Shelf
from clienteling.customers.models import RecordRow, SectionRow, VisitRow
from clienteling.customers.profile import Preferences, as_json
from clienteling.customers.records import RecordKind
from clienteling.service.dashboard import FEWEST
from clienteling.service.helpbar.kinds import HelpStatus
from clienteling.service.models import HelpRequestRow
from consent.office import Office
from consent.purposes import Purpose
from consent.records import subjects_granting
from consent.sealing import SEAL_BYTES

#: What is sealed of a customer who shares tastes and said none is no longer than this.
_NO_TASTES: Final = len(as_json(Preferences())) + SEAL_BYTES
#: So long a page shows the same count.
HELD: Final = timedelta(minutes=10)
_OPEN: Final = [status.value for status in HelpStatus if not status.is_closed]


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
        granting = dict[Purpose, set[str]]()
        for purpose in _ASKED:
            tell(f"consents: {purpose.value}")
            several = subjects_granting(identity, purpose, now)
            granting[purpose] = {grant.subject_id for grant in several}
        tell("what is kept")
        held = _holding(identity, RecordKind.SALE, RecordKind.NOTE)
        kept = {
            Purpose.PREFERENCES: _tastes(identity),
            Purpose.ALLERGIES: _sections(identity, Purpose.ALLERGIES),
            Purpose.PURCHASES: held[RecordKind.SALE],
        }
        said = kept | {
            Purpose.PREFERENCES: kept[Purpose.PREFERENCES]
            | held[RecordKind.NOTE]
            | _coming(identity, office.today().isoformat()),
            Purpose.VISITS: _visits(identity, now.date()),
        }
        helped = set(
            identity.scalars(
                select(HelpRequestRow.subject_id).where(HelpRequestRow.status.in_(_OPEN))
            )
        )
    accounts = granting[Purpose.ACCOUNT]
    useful = helped & accounts
    for purpose, told in said.items():
        useful |= granting[purpose] & told
    recognised = granting[Purpose.RECOGNISE] & accounts
    return Readiness(
        products=products,
        customers=counted(len(accounts)),
        tastes=_lacking(granting[Purpose.PREFERENCES], kept[Purpose.PREFERENCES]),
        allergies=_lacking(granting[Purpose.ALLERGIES], kept[Purpose.ALLERGIES]),
        purchases=_lacking(granting[Purpose.PURCHASES], kept[Purpose.PURCHASES]),
        recognised=counted(len(recognised)),
        useful=_share(len(useful & recognised), len(recognised)),
    )


class ReadinessDesk:
    """Counts for a page, and holds that for ten minutes: a large shop takes seconds. Any thread."""

    def __init__(self, office: Office, shelf: Shelf) -> None:
        """Count nothing yet."""
        self._office = office
        self._shelf = shelf
        self._lock = Lock()
        self._held: tuple[datetime, Readiness] | None = None

    def latest(self) -> tuple[datetime, Readiness]:
        """Return what was counted, and when.

        Raises:
            StorageError: a database is away.
        """
        now = self._office.now()
        with self._lock:  # who comes meanwhile waits for the same count
            if self._held is None or not timedelta(0) <= now - self._held[0] < HELD:
                self._held = now, readiness(self._office, self._shelf)
            return self._held


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


def _lacking(sharing: AbstractSet[str], told: AbstractSet[str]) -> Lacking:
    return Lacking(counted(len(sharing - told)), counted(len(sharing)))


def _products(catalogue: Catalogue) -> Products:
    sold = catalogue.active
    undeclared = sum(product.declaration == NOTHING_DECLARED for product in sold)
    partly = sum(not product.declared for product in sold) - undeclared
    return Products(len(sold), undeclared, partly)


def _tastes(identity: Session) -> set[str]:
    told = func.length(SectionRow.sealed) > _NO_TASTES
    return set(
        identity.scalars(
            select(SectionRow.subject_id).where(
                SectionRow.purpose == Purpose.PREFERENCES.value, told
            )
        )
    )


def _sections(identity: Session, purpose: Purpose) -> set[str]:
    return set(
        identity.scalars(select(SectionRow.subject_id).where(SectionRow.purpose == purpose.value))
    )


def _holding(identity: Session, *kinds: RecordKind) -> dict[RecordKind, set[str]]:
    """Return of whom records of each kind are kept, whatever the day.

    What an earlier consent allowed went with it, so whose it is says enough. Read from the index
    by customer and kind alone: asked for one kind, SQLite would fetch every record of it.
    """
    rows = identity.execute(select(RecordRow.subject_id, RecordRow.kind).distinct())
    found: dict[RecordKind, set[str]] = {kind: set() for kind in kinds}
    for subject_id, kind in rows:
        if kind in found:
            found[RecordKind(kind)].add(subject_id)
    return found


def _coming(identity: Session, day: str) -> set[str]:
    """Return who told what they come for on this day."""
    return set(
        identity.scalars(
            select(RecordRow.subject_id).where(
                RecordRow.kind == RecordKind.INTENT.value, RecordRow.day == day
            )
        )
    )


def _visits(identity: Session, today: date) -> set[str]:
    """Return of whom a visit before today is kept: the card says when that was."""
    return set(
        identity.scalars(
            select(VisitRow.subject_id).where(VisitRow.day < today.isoformat()).distinct()
        )
    )
