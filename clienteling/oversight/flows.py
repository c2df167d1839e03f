"""Withdrawals and erasures on their way, and how far each copy is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.oversight.copies import Copies, copies_of
from clienteling.oversight.edges import EdgeState, edge_states
from clienteling.oversight.search import note
from consent.clock import parse
from consent.erasure import ERASE, WITHDRAW
from consent.errors import SubjectUnknownError
from consent.events import EventKind
from consent.models import FlowRow, ReceiptRow
from consent.office import Office
from consent.purposes import Purpose


@dataclass(frozen=True, slots=True)
class EdgeAnswer:
    """Whether one camera can still match with what was withdrawn."""

    edge: EdgeState
    clear: bool


@dataclass(frozen=True, slots=True)
class FlowState:
    """One withdrawal or erasure.

    Attributes:
        erasing: Everything ends, not single purposes.
        seconds: From the withdrawal to its end, or to now.
        waits_for_edges: Whether a face template ended, so that cameras must answer.
        edges: Those that must answer while it is open; empty once it is closed.
        hub_done: Keys and data are gone from the hub itself.
    """

    id: str
    subject_id: str
    erasing: bool
    purposes: tuple[Purpose, ...]
    opened_at: datetime
    closed_at: datetime | None
    seconds: float
    leaf_index: int
    waits_for_edges: bool
    hub_done: bool
    edges: tuple[EdgeAnswer, ...]


@dataclass(frozen=True, slots=True)
class FlowResult:
    """A flow with what is left of the customer's data, counted now."""

    flow: FlowState
    copies: Copies
    receipt_id: str | None


def open_flows(identity: Session, now: datetime) -> tuple[FlowState, ...]:
    """Return what is not finished, oldest first."""
    rows = identity.scalars(
        select(FlowRow)
        .where(FlowRow.closed_at.is_(None), FlowRow.kind.in_([WITHDRAW, ERASE]))
        .order_by(FlowRow.opened_at)
    )
    edges = edge_states(identity, now)
    return tuple(_state(row, edges, now) for row in rows)


def flows_of(identity: Session, subject_id: str, now: datetime) -> tuple[FlowState, ...]:
    """Return a customer's withdrawals and erasures, newest first."""
    rows = identity.scalars(
        select(FlowRow)
        .where(FlowRow.subject_id == subject_id, FlowRow.kind.in_([WITHDRAW, ERASE]))
        .order_by(FlowRow.opened_at.desc())
    )
    edges = edge_states(identity, now)
    return tuple(_state(row, edges, now) for row in rows)


def flow_result(office: Office, flow_id: str, *, reader: str | None) -> FlowResult:
    """Return how far a flow is; `reader` is logged, None only to refresh what was just shown.

    Raises:
        SubjectUnknownError: no such flow.
    """
    now = office.now()
    with office.databases.identity.read() as identity:
        row = identity.get(FlowRow, flow_id)
        if row is None or row.kind not in {WITHDRAW, ERASE}:
            raise SubjectUnknownError("There is no such withdrawal or erasure here.")
        flow = _state(row, edge_states(identity, now), now)
        receipt_id = identity.scalar(
            select(ReceiptRow.id)
            .where(ReceiptRow.subject_id == row.subject_id, ReceiptRow.issued_at >= row.opened_at)
            .order_by(ReceiptRow.issued_at)
            .limit(1)
        )
    if reader is not None:
        note(
            office,
            EventKind.PROFILE_READ,
            actor=reader,
            about=flow.subject_id,
            detail={"what": "withdrawal", "flow": flow.id},
        )
    return FlowResult(flow, copies_of(office, flow.subject_id), receipt_id)


def _state(row: FlowRow, edges: tuple[EdgeState, ...], now: datetime) -> FlowState:
    opened_at = parse(row.opened_at)
    closed_at = parse(row.closed_at) if row.closed_at else None
    waits = Purpose.RECOGNISE.value in row.purposes
    still = closed_at is None and waits
    return FlowState(
        id=row.id,
        subject_id=row.subject_id,
        erasing=row.kind == ERASE,
        purposes=tuple(p for p in Purpose if p.value in row.purposes),
        opened_at=opened_at,
        closed_at=closed_at,
        seconds=((closed_at or now) - opened_at).total_seconds(),
        leaf_index=row.leaf_index,
        waits_for_edges=waits,
        hub_done=closed_at is not None or "forgotten" in row.data.get("done", ()),
        edges=tuple(EdgeAnswer(e, e.clear_of(row.leaf_index)) for e in edges) if still else (),
    )
