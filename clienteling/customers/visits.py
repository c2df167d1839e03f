"""Visits: kept only for customers who chose it (R36)."""

import json
from dataclasses import dataclass
from datetime import datetime

import rfc8785
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from clienteling.customers.models import VisitRow
from consent.clock import parse, stamp
from consent.errors import ConsentMissingError, KeyUnavailableError
from consent.keystore.seals import seal_all_for, seal_for, unseal_all_for
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, grant_for
from consent.storage import Databases


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that was kept. `camera` None: the customer told staff their name."""

    at: datetime
    camera: str | None


def last_visits(office: Office, grant: Grant, limit: int = 5) -> tuple[Visit, ...]:
    """Return the last visits of who wants them kept, the newest first; the caller logs the read.

    Raises:
        KeyUnavailableError: the key was destroyed since the grant was read.
        SealError: stored bytes were altered or moved.
    """
    with office.databases.identity.read() as identity:
        rows = identity.scalars(
            select(VisitRow)
            .where(VisitRow.subject_id == grant.subject_id, VisitRow.consent_id == grant.consent_id)
            .order_by(VisitRow.day.desc(), VisitRow.id)
        ).all()
    with office.databases.keys.read() as keys:
        sealed = [(row.sealed, office.binding(grant)) for row in rows]
        plain = [json.loads(each) for each in unseal_all_for(keys, office.ring, grant, sealed)]
    visits = (Visit(parse(each["at"]), each["camera"]) for each in plain)
    return tuple(sorted(visits, key=lambda visit: visit.at, reverse=True)[:limit])


def note_visit(office: Office, subject_id: str, camera: str | None, *, arrival_id: str) -> bool:
    """Keep this visit if the customer wants visits kept; return whether it was kept.

    `camera` is None for a customer who told staff their name.

    An arrival is at most one visit, however often staff confirm it.
    """
    now = office.now()
    with office.databases.identity.read() as identity:
        grant = grant_for(identity, subject_id, Purpose.VISITS, now)
        kept = identity.get(VisitRow, arrival_id) is not None
    if grant is None or kept:
        return kept
    content = rfc8785.dumps({"at": stamp(now), "camera": camera})
    try:
        with office.databases.keys.write() as keys:
            sealed = seal_for(keys, office.ring, grant, content, office.binding(grant))
    except KeyUnavailableError:
        return False  # withdrawn this very moment
    row = VisitRow(
        id=arrival_id,
        subject_id=subject_id,
        consent_id=grant.consent_id,
        day=stamp(now)[:10],
        sealed=sealed,
    )
    with office.databases.identity.write() as identity:
        # Asked again where it is written: a withdrawal in between must not leave a row behind.
        if grant_for(identity, subject_id, Purpose.VISITS, now) is None:
            return False
        identity.merge(row)
    return True


def days_of_visits(identity: Session, subject_id: str) -> tuple[str, ...]:
    """Return the day (UTC, YYYY-MM-DD) of each visit that is kept, content unread."""
    return tuple(identity.scalars(select(VisitRow.day).where(VisitRow.subject_id == subject_id)))


def move_visits(office: Office, source: Grant, target: Grant) -> int:
    """Move one customer's visits to another account of the same person; returns how many.

    Raises:
        ConsentMissingError: one of the consents ended meanwhile; nothing was moved.
        KeyUnavailableError: its key did.
    """
    with office.databases.identity.read() as identity:
        rows = identity.scalars(
            select(VisitRow).where(
                VisitRow.subject_id == source.subject_id, VisitRow.consent_id == source.consent_id
            )
        ).all()
    if not rows:
        return 0
    sealed = [(row.sealed, office.binding(source)) for row in rows]
    with office.databases.keys.read() as keys:
        plain = unseal_all_for(keys, office.ring, source, sealed)
    with office.databases.keys.write() as keys:
        binding = office.binding(target)
        anew = seal_all_for(keys, office.ring, target, [(each, binding) for each in plain])
    with office.databases.identity.write() as identity:
        for grant in (source, target):
            if grant_for(identity, grant.subject_id, grant.purpose, office.now()) is None:
                raise ConsentMissingError("A consent has just ended. Nothing was moved.")
        for row, bytes_ in zip(rows, anew, strict=True):
            identity.execute(
                update(VisitRow)
                .where(VisitRow.id == row.id, VisitRow.subject_id == source.subject_id)
                .values(subject_id=target.subject_id, consent_id=target.consent_id, sealed=bytes_)
            )
    return len(rows)


def erase_visits(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: drop the visits when their purpose ends."""
    if Purpose.VISITS in purposes:
        with databases.identity.write() as identity:
            identity.execute(delete(VisitRow).where(VisitRow.subject_id == subject_id))
    return ()
