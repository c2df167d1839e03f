"""Who is affected when something is lost or misused, and can whoever has it read anything (R41).

From the log and the consent records: by number, as the officer's other pages. Names come out only
after a second person agreed (`breach_names`). GDPR 33: the authority within 72 hours after becoming
aware, unless a risk is unlikely; GDPR 34: the people themselves where the risk is high.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from clienteling.access.approvals import Matter, require
from clienteling.customers.profile import Account, read
from clienteling.errors import UsageError
from clienteling.oversight import traces
from clienteling.oversight.traces import DATABASES, Data, Exposure
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.models import SubjectRow
from consent.office import Office
from consent.purposes import Purpose
from consent.records import standing_for_the_customer

#: GDPR 33(1).
NOTIFY_WITHIN = timedelta(hours=72)
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

_LOOKED_UP = {"edge": traces.of_edge, "tablet": traces.of_tablet, "staff": traces.of_staff}
_LOST_WHOLE = ("database", "backup")


@dataclass(frozen=True, slots=True)
class Asset:
    """Something that was lost, copied or misused: `edge:door`, `database:keys`, `staff:anna`."""

    kind: str
    name: str

    def __str__(self) -> str:
        """Return it as it is typed."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Breach:
    """What is asked about. `since` None: from the beginning; `until` None: until now."""

    assets: tuple[Asset, ...]
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class BreachReport:
    """Who and what is affected.

    Attributes:
        subjects: Customers' numbers, sorted; those erased since are counted only.
        erased: How many of those affected were erased meanwhile.
        unlinked: Log entries in that time that can no longer be linked to anybody.
        notify_by: When the authority must have been told, counted from `aware_at`.
    """

    assets: tuple[str, ...]
    since: datetime | None
    until: datetime
    aware_at: datetime
    notify_by: datetime
    exposures: tuple[Exposure, ...]
    subjects: tuple[str, ...]
    erased: int
    unlinked: int

    @property
    def readable(self) -> bool:
        """Whether anything about a person can be read."""
        return any(e.readable and e.data is not Data.PROOF for e in self.exposures)


def parse_asset(text: str) -> Asset:
    """Read an asset as it is typed.

    Raises:
        UsageError: not one of the kinds, or no such database.
    """
    kind, _, name = text.strip().partition(":")
    if (
        kind not in {*_LOOKED_UP, *_LOST_WHOLE}
        or not name
        or (kind == "database" and name not in DATABASES)
    ):
        raise UsageError(
            f"{text!r} is no asset. Use edge:NAME, tablet:NAME, staff:USER, backup:PATH, or one of "
            f"{', '.join(f'database:{one}' for one in DATABASES)}."
        )
    return Asset(kind, name)


def query(
    office: Office, breach: Breach, *, actor: str, aware_at: datetime | None = None
) -> BreachReport:
    """Return who is affected; that it was asked is in the log.

    Raises:
        UsageError: an asset is not known here.
        LedgerError: it cannot be logged, so nothing is returned.
    """
    now = office.now()
    since = breach.since or _BEGINNING
    until = min(breach.until or now, now)
    affected: set[str] = set()
    exposures: set[Exposure] = set()
    lost: set[str] = set()
    unlinked = 0
    with office.databases.identity.read() as identity:
        for asset in breach.assets:
            if asset.kind in _LOST_WHOLE:
                names, at = traces.files_of(asset.kind, asset.name)
                lost |= names
                affected |= traces.customers(identity, at or since, at or until)
                continue
            found = _LOOKED_UP[asset.kind](identity, asset.name, since, until)
            affected |= found.subjects
            exposures |= found.exposures
            unlinked += found.unlinked
        here = set(identity.scalars(select(SubjectRow.id)))
    exposures |= traces.of_databases(lost)
    report = BreachReport(
        assets=tuple(str(asset) for asset in breach.assets),
        since=breach.since,
        until=until,
        aware_at=aware_at or now,
        notify_by=(aware_at or now) + NOTIFY_WITHIN,
        exposures=tuple(sorted(exposures, key=lambda e: (list(Data).index(e.data), e.why))),
        subjects=tuple(sorted(affected & here)),
        erased=len(affected - here),
        unlinked=unlinked,
    )
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            EventKind.BREACH_QUERIED,
            actor=actor,
            about=None,
            detail={
                "assets": sorted({asset.kind for asset in breach.assets}),
                "affected": len(affected),
            },
            now=now,
        )
    return report


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who must be told (GDPR 34)."""

    customer: str
    name: str
    email: str | None
    language: str


def names(office: Office, breach: Breach, *, actor: str) -> tuple[Contact, ...]:
    """Return how to reach those affected, once a second person agreed (R44); each read is logged.

    Raises:
        ApprovalNeededError: a second person has not approved it yet.
        UsageError: as `query`.
    """
    require(office, Matter.EXPORT, what_is_asked(breach), actor=actor)
    report = query(office, breach, actor=actor)
    found = []
    for subject_id in report.subjects:
        with office.databases.identity.write() as identity:
            grants = standing_for_the_customer(identity, subject_id, office.now())
            if Purpose.ACCOUNT not in grants:
                continue
            append(
                identity,
                office.ring,
                EventKind.PROFILE_READ,
                actor=actor,
                about=subject_id,
                detail={"what": "breach"},
                now=office.now(),
            )
        account = read(office, grants[Purpose.ACCOUNT], Account)
        if account is not None:
            found.append(Contact(subject_id, account.name, account.email, account.language))
    return tuple(found)


def what_is_asked(breach: Breach) -> str:
    """Return what a second person approves: the same text for the same question."""
    times = [moment.isoformat() if moment else "…" for moment in (breach.since, breach.until)]
    return f"breach {' '.join(str(asset) for asset in breach.assets)} {'–'.join(times)}"[:200]
