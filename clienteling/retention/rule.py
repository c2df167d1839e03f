"""What a retention rule is, and how it says what it did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from consent.canonical import JSON
from consent.clock import parse, stamp
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office
from consent.region.policy import RegionProfile


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a rule would do: how many cases now, and on which day the next one, if one is known."""

    due: int
    next_on: date | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of data whose time can be over.

    Attributes:
        name: Stable: it stands in the log and in the table of runs.
        days: How long, from the profile or, where `source` is None, a design default.
        source: The profile's rule that says so, and where it comes from.
        ahead: Looks, and changes nothing.
        sweep: Removes at most so many cases, in transactions of its own, and returns how many.
            Idempotent: killed anywhere, the next run goes on.
        batch: How many at once, so that whoever waits for a database does not wait long.
        staff: It is about those who work here; the policy for customers does not speak of it.
    """

    name: str
    days: Callable[[RegionProfile], int]
    source: str | None
    ahead: Callable[[Office], Ahead]
    sweep: Callable[[Office, int], int]
    batch: int = 200
    staff: bool = False


def note_swept(office: Office, rule: str, removed: int) -> None:
    """Log how many cases a rule removed, if it removed any."""
    if removed:
        with office.databases.identity.write() as identity:
            log_swept(identity, office, rule, removed)


def log_swept(
    identity: Session, office: Office, rule: str, removed: int, leaves: Sequence[int] = ()
) -> None:
    """As `note_swept`, in the caller's transaction.

    `leaves`: the consent records that went, by log entry; verifying the log asks for them.
    """
    detail: dict[str, JSON] = {"rule": rule, "removed": removed}
    if leaves:
        detail["leaves"] = list(leaves)
    ledger.append(
        identity,
        office.ring,
        EventKind.RETENTION_SWEPT,
        actor="clienteling",
        about=None,
        detail=detail,
        now=office.now(),
    )


def before(office: Office, days: int) -> str:
    """Return the moment so many days ago, as rows hold it."""
    return stamp(office.now() - timedelta(days=days))


def after(at: str | None, days: int) -> date | None:
    """Return the day on which something of that moment is over."""
    return None if at is None else (parse(at) + timedelta(days=days)).date()
