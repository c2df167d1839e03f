"""“Not this person” makes that customer's own templates stricter for a while.

Nothing is kept of the stranger, neither picture nor vector nor score: only, beside the customer's
template, by how many steps it is stricter and since when. What a step is, the calibration says
(`clienteling.recognition.decide`). The cameras get it with the next gallery.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.customers.models import AliasRow
from clienteling.customers.templates import template_rows
from clienteling.recognition.decide import STRICTEST
from consent.clock import stamp
from consent.log.ledger import EventKind, append
from consent.office import Office
from consent.purposes import Purpose

#: So long after the last dismissal, or the last step taken away, the next step is taken away.
STEP_LASTS: Final = timedelta(days=7)


def tighten(
    identity: Session,
    office: Office,
    subject_id: str,
    *,
    actor: str,
    purpose: Purpose = Purpose.RECOGNISE,
) -> None:
    """Make the customer's template a step stricter, in the caller's transaction; `actor` said so.

    That of the purpose that a camera was wrong for, and no other.

    At the most steps there are, the time begins anew. A customer without a template (consent was
    withdrawn meanwhile) is left alone.
    """
    rows = template_rows(identity, subject_id, {purpose})
    for row in rows:
        row.stricter = min(row.stricter + 1, STRICTEST)
        row.stricter_since = stamp(office.now())
    if rows:
        _log(identity, office, EventKind.TEMPLATE_TIGHTENED, rows[0], actor)


def relax(office: Office) -> int:
    """Take a step away wherever its time is over; returns at how many templates."""
    now = office.now()
    over = stamp(now - STEP_LASTS)
    with office.databases.identity.write() as identity:
        rows = identity.scalars(select(AliasRow).where(AliasRow.stricter_since <= over)).all()
        for row in rows:
            row.stricter -= 1
            row.stricter_since = stamp(now) if row.stricter else None
            _log(identity, office, EventKind.TEMPLATE_RELAXED, row, "clienteling")
    return len(rows)


def _log(identity: Session, office: Office, kind: EventKind, row: AliasRow, actor: str) -> None:
    append(
        identity,
        office.ring,
        kind,
        actor=actor,
        about=row.subject_id,
        detail={"steps": row.stricter},
        now=office.now(),
    )
