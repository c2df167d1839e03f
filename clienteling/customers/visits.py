"""Visits: kept only for customers who chose it (R36)."""

import uuid

import rfc8785
from sqlalchemy import delete

from clienteling.customers.models import VisitRow
from consent.clock import stamp
from consent.keys import seal_for
from consent.office import Office
from consent.purposes import Purpose
from consent.records import grant_for
from consent.storage import Databases


def note_visit(office: Office, subject_id: str, camera: str) -> bool:
    """Keep this visit if the customer wants visits kept; return whether it was kept."""
    now = office.now()
    with office.databases.identity.read() as identity:
        grant = grant_for(identity, subject_id, Purpose.VISITS, now)
    if grant is None:
        return False
    content = rfc8785.dumps({"at": stamp(now), "camera": camera})
    with office.databases.keys.write() as keys:
        sealed = seal_for(keys, office.ring, grant, content, office.binding(grant))
    with office.databases.identity.write() as identity:
        identity.add(
            VisitRow(
                id=str(uuid.uuid4()),
                subject_id=subject_id,
                consent_id=grant.consent_id,
                sealed=sealed,
            )
        )
    return True


def erase_visits(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: drop the visits when their purpose ends."""
    if Purpose.VISITS in purposes:
        with databases.identity.write() as identity:
            identity.execute(delete(VisitRow).where(VisitRow.subject_id == subject_id))
    return ()
