"""Reading consent records: who granted what, and the `Grant` that everything personal asks for."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import InitVar, dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from consent.clock import parse
from consent.errors import ConsentMissingError
from consent.models import ConsentRow, RestrictionRow
from consent.notices import Notices
from consent.purposes import Purpose

_PROOF = object()
#: Built once: it is asked for every record that is made.
_OF_PURPOSES = (
    select(ConsentRow)
    .where(
        ConsentRow.subject_id == bindparam("subject_id"),
        ConsentRow.purpose.in_(bindparam("purposes", expanding=True)),
    )
    .order_by(ConsentRow.sequence)
)


class State(StrEnum):
    """Where a purpose stands. The newest record decides."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Grant:
    """Proof that a consent stands: a parameter of everything that reads or makes personal data.

    Only this module makes one, from the newest record of the purpose, if it says `given`.

    Attributes:
        subject_id: Whose consent.
        purpose: For what.
        consent_id: What data is bound to: the record that began it. Renewing prolongs that same
            consent, so that nothing is sealed anew (docs/decisions/0168).
        record_id: The newest record, which says until when.
        expires_at: When it lapses; None: with the account.
        leaf_index: Of the newest record.
        proof: Only this module has it.
    """

    subject_id: str
    purpose: Purpose
    consent_id: str
    record_id: str
    expires_at: datetime | None
    leaf_index: int
    proof: InitVar[object]

    def __post_init__(self, proof: object) -> None:
        """Refuse to be made elsewhere."""
        if proof is not _PROOF:
            raise ConsentMissingError("A grant comes from a standing consent record only.")


def grant_for(identity: Session, subject_id: str, purpose: Purpose, now: datetime) -> Grant | None:
    """Return the standing grant, or None: never given, refused, withdrawn, lapsed, restricted."""
    if is_restricted(identity, subject_id):
        return None
    row = newest(identity, subject_id, [purpose]).get(purpose)
    return (
        _grant(_covers(identity), _of(row), _began(identity, row), now) if row is not None else None
    )


def require_grant(identity: Session, subject_id: str, purpose: Purpose, now: datetime) -> Grant:
    """Return the standing grant.

    Raises:
        ConsentMissingError: none stands.
    """
    grant = grant_for(identity, subject_id, purpose, now)
    if grant is None:
        raise ConsentMissingError(
            f"No consent for {purpose.value!r} stands for this customer. Ask the customer first."
        )
    return grant


def standing(identity: Session, subject_id: str, now: datetime) -> dict[Purpose, Grant]:
    """Return every standing grant of a subject; none while the customer is restricted."""
    if is_restricted(identity, subject_id):
        return {}
    return standing_for_the_customer(identity, subject_id, now)


def standing_for_the_customer(
    identity: Session, subject_id: str, now: datetime
) -> dict[Purpose, Grant]:
    """Return every grant that stands, also while restricted: for what the customers ask for.

    Access, correction, complaints, withdrawing only (GDPR 18(2)); a guard test lists the callers.
    """
    rows = newest(identity, subject_id, Purpose)
    covers = _covers(identity)
    grants = {
        purpose: _grant(covers, _of(row), _began(identity, row), now)
        for purpose, row in rows.items()
    }
    return {purpose: grant for purpose, grant in grants.items() if grant is not None}


def subjects_granting(
    identity: Session, purpose: Purpose, now: datetime, among: Collection[str] | None = None
) -> tuple[Grant, ...]:
    """Return the standing grants of all subjects for a purpose, oldest first; no restricted one.

    `among`: of these subjects only, at most some hundred.
    """
    asked = [ConsentRow.purpose == purpose.value]
    if among is not None:
        asked.append(ConsentRow.subject_id.in_(among))
    last = (
        select(func.max(ConsentRow.sequence))
        .where(*asked, ConsentRow.subject_id.not_in(select(RestrictionRow.subject_id)))
        .group_by(ConsentRow.subject_id)
    )
    # Of the record only what decides: reading all of each would take most of the time.
    rows = identity.execute(
        select(
            ConsentRow.subject_id,
            ConsentRow.record_id,
            ConsentRow.state,
            ConsentRow.expires_at,
            ConsentRow.leaf_index,
            ConsentRow.body["privacy_notice"]["version"].as_string(),
        )
        .where(ConsentRow.sequence.in_(last))
        .order_by(ConsentRow.sequence)
    )
    began = _all_began(identity, asked)
    covers = cache(_covers(identity))  # few versions, many customers
    grants = (
        _grant(covers, _Newest(subject_id, purpose, *rest), began.get(subject_id), now)
        for subject_id, *rest in rows
    )
    return tuple(grant for grant in grants if grant is not None)


def is_restricted(identity: Session, subject_id: str) -> bool:
    """Whether this customer's data is kept but used for nothing (GDPR 18)."""
    return identity.get(RestrictionRow, subject_id) is not None


def given(identity: Session) -> set[tuple[str, Purpose]]:
    """Return (subject, purpose) of every newest record that says `given`, lapsed or not."""
    last = select(func.max(ConsentRow.sequence)).group_by(ConsentRow.subject_id, ConsentRow.purpose)
    rows = identity.execute(
        select(ConsentRow.subject_id, ConsentRow.purpose).where(
            ConsentRow.sequence.in_(last), ConsentRow.state == State.GIVEN.value
        )
    )
    return {(subject_id, Purpose(purpose)) for subject_id, purpose in rows}


def still_given(identity: Session, purposes: Iterable[Purpose]) -> frozenset[Purpose]:
    """Return for which of these somebody's newest record says `given`, lapsed or not."""
    asked = ConsentRow.purpose.in_([purpose.value for purpose in purposes])
    last = select(func.max(ConsentRow.sequence)).where(asked)
    last = last.group_by(ConsentRow.subject_id, ConsentRow.purpose)
    rows = identity.scalars(
        select(ConsentRow.purpose)
        .where(ConsentRow.sequence.in_(last), ConsentRow.state == State.GIVEN.value)
        .distinct()
    )
    return frozenset(Purpose(purpose) for purpose in rows)


def history(identity: Session, subject_id: str) -> tuple[ConsentRow, ...]:
    """Return every consent record of a subject, oldest first."""
    rows = identity.scalars(
        select(ConsentRow).where(ConsentRow.subject_id == subject_id).order_by(ConsentRow.sequence)
    )
    return tuple(rows)


def newest(
    identity: Session, subject_id: str, purposes: Iterable[Purpose]
) -> dict[Purpose, ConsentRow]:
    """Return the newest record of each purpose that has one, whatever it says."""
    asked = {"subject_id": subject_id, "purposes": [purpose.value for purpose in purposes]}
    rows = identity.scalars(_OF_PURPOSES, asked)
    return {Purpose(row.purpose): row for row in rows}


def _began(identity: Session, row: ConsentRow) -> str | None:
    """Return the record that began the run of `given` records that `row` is the newest of."""
    same = (ConsentRow.subject_id == row.subject_id, ConsentRow.purpose == row.purpose)
    ended = select(func.coalesce(func.max(ConsentRow.sequence), 0)).where(
        *same, ConsentRow.state != State.GIVEN.value
    )
    return identity.scalar(
        select(ConsentRow.record_id)
        .where(*same, ConsentRow.sequence > ended.scalar_subquery())
        .order_by(ConsentRow.sequence)
        .limit(1)
    )


def _all_began(identity: Session, asked: Sequence[ColumnElement[bool]]) -> dict[str, str]:
    """As `_began`, of everybody at once: subject id to record id."""
    began: dict[str, str] = {}
    rows = identity.execute(
        select(ConsentRow.subject_id, ConsentRow.state, ConsentRow.record_id)
        .where(*asked)
        .order_by(ConsentRow.sequence)
    )
    for subject_id, state, record_id in rows:
        if state != State.GIVEN:
            began.pop(subject_id, None)
        else:
            began.setdefault(subject_id, record_id)
    return began


@dataclass(frozen=True, slots=True)
class _Newest:
    """What decides in the newest record of a purpose; `notice`: the version that was shown."""

    subject_id: str
    purpose: Purpose
    record_id: str
    state: str
    expires_at: str | None
    leaf_index: int
    notice: str | None


def _of(row: ConsentRow) -> _Newest:
    notice = row.body.get("privacy_notice") or {}
    return _Newest(
        row.subject_id,
        Purpose(row.purpose),
        row.record_id,
        row.state,
        row.expires_at,
        row.leaf_index,
        notice.get("version"),
    )


def _covers(identity: Session) -> Callable[[str, Purpose], bool]:
    """Return what says whether a consent to a version is one to what this shop does now."""
    texts: Notices = identity.info["notices"]
    return texts.covers


def _grant(
    covers: Callable[[str, Purpose], bool], newest: _Newest, began: str | None, now: datetime
) -> Grant | None:
    expires_at = parse(newest.expires_at) if newest.expires_at is not None else None
    over = expires_at is not None and now >= expires_at
    if began is None or newest.state != State.GIVEN or over:
        return None
    if newest.notice is not None and not covers(newest.notice, newest.purpose):
        return None
    return Grant(
        newest.subject_id,
        newest.purpose,
        began,
        newest.record_id,
        expires_at,
        newest.leaf_index,
        _PROOF,
    )
