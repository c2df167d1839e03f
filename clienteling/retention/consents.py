"""Consents that are over without anybody's word: lapsed, or not used for too long.

Both end as a withdrawal does: recorded, with a receipt; keys destroyed, data erased, cameras told
(`consent.leaving.lapse`). A restricted customer's data stays as it is (GDPR 18).
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.customers.models import AliasRow
from clienteling.retention.rule import Ahead, note_swept
from consent import renewing
from consent.clock import stamp
from consent.leaving import lapse
from consent.models import RestrictionRow
from consent.office import Office
from consent.purposes import Purpose
from consent.records import State, newest
from consent.rights.deadlines import add_months


def end_lapsed(office: Office, limit: int) -> int:
    """End consents whose term and grace are over; returns of how many customers."""
    now = office.now()
    with office.databases.identity.read() as identity:
        due = list(renewing.over(identity, office, now, limit=limit))[:limit]
    return _end(
        office,
        "lapsed",
        due,
        lambda identity, subject: renewing.over_of(identity, office, subject, now),
    )


def lapsed_ahead(office: Office) -> Ahead:
    """Count the customers of whom a consent is over."""
    with office.databases.identity.read() as identity:
        return Ahead(
            len(renewing.over(identity, office, office.now())),
            renewing.next_over(identity, office.profile),
        )


def end_unused(office: Office, limit: int) -> int:
    """End recognition that was of no use for too long; returns of how many customers."""
    with office.databases.identity.read() as identity:
        due = _unused(identity, office)[:limit]

    def over(identity: Session, subject_id: str) -> frozenset[Purpose]:
        used_since = subject_id not in _unused(identity, office, subject_id)
        return frozenset() if used_since else frozenset({Purpose.RECOGNISE})

    return _end(office, "unused", due, over)


def unused_ahead(office: Office) -> Ahead:
    """Count the customers whose template nobody used for too long."""
    with office.databases.identity.read() as identity:
        following = min((_over_on(office, row.used_in) for row in _aliases(identity)), default=None)
        return Ahead(len(_unused(identity, office)), following)


def _unused(identity: Session, office: Office, subject_id: str | None = None) -> list[str]:
    """Return who neither was recognised nor renewed for too long."""
    now, days = office.now(), office.profile.retention.recognise_unused
    old = [
        row.subject_id
        for row in _aliases(identity, subject_id)
        if _over_on(office, row.used_in) <= now.date()
    ]
    renewed_since = stamp(now - timedelta(days=days))
    return [one for one in dict.fromkeys(old) if _given_before(identity, one, renewed_since)]


def _over_on(office: Office, used_in: str) -> date:
    """Return when what was last used in that month is over.

    Only the month is known, so the days count from its end; a legal cap counts from its beginning.
    """
    kept = office.profile.retention
    first = date.fromisoformat(f"{used_in}-01")
    over = add_months(first, 1) + timedelta(days=kept.recognise_unused)
    if kept.last_interaction is None:
        return over
    return min(over, first + timedelta(days=kept.last_interaction))


def _aliases(identity: Session, subject_id: str | None = None) -> list[AliasRow]:
    query = select(AliasRow).where(
        AliasRow.purpose == Purpose.RECOGNISE.value,
        AliasRow.subject_id.not_in(select(RestrictionRow.subject_id)),
    )
    if subject_id is not None:
        query = query.where(AliasRow.subject_id == subject_id)
    return list(identity.scalars(query.order_by(AliasRow.used_in)))


def _given_before(identity: Session, subject_id: str, moment: str) -> bool:
    row = newest(identity, subject_id, [Purpose.RECOGNISE]).get(Purpose.RECOGNISE)
    return row is not None and row.state == State.GIVEN and row.event_time <= moment


def _end(
    office: Office,
    rule: str,
    subjects: list[str],
    due: Callable[[Session, str], frozenset[Purpose]],
) -> int:
    ended: dict[str, int] = defaultdict(int)
    for subject_id in subjects:
        lapsed = lapse(office, subject_id, lambda s, who=subject_id: due(s, who), method=rule)  # type: ignore[misc]
        ended[rule] += bool(lapsed.purposes)
    note_swept(office, rule, ended[rule])
    return ended[rule]
