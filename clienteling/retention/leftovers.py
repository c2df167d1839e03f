"""Leftovers: what no open flow and no given consent accounts for.

Flows forget in order and are resumed, so there is nothing to sweep unless a process died in the one
moment in which a template was stored while its consent was being withdrawn. What it finds is
unreadable already (the key went first); this removes the rows too.
"""

from collections import defaultdict

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from clienteling.customers.models import (
    AliasRow,
    LookupRow,
    RecordRow,
    SectionRow,
    TemplateRow,
    VisitRow,
)
from clienteling.retention.rule import Ahead, note_swept
from clienteling.service.models import HelpRequestRow
from consent.models import FlowRow
from consent.office import Office
from consent.purposes import Purpose
from consent.records import given


def forget_leftovers(office: Office, limit: int) -> int:
    """Erase what no consent accounts for; return how many cases there were."""
    with office.databases.identity.read() as identity:
        orphans = dict(list(_orphans(identity).items())[:limit])
    for subject_id, purposes in orphans.items():
        for eraser in office.erasers:
            eraser.erase(office.databases, subject_id, frozenset(purposes))
    lost = _lost_templates(office)
    if lost:
        with office.databases.templates.write() as templates:
            templates.execute(delete(TemplateRow).where(TemplateRow.alias.in_(lost)))
    removed = len(orphans) + len(lost)
    note_swept(office, "leftovers", removed)
    return removed


def leftovers_ahead(office: Office) -> Ahead:
    """Count the cases; there should be none."""
    with office.databases.identity.read() as identity:
        return Ahead(len(_orphans(identity)) + len(_lost_templates(office)), None)


def _orphans(identity: Session) -> dict[str, set[Purpose]]:
    busy = set(identity.scalars(select(FlowRow.subject_id).where(FlowRow.closed_at.is_(None))))
    orphans: dict[str, set[Purpose]] = defaultdict(set)
    for subject_id, purpose in _held(identity) - given(identity):
        if subject_id not in busy:
            orphans[subject_id].add(purpose)
    return orphans


def _held(identity: Session) -> set[tuple[str, Purpose]]:
    """Return for whom, and for which purpose, something is kept."""
    held = {
        (row.subject_id, Purpose(row.purpose))
        for table in (SectionRow, RecordRow, AliasRow)
        for row in identity.execute(select(table.subject_id, table.purpose).distinct())
    }
    for column, purpose in (
        (LookupRow.subject_id, Purpose.ACCOUNT),
        (VisitRow.subject_id, Purpose.VISITS),
        (HelpRequestRow.subject_id, Purpose.ACCOUNT),
    ):
        held |= {
            (subject_id, purpose)
            for subject_id in identity.scalars(select(column).where(column.is_not(None)))
        }
    return held


def _lost_templates(office: Office) -> set[str]:
    """Return the templates without an alias; the alias is always written first."""
    with office.databases.templates.read() as templates:
        stored = set(templates.scalars(select(TemplateRow.alias)))
    with office.databases.identity.read() as identity:
        return stored - set(identity.scalars(select(AliasRow.alias)))
