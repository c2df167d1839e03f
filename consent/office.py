"""The acts of consent, in one place: joining, changing, withdrawing, erasing, and resuming.

Each act opens and closes its own transactions, one database at a time, appends to the log, and
returns what came of it. What a dead process left open, `resume` carries on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from consent import erasure, records
from consent.clock import parse
from consent.declaring import Statement, check_statement, declare
from consent.errors import ConsentError, ConsentMissingError
from consent.joining import (
    KEYS_MADE,
    Closed,
    Joined,
    TemplateMade,
    close_enrolment,
    faces_of,
    make_keys,
    note_template,
    open_enrolment,
    open_flow,
)
from consent.keystore import rotation
from consent.leaving import (
    ENROL,
    Withdrawal,
    carry_out,
    end,
    erase,
    finish_erasing,
    require_subject,
    withdraw,
)
from consent.models import FlowRow
from consent.proof import receipts
from consent.purposes import CHOICES, FACES, Purpose
from consent.recording import Act
from consent.records import Grant, State
from consent.setting import Controller, Eraser, Office, Processing

__all__ = [
    "Changed",
    "Closed",
    "Controller",
    "Eraser",
    "Joined",
    "Office",
    "Processing",
    "Statement",
    "TemplateMade",
    "Withdrawal",
    "change",
    "close_enrolment",
    "erase",
    "faces_of",
    "note_template",
    "open_enrolment",
    "resume",
    "withdraw",
]

#: An enrolment without a template by then is closed; what it was for counts as withdrawn.
ABANDONED_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed. Where everything already stood as chosen, all is None or empty.

    `flow_id` is that of an enrolment to close with a template, if recognition was granted.
    """

    receipt: dict[str, Any] | None
    grants: dict[Purpose, Grant]
    flow_id: str | None
    withdrawal: Withdrawal | None


def change(
    office: Office, subject_id: str, statement: Statement, choices: Mapping[Purpose, bool]
) -> Changed:
    """Grant or withdraw single purposes of a customer; what already stands as chosen is left alone.

    A "no" to what the customer was never asked for is recorded as refused, as at joining.

    Raises:
        SubjectUnknownError: never joined, or erased.
        ConsentMissingError, NoticeError, PolicyRefusedError: as `open_enrolment`.
    """
    check_statement(office, statement, choices)
    finish_erasing(office, subject_id)
    now = office.now()
    receipt, flow, ending = None, None, None
    with office.databases.identity.write() as session:
        require_subject(session, subject_id)
        if any(choices.values()) and records.is_restricted(session, subject_id):
            raise ConsentMissingError(
                "This customer's data is restricted: nothing can be granted until that is lifted."
            )
        stands = records.standing_for_the_customer(session, subject_id, now)
        granted = [p for p in office.choices if choices.get(p, False) and p not in stands]
        ended = frozenset(p for p in CHOICES if not choices.get(p, True) and p in stands)
        asked = records.newest(session, subject_id, office.choices)
        refused = [p for p in office.choices if not choices.get(p, True) and p not in asked]
        if granted:
            flow = open_flow(session, office, subject_id, granted, statement)
        rows = [
            *declare(session, office, subject_id, statement, State.GIVEN, granted, now),
            *declare(session, office, subject_id, statement, State.REFUSED, refused, now),
        ]
        if ended:
            act = Act(actor=statement.collected_by, method=statement.method, notice=None)
            ending = end(session, office, subject_id, ended, act, also=rows)
            receipt = ending.receipt
        elif rows:
            receipt = receipts.issue(
                session, office.ring, office.controller, subject_id, rows, now, code=False
            ).receipt
    office.after_step("recorded")
    withdrawal = carry_out(office, ending) if ending else None
    grants = make_keys(office, flow.id) if flow else {}
    if flow and not set(FACES) & set(granted):
        close_enrolment(office, flow.id, reason="no face asked for")
    return Changed(receipt, grants, flow.id if flow else None, withdrawal)


def resume(office: Office) -> tuple[str, ...]:
    """Carry on every open flow; the worker calls it at the start and every second.

    A rotation of the store key goes on by one batch. Enrolments abandoned for more than 15 minutes
    are closed. A flow that fails does not hold up the others; its error is raised when they are
    done. Returns the ids of the flows closed.
    """
    office.ring.stores.forget_removed(office.databases.keys)
    with office.databases.identity.read() as session:
        flows = session.scalars(
            select(FlowRow).where(FlowRow.closed_at.is_(None)).order_by(FlowRow.opened_at)
        ).all()
    closed, failure = [], None
    for flow in flows:
        try:
            if _carry_on(office, flow):
                closed.append(flow.id)
        except ConsentError as error:
            failure = failure or error
    if failure is not None:
        raise failure
    return tuple(closed)


def _carry_on(office: Office, flow: FlowRow) -> bool:
    if flow.kind == rotation.ROTATE_ROOT:
        return False  # only a person with both root keys at hand can: `clienteling keys rotate`
    if flow.kind == rotation.ROTATE_STORE:
        return rotation.advance(office, flow.id).closed
    if flow.kind != ENROL:
        return erasure.run(office, flow.id)
    if flow.step < KEYS_MADE:
        make_keys(office, flow.id)
    waiting = not set(FACES).isdisjoint(flow.purposes)
    if waiting and office.now() - parse(flow.opened_at) < ABANDONED_AFTER:
        return False
    reason = "abandoned" if waiting else "no face asked for"
    close_enrolment(office, flow.id, reason=reason)
    return True
