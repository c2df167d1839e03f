"""Four eyes (R44): thresholds, keys and exports need two persons, one of them the privacy officer.

Whoever acts calls `require` first. The first call proposes and refuses; once somebody else has
approved exactly that, the next call of the same person goes through. Every step is in the log.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from clienteling.access.models import ApprovalRow
from clienteling.access.register import find_person
from clienteling.access.users import RoleName
from clienteling.errors import RefusedError, UsageError
from consent.clock import stamp
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office
from consent.purposes import Purpose
from consent.storage import Databases

#: A proposal that nobody decided, or an approval that nobody used, is void after that.
VALID = timedelta(days=7)


class Matter(StrEnum):
    """What one person alone may not do."""

    THRESHOLD = "threshold"
    KEYS = "keys"
    EXPORT = "export"


class ApprovalNeededError(RefusedError):
    """A second person must approve first; the proposal waits for that."""

    def __init__(self, proposal_id: str) -> None:
        super().__init__(
            f"This needs a second person. It is proposed now (number {proposal_id[:8]}): ask "
            "somebody else to approve it at /approvals, then do it again. One of the two is the "
            "privacy officer."
        )
        self.proposal_id = proposal_id


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal and what became of it; times are UTC texts.

    Attributes:
        approved: None: nobody has decided.
        standing: It may still be decided, or used.
    """

    id: str
    matter: Matter
    what: str
    about: str | None
    proposed_by: str
    proposed_at: str
    expires_at: str
    decided_by: str | None
    decided_at: str | None
    approved: bool | None
    used_at: str | None
    standing: bool


def require(
    office: Office,
    matter: Matter,
    what: str,
    *,
    actor: str,
    about: str | None = None,
    once: bool = True,
) -> None:
    """Return if somebody else has approved exactly this for `actor`; otherwise propose and refuse.

    Args:
        office: The setting.
        matter: Which of the three.
        what: Exactly what will be done, at most 200 characters, the same text each time. It is
            shown to who decides; it names a customer by number only.
        actor: Who will do it.
        about: The customer concerned, if one is.
        once: The approval serves one time, within seven days of the proposal. Otherwise it stands:
            for what is checked at every start.

    Raises:
        ApprovalNeededError: nobody has approved it (yet).
    """
    with office.databases.identity.write() as identity:
        found = _approved(identity, office, matter, what, actor, once=once)
        if found is not None:
            if once:
                found.used_at = stamp(office.now())
                _log(identity, office, EventKind.APPROVAL_USED, found, actor)
            return
        proposal_id = _propose(identity, office, matter, what, actor, about)
    raise ApprovalNeededError(proposal_id)


def approved(identity: Session, matter: Matter) -> tuple[str, ...]:
    """Return what was approved of a matter, newest first, for what is checked at every start."""
    rows = identity.scalars(
        select(ApprovalRow)
        .where(ApprovalRow.matter == matter.value, ApprovalRow.approved.is_(True))
        .order_by(ApprovalRow.decided_at.desc())
    )
    return tuple(dict.fromkeys(row.what for row in rows))


def unapproved(identity: Session, matter: Matter) -> frozenset[str]:
    """Return what was proposed of a matter and never approved: it waits, is void or was refused."""
    rows = identity.scalars(select(ApprovalRow.what).where(ApprovalRow.matter == matter.value))
    return frozenset(rows) - frozenset(approved(identity, matter))


def decide(
    office: Office,
    proposal_id: str,
    *,
    approve: bool,
    actor: str,
    roles: Collection[RoleName],
) -> Proposal:
    """Approve or refuse what somebody else proposed.

    Raises:
        UsageError: there is no such proposal, or it was decided or is void.
        RefusedError: one's own proposal; or neither of the two is the privacy officer.
    """
    now = office.now()
    with office.databases.identity.write() as identity:
        row = identity.get(ApprovalRow, proposal_id)
        if row is None or row.approved is not None or row.expires_at <= stamp(now):
            raise UsageError("There is nothing to decide: it was decided already, or is void.")
        if row.proposed_by == actor:
            raise RefusedError("You proposed this yourself. It needs another person.")
        if RoleName.OFFICER not in roles and not _is_officer(identity, row.proposed_by):
            raise RefusedError("One of the two must be the privacy officer. Ask the officer.")
        row.decided_by, row.decided_at, row.approved = actor, stamp(now), approve
        kind = EventKind.APPROVAL_GIVEN if approve else EventKind.APPROVAL_REFUSED
        _log(identity, office, kind, row, actor)
        return _proposal(row, stamp(now))


def proposals(identity: Session, office: Office, limit: int = 100) -> tuple[Proposal, ...]:
    """Return the newest proposals, newest first."""
    rows = identity.scalars(
        select(ApprovalRow).order_by(ApprovalRow.proposed_at.desc()).limit(limit)
    )
    return tuple(_proposal(row, stamp(office.now())) for row in rows)


def erase_approvals(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: remove what was proposed about a customer, when everything of them goes."""
    if Purpose.ACCOUNT in purposes:
        with databases.identity.write() as identity:
            identity.execute(delete(ApprovalRow).where(ApprovalRow.about == subject_id))
    return ()


def _approved(
    identity: Session, office: Office, matter: Matter, what: str, actor: str, *, once: bool
) -> ApprovalRow | None:
    query = select(ApprovalRow).where(
        ApprovalRow.matter == matter.value,
        ApprovalRow.what == what,
        ApprovalRow.proposed_by == actor,
        ApprovalRow.approved.is_(True),
    )
    if once:
        query = query.where(
            ApprovalRow.used_at.is_(None), ApprovalRow.expires_at > stamp(office.now())
        )
    return identity.scalars(query.order_by(ApprovalRow.decided_at.desc()).limit(1)).first()


def _propose(
    identity: Session, office: Office, matter: Matter, what: str, actor: str, about: str | None
) -> str:
    """Return the id of the proposal that waits; made now, unless one does already."""
    now = office.now()
    waiting = identity.scalars(
        select(ApprovalRow).where(
            ApprovalRow.matter == matter.value,
            ApprovalRow.what == what,
            ApprovalRow.proposed_by == actor,
            ApprovalRow.approved.is_(None),
            ApprovalRow.expires_at > stamp(now),
        )
    ).first()
    if waiting is not None:
        return waiting.id
    row = ApprovalRow(
        id=str(uuid.uuid4()),
        matter=matter.value,
        what=what,
        about=about,
        proposed_by=actor,
        proposed_at=stamp(now),
        expires_at=stamp(now + VALID),
    )
    identity.add(row)
    identity.flush()
    _log(identity, office, EventKind.APPROVAL_ASKED, row, actor)
    return row.id


def _is_officer(identity: Session, actor: str) -> bool:
    person = find_person(identity, actor)
    return person is not None and RoleName.OFFICER in person.roles


def _log(identity: Session, office: Office, kind: EventKind, row: ApprovalRow, actor: str) -> None:
    ledger.append(
        identity,
        office.ring,
        kind,
        actor=actor,
        about=row.about,
        detail={"approval": row.id, "matter": row.matter, "what": row.what},
        now=office.now(),
    )


def _proposal(row: ApprovalRow, now: str) -> Proposal:
    return Proposal(
        id=row.id,
        matter=Matter(row.matter),
        what=row.what,
        about=row.about,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        expires_at=row.expires_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        approved=row.approved,
        used_at=row.used_at,
        standing=row.approved is not False and row.used_at is None and row.expires_at > now,
    )
