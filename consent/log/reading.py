"""Reading the log: what happened, newest first, and the feed of what is new."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from consent.clock import stamp
from consent.log.events import EventKind
from consent.models import LogDetailRow, LogEntryRow


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as the officer and the hub read it; the last three are None once unlinked."""

    leaf_index: int
    kind: EventKind
    at: str
    about: str | None
    actor: str | None
    detail: Mapping[str, Any] | None


def entries_after(
    identity: Session, index: int, kinds: Collection[EventKind] | None, limit: int
) -> tuple[EntryView, ...]:
    """Return entries with an index above `index` (-1 for all), oldest first: the event feed."""
    conditions = [LogEntryRow.leaf_index > index]
    if kinds is not None:
        conditions.append(LogEntryRow.kind.in_([kind.value for kind in kinds]))
    return _views(identity, conditions, newest_first=False, limit=limit)


def search(
    identity: Session,
    *,
    kinds: Collection[EventKind] | None = None,
    about: str | None = None,
    actor: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
    before: int | None = None,
    index: int | None = None,
    unlinked: bool = False,
) -> tuple[EntryView, ...]:
    """Return entries that meet every condition given, newest first; `before` an index pages on.

    `unlinked`: only those whose detail was deleted.
    """
    conditions: list[ColumnElement[bool]] = []
    if kinds is not None:
        conditions.append(LogEntryRow.kind.in_([kind.value for kind in kinds]))
    if about is not None:
        conditions.append(LogDetailRow.about == about)
    if actor is not None:
        conditions.append(LogDetailRow.actor == actor)
    if since is not None:
        conditions.append(LogEntryRow.at >= stamp(since))
    if until is not None:
        conditions.append(LogEntryRow.at < stamp(until))
    if before is not None:
        conditions.append(LogEntryRow.leaf_index < before)
    if index is not None:
        conditions.append(LogEntryRow.leaf_index == index)
    if unlinked:
        conditions.append(LogDetailRow.leaf_index.is_(None))
    return _views(identity, conditions, newest_first=True, limit=limit)


def _views(
    identity: Session, conditions: list[ColumnElement[bool]], *, newest_first: bool, limit: int
) -> tuple[EntryView, ...]:
    order = LogEntryRow.leaf_index.desc() if newest_first else LogEntryRow.leaf_index
    rows = identity.execute(
        select(LogEntryRow, LogDetailRow)
        .outerjoin(LogDetailRow, LogDetailRow.leaf_index == LogEntryRow.leaf_index)
        .where(*conditions)
        .order_by(order)
        .limit(limit)
    )
    return tuple(
        EntryView(
            leaf_index=entry.leaf_index,
            kind=EventKind(entry.kind),
            at=entry.at,
            about=detail.about if detail is not None else None,
            actor=detail.actor if detail is not None else None,
            detail=detail.detail if detail is not None else None,
        )
        for entry, detail in cast("Iterable[tuple[LogEntryRow, LogDetailRow | None]]", rows)
    )
