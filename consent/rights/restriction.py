"""Restriction (GDPR 18): the customer's data stays, and is used for nothing.

While it stands no grant does, so every reader fails closed: no match, no card, no gallery. Cameras
are told to drop the template as with a withdrawal. It is lifted only after the customer was told
(GDPR 18(3)).
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consent.canonical import JSON
from consent.clock import parse, stamp
from consent.errors import PolicyRefusedError, SubjectUnknownError
from consent.leaving import require_subject
from consent.log import ledger
from consent.log.events import EventKind
from consent.models import RestrictionRow, SubjectRow
from consent.purposes import FACES, Purpose
from consent.rights.requests import Channel
from consent.setting import Ended, Office
from consent.storage import Databases

#: How it is kept outside the databases (`consent.endings`).
RESTRICT, LIFT = "restrict", "lift"


class Ground(StrEnum):
    """Why: the four cases of GDPR 18(1), and the customer's wish without one of them."""

    ACCURACY = "accuracy"
    UNLAWFUL = "unlawful"
    CLAIMS = "claims"
    OBJECTION = "objection"
    WISH = "wish"


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction that stands. `leaf_index`: cameras that know of it hold no template."""

    since: datetime
    ground: Ground
    leaf_index: int
    told_by: Channel | None
    told_at: datetime | None


def restriction_of(identity: Session, subject_id: str) -> Restriction | None:
    """Return the restriction that stands, or None."""
    row = identity.get(RestrictionRow, subject_id)
    if row is None:
        return None
    return Restriction(
        since=parse(row.since),
        ground=Ground(row.ground),
        leaf_index=row.leaf_index,
        told_by=Channel(row.told_by) if row.told_by else None,
        told_at=parse(row.told_at) if row.told_at else None,
    )


def restrict(office: Office, subject_id: str, ground: Ground, *, actor: str) -> None:
    """Use this customer's data for nothing from now on. Restricting twice does nothing.

    Raises:
        SubjectUnknownError: never joined, or erased.
    """
    with office.databases.identity.read() as identity:
        require_subject(identity, subject_id)
        if identity.get(RestrictionRow, subject_id) is not None:
            return
    # Noted first: whatever happens between, an older copy that is put back stays restricted.
    _remember(office, RESTRICT, subject_id, ground)
    with office.databases.identity.write() as identity:
        require_subject(identity, subject_id)
        if identity.get(RestrictionRow, subject_id) is not None:
            return
        aliases = sorted(
            alias
            for eraser in office.erasers
            for alias in eraser.aliases(identity, subject_id, frozenset(FACES))
        )
        detail: dict[str, JSON] = {"ground": ground.value, "aliases": list(aliases)}
        entry = _log(identity, office, EventKind.RESTRICTION_SET, subject_id, actor, detail)
        identity.add(
            RestrictionRow(
                subject_id=subject_id,
                since=stamp(office.now()),
                ground=ground.value,
                leaf_index=entry.leaf_index,
            )
        )


def note_told(office: Office, subject_id: str, channel: Channel, *, actor: str) -> None:
    """Note that the customer was told that the restriction will be lifted.

    Raises:
        SubjectUnknownError: nothing is restricted here.
    """
    with office.databases.identity.write() as identity:
        row = _require(identity, subject_id)
        row.told_by, row.told_at = channel.value, stamp(office.now())
        detail: dict[str, JSON] = {"channel": channel.value}
        _log(identity, office, EventKind.RESTRICTION_TOLD, subject_id, actor, detail)


def lift(office: Office, subject_id: str, *, actor: str) -> None:
    """End the restriction; everything that stood before stands again.

    Raises:
        SubjectUnknownError: nothing is restricted here.
        PolicyRefusedError: the customer was not told yet (GDPR 18(3)).
    """
    with office.databases.identity.write() as identity:
        row = _require(identity, subject_id)
        if row.told_at is None:
            raise PolicyRefusedError("Tell the customer first, and note it; then it can be lifted.")
        ground = Ground(row.ground)
        identity.delete(row)
        _log(identity, office, EventKind.RESTRICTION_LIFTED, subject_id, actor, {})
    _remember(office, LIFT, subject_id, ground)


def erase_restrictions(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: with the account ends what was restricted."""
    if Purpose.ACCOUNT in purposes:
        with databases.identity.write() as identity:
            identity.execute(delete(RestrictionRow).where(RestrictionRow.subject_id == subject_id))
    return ()


def owed_restrictions(identity: Session, endings: Iterable[Ended]) -> dict[str, Ground]:
    """Return who was restricted after these databases were copied and still is, and why.

    What was lifted since stays as the copy has it: if that is restricted, the officer lifts again.
    """
    newest = {one.subject_id: one for one in endings if one.kind in {RESTRICT, LIFT}}
    return {
        subject_id: Ground(one.purposes[0])
        for subject_id, one in newest.items()
        if one.kind == RESTRICT
        and identity.get(SubjectRow, subject_id) is not None
        and identity.get(RestrictionRow, subject_id) is None
    }


def _remember(office: Office, kind: str, subject_id: str, ground: Ground) -> None:
    at = stamp(office.now())
    office.note_ending(Ended(str(uuid.uuid4()), kind, subject_id, (ground.value,), at))


def _require(identity: Session, subject_id: str) -> RestrictionRow:
    row = identity.get(RestrictionRow, subject_id)
    if row is None:
        raise SubjectUnknownError("Nothing is restricted for this customer.")
    return row


def _log(
    identity: Session,
    office: Office,
    kind: EventKind,
    subject_id: str,
    actor: str,
    detail: Mapping[str, JSON],
) -> ledger.Entry:
    return ledger.append(
        identity,
        office.ring,
        kind,
        actor=actor,
        about=subject_id,
        detail=detail,
        now=office.now(),
    )
