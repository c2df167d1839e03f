"""Searching the log. Every search is itself an entry, written before anything is shown (R45)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from clienteling.oversight.actors import names
from consent.canonical import JSON
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.ledger import EntryView
from consent.models import SubjectRow
from consent.office import Office

PAGE = 100


@dataclass(frozen=True, slots=True)
class LogQuery:
    """What to look for; every condition that is given must hold. `until` itself is not included."""

    kinds: tuple[EventKind, ...] = ()
    about: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    index: int | None = None
    unlinked: bool = False


@dataclass(frozen=True, slots=True)
class LogPage:
    """At most a hundred entries, newest first, with the names of who acted.

    Attributes:
        size: Entries in the whole log when this was read.
        older: Pass it as `before` for the next page; None: this was the last one.
    """

    entries: tuple[EntryView, ...]
    names: Mapping[str, str]
    size: int
    older: int | None


def search_log(
    office: Office, query: LogQuery, *, actor: str, taken_as: str | None = None
) -> LogPage:
    """Return the newest entries that fit, and log that `actor` searched.

    `taken_as`: the form in which the page is taken away ("csv", "json"); the entry says so.

    Raises:
        LedgerError: the search cannot be logged, so nothing is returned.
    """
    with office.databases.identity.read() as identity:
        found = ledger.search(
            identity,
            kinds=query.kinds or None,
            about=query.about,
            actor=query.actor,
            since=query.since,
            until=query.until,
            limit=PAGE + 1,
            before=query.before,
            index=query.index,
            unlinked=query.unlinked,
        )
        size = ledger.size(identity)
        shown = found[:PAGE]
        who = names(identity, [entry.actor for entry in shown])
    note(
        office,
        EventKind.LOG_SEARCHED,
        actor=actor,
        about=query.about,
        detail=_asked(query, taken_as),
    )
    older = shown[-1].leaf_index if len(found) > PAGE else None
    return LogPage(shown, who, size, older)


def _asked(query: LogQuery, taken_as: str | None) -> dict[str, JSON]:
    """Return which conditions were set, for the log; whom it was about stands in `about`."""
    given = {
        "actor": query.actor,
        "since": query.since,
        "until": query.until,
        "about": query.about,
        "before": query.before,
        "index": query.index,
        "unlinked": query.unlinked or None,
    }
    by: list[JSON] = [name for name, value in sorted(given.items()) if value is not None]
    asked: dict[str, JSON] = {"kinds": [kind.value for kind in query.kinds], "by": by}
    return asked if taken_as is None else {**asked, "taken": taken_as}


def note(
    office: Office,
    kind: EventKind,
    *,
    actor: str,
    about: str | None,
    detail: Mapping[str, JSON],
) -> None:
    """Log that an officer looked. An erased customer's number is not linked anew."""
    with office.databases.identity.write() as identity:
        ledger.append(
            identity,
            office.ring,
            kind,
            actor=actor,
            about=about if about is not None and exists(identity, about) else None,
            detail=detail,
            now=office.now(),
        )


def exists(identity: Session, subject_id: str) -> bool:
    """Whether this is a customer now; False once erased."""
    return identity.get(SubjectRow, subject_id) is not None
