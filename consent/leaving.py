"""Withdrawing and erasing: record that consent ended, then carry it out (`consent.erasure`)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent import erasure, records
from consent.canonical import JSON
from consent.clock import stamp
from consent.errors import ConsentMissingError, SubjectUnknownError
from consent.log import ledger
from consent.log.events import EventKind
from consent.models import ConsentRow, FlowRow, SubjectRow
from consent.proof import receipts
from consent.purposes import FACES, WITHDRAWABLE, Purpose
from consent.recording import Act, record
from consent.records import State
from consent.setting import Office

ENROL = "enrol"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What ended. Where nothing stood, `purposes` is empty and ids and receipt are None.

    `closed` is False while an edge has yet to acknowledge; the worker closes the flow then.
    """

    flow_id: str | None
    purposes: tuple[Purpose, ...]
    receipt: dict[str, Any] | None
    leaf_index: int | None
    closed: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """Consent that is recorded as ended, in a flow that is still to be carried out."""

    flow_id: str | None
    purposes: tuple[Purpose, ...]
    receipt: dict[str, Any] | None
    leaf_index: int | None


def withdraw(
    office: Office,
    subject_id: str,
    purposes: Iterable[Purpose] | None,
    *,
    actor: str,
    method: str,
) -> Withdrawal:
    """Withdraw consent for these purposes, or (None) for all but the account. Asks no reason.

    Raises:
        SubjectUnknownError: never joined, or erased.
        ConsentMissingError: the account can only be ended by erasing.
    """
    asked = frozenset(WITHDRAWABLE if purposes is None else purposes)
    if Purpose.ACCOUNT in asked:
        raise ConsentMissingError("The account ends with erasing everything. Ask for that instead.")
    with office.databases.identity.write() as session:
        require_subject(session, subject_id)
        act = Act(actor=actor, method=method, notice=None)
        ending = end(session, office, subject_id, asked, act)
    return carry_out(office, ending)


def erase(office: Office, subject_id: str, *, actor: str, method: str) -> Withdrawal:
    """Withdraw everything, and destroy everything about the customer but the proof of consent.

    Raises:
        SubjectUnknownError: never joined, or already erased.
    """
    with office.databases.identity.write() as session:
        require_subject(session, subject_id)
        act = Act(actor=actor, method=method, notice=None)
        ending = end(session, office, subject_id, frozenset(Purpose), act, kind=erasure.ERASE)
    return carry_out(office, ending)


def lapse(
    office: Office, subject_id: str, due: Callable[[Session], frozenset[Purpose]], *, method: str
) -> Withdrawal:
    """End, as `withdraw` does, what is over without anybody's word: too old, or unused.

    Args:
        office: The setting.
        subject_id: Whose consent.
        due: Which purposes are over, asked in the transaction that ends them: the customer may be
            renewing at this moment.
        method: Why, for the record.
    """
    with office.databases.identity.write() as session:
        act = Act(actor="clienteling", method=method, notice=None)
        over = due(session)
        ending = Ending(None, (), None, None)
        if over:
            ending = end(session, office, subject_id, over, act, state=State.EXPIRED)
    return carry_out(office, ending)


def end(
    session: Session,
    office: Office,
    subject_id: str,
    asked: frozenset[Purpose],
    act: Act,
    *,
    kind: str = erasure.WITHDRAW,
    state: State = State.WITHDRAWN,
    also: Sequence[ConsentRow] = (),
    leftovers: bool = False,
) -> Ending:
    """Record that consent ended and open the flow that carries it out, in the caller's transaction.

    Args:
        session: A writing session of identity.
        office: The setting.
        subject_id: Whose consent.
        asked: Which purposes; those that do not stand are left alone.
        act: Who ended it, and how.
        kind: Withdrawing or erasing.
        state: What the records say: withdrawn, or expired.
        also: Records of the same act that the receipt proves too.
        leftovers: Open the flow where nothing stands, for data that came after the withdrawal.
    """
    now = office.now()
    newest = records.newest(session, subject_id, asked)
    # A lapsed consent still says `given`: it is withdrawn too.
    ended = tuple(p for p in Purpose if p in newest and newest[p].state == State.GIVEN)
    if not ended and not leftovers and kind == erasure.WITHDRAW:
        return Ending(None, (), None, None)
    rows = [record(session, office, subject_id, p, state, act, now) for p in ended]
    events = []
    if kind == erasure.ERASE:
        detail = {"method": act.method}
        events += [_log(session, office, EventKind.ERASURE_OPENED, subject_id, act.actor, detail)]
    if not asked.isdisjoint(FACES):
        _close_captures(session, office, subject_id, act.actor)
    flow = erasure.open_flow(
        session,
        office,
        subject_id,
        asked if leftovers or kind == erasure.ERASE else ended,
        kind=kind,
        actor=act.actor,
        leaf_index=ledger.size(session) - 1,
        now=now,
    )
    if not rows and not events:
        return Ending(flow.id, ended, None, flow.leaf_index)
    issued = receipts.issue(
        session,
        office.ring,
        office.controller,
        subject_id,
        [*also, *rows],
        now,
        code=False,
        events=events,
    )
    return Ending(flow.id, ended, issued.receipt, flow.leaf_index)


def _log(
    session: Session,
    office: Office,
    kind: EventKind,
    subject_id: str,
    actor: str,
    detail: Mapping[str, JSON],
) -> int:
    return ledger.append(
        session, office.ring, kind, actor=actor, about=subject_id, detail=detail, now=office.now()
    ).leaf_index


def _close_captures(session: Session, office: Office, subject_id: str, actor: str) -> None:
    """End what enrolments are still waiting for a template of this customer."""
    flows = session.scalars(
        select(FlowRow).where(
            FlowRow.subject_id == subject_id, FlowRow.kind == ENROL, FlowRow.closed_at.is_(None)
        )
    )
    for flow in flows:
        close_flow(session, office, flow, actor, reason="withdrawn")


def close_flow(
    session: Session, office: Office, flow: FlowRow, actor: str, *, reason: str, made: bool = False
) -> None:
    """Log and mark that an enrolment ended."""
    detail: dict[str, JSON] = {"flow": flow.id, "template": made, "reason": reason}
    _log(session, office, EventKind.ENROLMENT_CLOSED, flow.subject_id, actor, detail)
    flow.closed_at = stamp(office.now())


def carry_out(office: Office, ending: Ending) -> Withdrawal:
    """Carry out what `end` opened, as far as it goes at once."""
    closed = True
    if ending.flow_id is not None:
        office.after_step("opened")
        closed = erasure.run(office, ending.flow_id)
    return Withdrawal(ending.flow_id, ending.purposes, ending.receipt, ending.leaf_index, closed)


def require_subject(session: Session, subject_id: str) -> None:
    """Refuse who is not here.

    Raises:
        SubjectUnknownError: never joined, or erased.
    """
    if session.get(SubjectRow, subject_id) is None:
        raise SubjectUnknownError("There is no such customer here: never joined, or erased.")


def finish_erasing(office: Office, subject_id: str) -> None:
    """Let no earlier withdrawal of this customer erase what is granted anew."""
    with office.databases.identity.read() as session:
        flows = session.scalars(
            select(FlowRow.id).where(
                FlowRow.subject_id == subject_id,
                FlowRow.closed_at.is_(None),
                FlowRow.kind != ENROL,
            )
        ).all()
    for flow_id in flows:
        erasure.run(office, flow_id)
