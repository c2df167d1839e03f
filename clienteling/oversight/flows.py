"""Withdrawals and erasures on their way, and how far each copy is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.access.devices import edge_answers
from clienteling.access.models import DeviceRow
from clienteling.oversight.copies import Copies, copies_of
from clienteling.oversight.search import note
from consent.clock import parse
from consent.erasure import ERASE, FORGOTTEN, KEYS, SCREENS, WITHDRAW
from consent.errors import SubjectUnknownError
from consent.log.events import EventKind
from consent.log.ledger import search
from consent.models import FlowRow, ReceiptRow
from consent.office import Office
from consent.proof.receipts import completion_of
from consent.purposes import FACES, Purpose
from consent.setting import EdgeAnswer

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class EdgeCopy:
    """One camera's copy.

    Attributes:
        answer: Whether it can still match with what was withdrawn.
        seconds: From the withdrawal until it could not any more; None while it can.
        lease_until: When its lease ends, while it is waited for.
    """

    name: str
    answer: EdgeAnswer
    seconds: float | None
    lease_until: datetime | None


@dataclass(frozen=True, slots=True)
class FlowState:
    """One withdrawal or erasure, and every copy that this hub knows of.

    Attributes:
        erasing: Everything ends, not single purposes.
        seconds: From the withdrawal to its end, or to now.
        waits_for_edges: Whether a face template ended, so that cameras must answer.
        keys_seconds: Until the keys were destroyed; None: not yet, or it was not noted.
        data_seconds: The same of what they sealed, on the hub.
        screens_seconds: Until the tablets were told to drop its card; None: not noted, as where no
            hub ran.
        edges: The cameras that had or may have a copy.
        hub_done: Keys and data are gone from the hub itself.
        keys_until: Until when, at most, a copy of the keys in a backup may be used; None: none was
            made by then.
        restored_at: When a backup was last restored since; it was ended again before it was read.
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
    keys_seconds: float | None
    data_seconds: float | None
    screens_seconds: float | None
    edges: tuple[EdgeCopy, ...]
    keys_until: datetime | None
    restored_at: datetime | None


@dataclass(frozen=True, slots=True)
class FlowResult:
    """A flow with what is left of the customer's data, counted now."""

    flow: FlowState
    copies: Copies
    receipt_id: str | None
    completed_id: str | None


def open_flows(identity: Session, now: datetime) -> tuple[FlowState, ...]:
    """Return what is not finished, oldest first."""
    rows = identity.scalars(
        select(FlowRow)
        .where(FlowRow.closed_at.is_(None), FlowRow.kind.in_([WITHDRAW, ERASE]))
        .order_by(FlowRow.opened_at)
    )
    return tuple(_state(identity, row, now) for row in rows)


def flows_of(identity: Session, subject_id: str, now: datetime) -> tuple[FlowState, ...]:
    """Return a customer's withdrawals and erasures, newest first."""
    rows = identity.scalars(
        select(FlowRow)
        .where(FlowRow.subject_id == subject_id, FlowRow.kind.in_([WITHDRAW, ERASE]))
        .order_by(FlowRow.opened_at.desc())
    )
    return tuple(_state(identity, row, now) for row in rows)


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
        flow = _state(identity, row, now)
        receipt_id = identity.scalar(
            select(ReceiptRow.id)
            .where(ReceiptRow.subject_id == row.subject_id, ReceiptRow.issued_at >= row.opened_at)
            .order_by(ReceiptRow.issued_at)
            .limit(1)
        )
        completed = completion_of(identity, flow_id)
    if reader is not None:
        note(
            office,
            EventKind.PROFILE_READ,
            actor=reader,
            about=flow.subject_id,
            detail={"what": "withdrawal", "flow": flow.id},
        )
    completed_id = completed["receipt_id"] if completed is not None else None
    return FlowResult(flow, copies_of(office, flow.subject_id), receipt_id, completed_id)


def _state(identity: Session, row: FlowRow, now: datetime) -> FlowState:
    opened_at = parse(row.opened_at)
    closed_at = parse(row.closed_at) if row.closed_at else None
    waits = not set(FACES).isdisjoint(row.purposes)
    done: dict[str, str] = row.data.get("done", {})
    keys_gone = parse(done[KEYS]) if KEYS in done else None
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
        hub_done=closed_at is not None or FORGOTTEN in done,
        keys_seconds=_since(opened_at, done.get(KEYS)),
        data_seconds=_since(opened_at, done.get(FORGOTTEN)),
        screens_seconds=_since(opened_at, row.data.get(SCREENS)),
        edges=_edges(identity, row, opened_at, now) if waits else (),
        keys_until=_keys_until(identity, keys_gone or closed_at or now),
        restored_at=_restored(identity, opened_at),
    )


def _since(opened_at: datetime, at: str | None) -> float | None:
    return (parse(at) - opened_at).total_seconds() if at is not None else None


def _edges(
    identity: Session, row: FlowRow, opened_at: datetime, now: datetime
) -> tuple[EdgeCopy, ...]:
    noted: dict[str, list[str]] = row.data.get("edges", {})
    answers = {edge: EdgeAnswer(answer) for edge, (answer, _) in noted.items()}
    if row.closed_at is None:
        answers = edge_answers(identity, row.leaf_index, now) | answers
    devices = identity.scalars(
        select(DeviceRow).where(DeviceRow.id.in_(answers)).order_by(DeviceRow.name)
    )
    return tuple(
        EdgeCopy(
            device.name,
            answers[device.id],
            _since(opened_at, noted[device.id][1]) if device.id in noted else None,
            parse(device.lease_until) if device.lease_until else None,
        )
        for device in devices
    )


def _keys_until(identity: Session, gone_at: datetime) -> datetime | None:
    """Return until when the newest copy of the keys from before they went may be used."""
    made = search(identity, kinds=[EventKind.BACKUP_MADE], until=gone_at + _MOMENT, limit=1)
    return next((parse(entry.detail["keys_until"]) for entry in made if entry.detail), None)


def _restored(identity: Session, since: datetime) -> datetime | None:
    found = search(identity, kinds=[EventKind.LOG_RESTORED], since=since, limit=1)
    return next((parse(entry.at) for entry in found), None)
