"""What the log says about one asset in one span of time: whose data it held or showed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clienteling.access.devices import EDGES, DeviceKind, paired
from clienteling.access.models import DeviceRow, User
from clienteling.errors import UsageError
from consent.clock import stamp
from consent.log.events import EventKind
from consent.models import ConsentRow, LogDetailRow, LogEntryRow
from consent.purposes import Purpose

DATABASES = ("identity", "templates", "keys")
_SHOWN = (
    EventKind.CARD_READ,
    EventKind.ALLERGIES_READ,
    EventKind.SUGGESTIONS_READ,
    EventKind.ARRIVAL_ANNOUNCED,
)
_READ = (
    EventKind.PROFILE_READ,
    EventKind.ALLERGIES_READ,
    EventKind.CARD_READ,
    EventKind.SUGGESTIONS_READ,
    EventKind.CUSTOMER_SEARCHED,
    EventKind.REPLAY_READ,
    EventKind.REQUEST_READ,
    EventKind.HELP_READ,
    EventKind.EXPORT_MADE,
)


class Data(StrEnum):
    """Kinds of data that can be exposed."""

    PROFILE = "profile"  # name, contact, tastes, allergies, visits, words of requests
    TEMPLATE = "template"  # numbers of a face: as good as a photograph (R22)
    PROOF = "proof"  # consents, receipts, the log: under a number
    KEYS = "keys"
    CARD = "card"  # what cards and files showed


class Why(StrEnum):
    """Why it can be read, or not."""

    NO_KEYS = "no_keys"  # sealed, and the keys are not among what was lost
    WITH_KEYS = "with_keys"  # the keys are: only the root key stands between
    ROOT_KEY = "root_key"  # wrapped under the root key, which is kept apart
    MEMORY = "memory"  # sealed on its disk; open in the memory of a running box
    OPEN = "open"  # not sealed: numbers, dates, purposes
    SHOWN = "shown"  # a person saw it


@dataclass(frozen=True, slots=True)
class Exposure:
    """One kind of data, and whether whoever has the assets can read it."""

    data: Data
    readable: bool
    why: Why


@dataclass(frozen=True, slots=True)
class Found:
    subjects: set[str]
    exposures: set[Exposure]
    unlinked: int = 0


def of_edge(identity: Session, name: str, since: datetime, until: datetime) -> Found:
    """Whose template was in a gallery that this box had in that time, its lease counted."""
    device = identity.scalar(
        select(DeviceRow).where(
            DeviceRow.kind.in_([kind.value for kind in EDGES]),
            (DeviceRow.name == name) | (DeviceRow.id == name),
        )
    )
    if device is None:
        raise UsageError(f"There is no camera box {name!r} here, nor was there one.")
    sent = identity.scalars(
        select(LogEntryRow.at)
        .join(LogDetailRow, LogDetailRow.leaf_index == LogEntryRow.leaf_index)
        .where(
            LogEntryRow.kind == EventKind.GALLERY_SENT.value,
            LogDetailRow.actor == f"device:{device.id}",
            LogEntryRow.at <= stamp(until),
        )
        .order_by(LogEntryRow.leaf_index)
    ).all()
    # The gallery that it had when the time began counts too: leases are renewed without a new one.
    earlier = [at for at in sent if at <= stamp(since)]
    begin = earlier[-1] if earlier else (sent[0] if sent else None)
    purpose = paired(device).purpose
    held = set() if begin is None else _with_template(identity, purpose, begin, stamp(until))
    exposed = {Exposure(Data.TEMPLATE, readable=True, why=Why.MEMORY)} if held else set()
    return Found(held, exposed)


def of_tablet(identity: Session, name: str, since: datetime, until: datetime) -> Found:
    """Whoever arrived or whose card was read: every tablet shows the same arrivals."""
    known = identity.scalar(
        select(DeviceRow.id).where(
            DeviceRow.kind == DeviceKind.TABLET.value,
            (DeviceRow.name == name) | (DeviceRow.id == name),
        )
    )
    if known is None:
        raise UsageError(f"There is no tablet {name!r} here, nor was there one.")
    return _seen(identity, _SHOWN, None, since, until)


def of_staff(identity: Session, name: str, since: datetime, until: datetime) -> Found:
    """Whomever this member of staff looked at."""
    user = identity.scalar(select(User.id).where(User.username == name))
    if user is None:
        raise UsageError(f"Nobody signs in here as {name!r}.")
    return _seen(identity, _READ, f"user:{user}", since, until)


def of_databases(lost: Collection[str]) -> set[Exposure]:
    """Return what can be read in copies of these databases. Keys lie in the key database only."""
    keyed = "keys" in lost
    why = Why.WITH_KEYS if keyed else Why.NO_KEYS
    found = set()
    if "identity" in lost:
        found |= {
            Exposure(Data.PROFILE, readable=keyed, why=why),
            Exposure(Data.PROOF, readable=True, why=Why.OPEN),
        }
    if "templates" in lost:
        found.add(Exposure(Data.TEMPLATE, readable=keyed, why=why))
    if keyed:
        found.add(Exposure(Data.KEYS, readable=False, why=Why.ROOT_KEY))
    return found


def files_of(kind: str, name: str) -> tuple[set[str], datetime | None]:
    """Return which databases an asset holds, and of when: None for a live one.

    Raises:
        UsageError: a backup in which there is none.
    """
    if kind == "database":
        return {name}, None
    path = Path(name)
    files = [*path.rglob("*")] if path.is_dir() else [path]
    copies = {file: one for file in files for one in DATABASES if file.name.startswith(f"{one}.")}
    copies = {file: one for file, one in copies.items() if file.is_file()}
    if not copies:
        wanted = ", ".join(f"{one}.*" for one in DATABASES)
        raise UsageError(f"{name} holds no copy of a database ({wanted}).")
    newest = max(file.stat().st_mtime for file in copies)
    return set(copies.values()), datetime.fromtimestamp(newest, UTC)


def customers(identity: Session, since: datetime, until: datetime) -> set[str]:
    """Return who was a customer at any moment of that time."""
    joined = identity.scalars(
        select(ConsentRow.subject_id)
        .group_by(ConsentRow.subject_id)
        .having(func.min(ConsentRow.event_time) <= stamp(until))
    )
    erased = identity.scalars(
        select(LogDetailRow.about)
        .join(LogEntryRow, LogEntryRow.leaf_index == LogDetailRow.leaf_index)
        .where(LogEntryRow.kind == EventKind.ERASURE_COMPLETED.value, LogEntryRow.at < stamp(since))
    )
    return set(joined) - set(erased)


def _with_template(identity: Session, purpose: Purpose, since: str, until: str) -> set[str]:
    """Return who had a template for this purpose at any moment of that time.

    A removal is of the aliases that it names: that of the other purpose may go on.
    """
    rows = identity.execute(
        select(LogEntryRow.kind, LogEntryRow.at, LogDetailRow.about, LogDetailRow.detail)
        .join(LogDetailRow, LogDetailRow.leaf_index == LogEntryRow.leaf_index)
        .where(
            LogEntryRow.kind.in_([EventKind.TEMPLATE_MADE, EventKind.TEMPLATE_REMOVED]),
            LogEntryRow.at <= until,
        )
        .order_by(LogEntryRow.leaf_index)
    )
    held: dict[str, object] = {}
    for kind, at, about, detail in rows:
        if about is None:
            continue
        if kind == EventKind.TEMPLATE_MADE:
            if detail.get("purpose", Purpose.RECOGNISE) == purpose:
                held[about] = detail.get("alias")
        elif at < since and held.get(about) in detail.get("aliases", ()):
            del held[about]
    return set(held)


def _seen(
    identity: Session,
    kinds: Collection[EventKind],
    actor: str | None,
    since: datetime,
    until: datetime,
) -> Found:
    within = (
        LogEntryRow.kind.in_([kind.value for kind in kinds]),
        LogEntryRow.at >= stamp(since),
        LogEntryRow.at <= stamp(until),
    )
    read = (
        select(LogDetailRow.about)
        .join(LogEntryRow, LogEntryRow.leaf_index == LogDetailRow.leaf_index)
        .where(*within, LogDetailRow.about.is_not(None))
    )
    if actor is not None:
        read = read.where(LogDetailRow.actor == actor)
    subjects = {about for about in identity.scalars(read) if about is not None}
    unlinked = identity.scalar(
        select(func.count())
        .select_from(LogEntryRow)
        .outerjoin(LogDetailRow, LogDetailRow.leaf_index == LogEntryRow.leaf_index)
        .where(*within, LogDetailRow.leaf_index.is_(None))
    )
    shown = {Exposure(Data.CARD, readable=True, why=Why.SHOWN)} if subjects else set()
    return Found(subjects, shown, unlinked or 0)
