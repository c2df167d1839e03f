"""Joining: record a new customer's choices, make the keys, and close once the template is made.

    1 recorded    subject, records, log entries, receipt and the flow's row, in one transaction
    2 keys made   one per purpose granted
    3 closed      by `close_enrolment`: with a template, or with recognition withdrawn

Between 2 and 3 the caller seals what the customer tells, and captures the face.
"""

import uuid
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from consent import records
from consent.clock import stamp
from consent.declaring import Statement, check_statement, declare
from consent.errors import SubjectUnknownError
from consent.keystore import keys
from consent.leaving import ENROL, Withdrawal, carry_out, close_flow, end
from consent.log import ledger
from consent.log.events import EventKind
from consent.models import FlowRow, SubjectRow
from consent.proof import receipts
from consent.purposes import FACES, Purpose
from consent.recording import Act
from consent.records import Grant, State
from consent.setting import Office

KEYS_MADE = 2


@dataclass(frozen=True, slots=True)
class TemplateMade:
    """What the log says about a template: its random alias, the model, from how many images."""

    alias: str
    model_id: str
    images: int
    purpose: Purpose = Purpose.RECOGNISE


@dataclass(frozen=True, slots=True)
class Joined:
    """A customer joined. With `recognise` granted, the flow stays open for the template."""

    subject_id: str
    flow_id: str
    grants: dict[Purpose, Grant]
    receipt: dict[str, Any]
    code: str
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Closed:
    """How an enrolment ended: for what a template stands, and what was withdrawn if not for all."""

    stands: frozenset[Purpose]
    withdrawal: Withdrawal | None


def open_enrolment(office: Office, statement: Statement, choices: Mapping[Purpose, bool]) -> Joined:
    """Record a new customer's choices, then make the keys of what was granted.

    Every purpose on offer is recorded, as given or as refused. If the process dies halfway the
    worker makes the keys, and later closes what was abandoned.

    Raises:
        ConsentMissingError: not confirmed, not of age, or a purpose that is not offered.
        NoticeError: the notice is not the current one.
        PolicyRefusedError: no release is signed where the region asks for one.
    """
    now = office.now()
    check_statement(office, statement, choices)
    subject_id = str(uuid.uuid4())
    granted = [Purpose.ACCOUNT, *(p for p in office.choices if choices.get(p, False))]
    refused = [p for p in office.choices if p not in granted]
    with office.databases.identity.write() as session:
        session.add(SubjectRow(id=subject_id, created_at=stamp(now)))
        flow = open_flow(session, office, subject_id, granted, statement)
        rows = [
            *declare(session, office, subject_id, statement, State.GIVEN, granted, now),
            *declare(session, office, subject_id, statement, State.REFUSED, refused, now),
        ]
        issued = receipts.issue(
            session, office.ring, office.controller, subject_id, rows, now, code=True
        )
        checkpoint = ledger.latest_checkpoint(session).note
    office.after_step("recorded")
    grants = make_keys(office, flow.id)
    if not set(FACES) & set(granted):
        close_enrolment(office, flow.id, reason="no face asked for")
    assert issued.code is not None
    return Joined(subject_id, flow.id, grants, issued.receipt, issued.code, checkpoint)


def open_flow(
    session: Session,
    office: Office,
    subject_id: str,
    granted: Iterable[Purpose],
    statement: Statement,
) -> FlowRow:
    """Log and add the flow of an enrolment, in the transaction that records the consents."""
    now = office.now()
    flow_id = str(uuid.uuid4())
    entry = ledger.append(
        session,
        office.ring,
        EventKind.ENROLMENT_OPENED,
        actor=statement.collected_by,
        about=subject_id,
        detail={"flow": flow_id, "method": statement.method},
        now=now,
    )
    flow = FlowRow(
        id=flow_id,
        kind=ENROL,
        subject_id=subject_id,
        purposes=[purpose.value for purpose in granted],
        step=1,
        opened_at=stamp(now),
        closed_at=None,
        leaf_index=entry.leaf_index,
        data={"actor": statement.collected_by},
    )
    session.add(flow)
    return flow


def make_keys(office: Office, flow_id: str) -> dict[Purpose, Grant]:
    """Make the keys of those of a flow's purposes that still stand; returns their grants."""
    now = office.now()
    with office.databases.identity.read() as session:
        flow = session.get_one(FlowRow, flow_id)
        grants = {
            purpose: grant
            for purpose, grant in records.standing(session, flow.subject_id, now).items()
            if purpose.value in flow.purposes
        }
    with office.databases.keys.write() as session:
        for grant in grants.values():
            keys.create_data_key(session, office.ring, grant, now)
    with office.databases.identity.write() as session:
        flow = session.get_one(FlowRow, flow_id)
        flow.step = KEYS_MADE
        stands = records.standing(session, flow.subject_id, now)
    _drop_keys(office, flow.subject_id, grants.keys() - stands.keys())
    office.after_step("keys made")
    return grants


def _drop_keys(office: Office, subject_id: str, purposes: AbstractSet[Purpose]) -> None:
    """Destroy keys that were made while their consent was being withdrawn."""
    if purposes:
        with office.databases.keys.write() as session:
            keys.destroy_data_keys(session, subject_id, purposes)


def faces_of(office: Office, flow_id: str) -> frozenset[Purpose]:
    """Return for what an enrolment makes templates, whether or not the consent still stands.

    Raises:
        SubjectUnknownError: no such enrolment.
    """
    with office.databases.identity.read() as session:
        return _faces(_enrolment(session, flow_id))


def _enrolment(session: Session, flow_id: str) -> FlowRow:
    flow = session.get(FlowRow, flow_id)
    if flow is None or flow.kind != ENROL:
        raise SubjectUnknownError("There is no such enrolment. Start again.")
    return flow


def _faces(flow: FlowRow) -> frozenset[Purpose]:
    return frozenset(p for p in FACES if p.value in flow.purposes)


def close_enrolment(
    office: Office, flow_id: str, *templates: TemplateMade, reason: str = ""
) -> Closed:
    """End an enrolment. What a face was asked for and has no template counts as withdrawn.

    A template that comes too late (its purpose was withdrawn meanwhile, or the enrolment was closed
    as abandoned) is erased again. Closing twice does nothing.

    Raises:
        SubjectUnknownError: no such enrolment.
    """
    now = office.now()
    with office.databases.identity.write() as session:
        flow = _enrolment(session, flow_id)
        asked = _faces(flow)
        grants = records.standing(session, flow.subject_id, now)
        stands = asked & grants.keys()
        late = frozenset(made.purpose for made in templates) - stands
        if flow.closed_at is not None and not late:
            return Closed(stands, None)
        actor = flow.data["actor"]
        over = late
        if flow.closed_at is None:
            kept = [made for made in templates if made.purpose in stands]
            for made in kept:
                note_template(session, office, made, about=flow.subject_id, actor=actor)
            close_flow(session, office, flow, actor, reason=reason, made=bool(kept))
            over = asked - {made.purpose for made in kept}
            if not over:
                return Closed(stands, None)
        act = Act(actor=actor, method=reason or "no template made", notice=None)
        ending = end(session, office, flow.subject_id, over, act, leftovers=bool(late))
    return Closed(stands - over, carry_out(office, ending))


def note_template(
    session: Session, office: Office, made: TemplateMade, *, about: str, actor: str
) -> None:
    """Log that a template was made: for an enrolment, or in the place of an earlier one."""
    ledger.append(
        session,
        office.ring,
        EventKind.TEMPLATE_MADE,
        actor=actor,
        about=about,
        detail={
            "alias": made.alias,
            "purpose": made.purpose.value,
            "model": made.model_id,
            "images": made.images,
        },
        now=office.now(),
    )
