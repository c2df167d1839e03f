"""How consent ends: the ordered steps behind withdrawing and erasing, and how they are resumed.

    1 opened     records, log entries, receipt and the flow's row, in one transaction of identity
    2 noted      outside the databases too, so that restoring an older backup revives nothing
    3 keys       the data keys are destroyed: from here on nothing can be read
    4 erase:*    each eraser deletes what it keeps
    5 forgotten  log `template.removed`; erasing also deletes the subject, its codes and details
    6 closed     once every edge has acknowledged: log the end, and scrub the files; for an erasure
                 with a receipt, which the flow's row names

Every step may be repeated. A process that dies between two of them leaves the flow's row open, and
the worker carries on: the order errs toward forgetting.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from consent.clock import stamp
from consent.keystore import keys
from consent.log import ledger
from consent.log.events import PROOF_KINDS, EventKind
from consent.models import FlowRow, LogDetailRow, LogEntryRow, ReceiptRow, SubjectRow
from consent.proof import receipts
from consent.purposes import FACES, Purpose
from consent.setting import EdgeAnswer, Ended, Office

WITHDRAW = "withdraw"
ERASE = "erase"
_NOTED = "noted"
KEYS = "keys"
FORGOTTEN = "forgotten"
#: In a flow's data: when the hub told its screens to drop what ended.
SCREENS = "screens"


def open_flow(
    identity: Session,
    office: Office,
    subject_id: str,
    purposes: Iterable[Purpose],
    *,
    kind: str,
    actor: str,
    leaf_index: int,
    now: datetime,
) -> FlowRow:
    """Add the flow's row, in the transaction that records the end of consent (step 1)."""
    ended = frozenset(purposes)
    aliases = {
        alias for eraser in office.erasers for alias in eraser.aliases(identity, subject_id, ended)
    }
    flow = FlowRow(
        id=str(uuid.uuid4()),
        kind=kind,
        subject_id=subject_id,
        purposes=sorted(purpose.value for purpose in ended),
        step=1,
        opened_at=stamp(now),
        closed_at=None,
        leaf_index=leaf_index,
        data={"actor": actor, "done": {}, "edges": {}, "aliases": sorted(aliases)},
    )
    identity.add(flow)
    identity.flush()
    return flow


def run(office: Office, flow_id: str) -> bool:
    """Carry a flow on from where it stopped. Returns whether it is closed.

    Steps 2 to 5 are done when this returns; only the edges may still be outstanding.
    """
    flow = _load(office, flow_id)
    if flow.closed_at is not None:
        return True
    ended = frozenset(Purpose(name) for name in flow.purposes)
    if _NOTED not in flow.data["done"]:
        office.note_ending(
            Ended(flow.id, flow.kind, flow.subject_id, tuple(flow.purposes), flow.opened_at)
        )
        _mark(office, flow_id, _NOTED)
    if KEYS not in flow.data["done"]:
        with office.databases.keys.write() as session:
            keys.destroy_data_keys(session, flow.subject_id, ended)
        _mark(office, flow_id, KEYS)
    for eraser in office.erasers:
        if f"erase:{eraser.name}" not in flow.data["done"]:
            aliases = eraser.erase(office.databases, flow.subject_id, ended)
            _mark(office, flow_id, f"erase:{eraser.name}", aliases)
    if FORGOTTEN not in flow.data["done"]:
        _forget(office, flow_id)
    return _close(office, flow_id)


def note_screens(office: Office, ended: Iterable[tuple[str, str]]) -> None:
    """Note that the hub's screens were told of these: subject, and when it ended (`clock.stamp`).

    Only a hub that runs has screens: where none did, nothing was shown and nothing is noted.
    """
    with office.databases.identity.write() as session:
        for subject_id, opened_at in ended:
            flows = session.scalars(
                select(FlowRow).where(
                    FlowRow.subject_id == subject_id,
                    FlowRow.opened_at == opened_at,
                    FlowRow.kind.in_([WITHDRAW, ERASE]),
                )
            )
            for flow in flows:
                flow.data = {SCREENS: stamp(office.now()), **flow.data}


def _load(office: Office, flow_id: str) -> FlowRow:
    with office.databases.identity.read() as session:
        return session.get_one(FlowRow, flow_id)


def _mark(office: Office, flow_id: str, name: str, aliases: Iterable[str] = ()) -> None:
    with office.databases.identity.write() as session:
        _done(session.get_one(FlowRow, flow_id), name, office.now(), aliases)
    office.after_step(name)


def _done(flow: FlowRow, name: str, now: datetime, aliases: Iterable[str] = ()) -> None:
    if flow.closed_at is not None:
        return  # the worker was faster: it looks every second, also while a request runs the flow
    done = {name: stamp(now)} | flow.data["done"]
    flow.data = {**flow.data, "done": done, "aliases": sorted({*flow.data["aliases"], *aliases})}
    flow.step = 1 + len(done)


def _forget(office: Office, flow_id: str) -> None:
    with office.databases.identity.write() as session:
        flow = session.get_one(FlowRow, flow_id)
        if flow.closed_at is not None or FORGOTTEN in flow.data["done"]:
            return  # another process was faster
        if not set(FACES).isdisjoint(flow.purposes):
            entry = ledger.append(
                session,
                office.ring,
                EventKind.TEMPLATE_REMOVED,
                actor=flow.data["actor"],
                about=flow.subject_id,
                detail={"aliases": flow.data["aliases"]},
                now=office.now(),
            )
            flow.leaf_index = entry.leaf_index
        if flow.kind == ERASE:
            _erase_subject(session, flow.subject_id)
        _done(flow, FORGOTTEN, office.now())
    office.after_step(FORGOTTEN)


def _erase_subject(session: Session, subject_id: str) -> None:
    """Delete the subject, its codes, and every log detail but the proof of consent."""
    session.execute(delete(SubjectRow).where(SubjectRow.id == subject_id))
    session.execute(
        update(ReceiptRow).where(ReceiptRow.subject_id == subject_id).values(code_hash=None)
    )
    proof = select(LogEntryRow.leaf_index).where(
        LogEntryRow.kind.in_([kind.value for kind in PROOF_KINDS])
    )
    session.execute(
        delete(LogDetailRow).where(
            LogDetailRow.about == subject_id, LogDetailRow.leaf_index.not_in(proof)
        )
    )


def _close(office: Office, flow_id: str) -> bool:
    """Close the flow if every edge knows and no old page is left in the files."""
    flow = _load(office, flow_id)
    clear = set(FACES).isdisjoint(flow.purposes) or _ask_edges(office, flow)
    if not clear or not office.databases.keys.scrub():
        return False
    with office.databases.identity.write() as session:
        flow = session.get_one(FlowRow, flow_id)
        if flow.closed_at is None:
            now = office.now()
            erased = flow.kind == ERASE
            entry = ledger.append(
                session,
                office.ring,
                EventKind.ERASURE_COMPLETED if erased else EventKind.WITHDRAWAL_COMPLETED,
                actor="clienteling",
                about=flow.subject_id,
                detail={"flow": flow.id, "purposes": flow.purposes},
                now=now,
            )
            flow.closed_at = stamp(now)
            # When each copy went; no alias, and nobody who acted.
            flow.data = {k: flow.data[k] for k in ("done", "edges", SCREENS) if k in flow.data}
            if erased:
                issued = receipts.issue(
                    session,
                    office.ring,
                    office.controller,
                    flow.subject_id,
                    (),
                    now,
                    code=False,
                    events=[entry.leaf_index],
                )
                flow.data = {**flow.data, "receipt": issued.receipt["receipt_id"]}
    office.after_step("closed")
    return True


def _ask_edges(office: Office, flow: FlowRow) -> bool:
    """Note when each camera became clear; returns whether all are."""
    with office.databases.identity.read() as session:
        answers = office.edges(session, flow.leaf_index)
    clear = {edge: answer for edge, answer in answers.items() if answer is not EdgeAnswer.WAITING}
    if clear.keys() - flow.data["edges"].keys():
        with office.databases.identity.write() as session:
            row = session.get_one(FlowRow, flow.id)
            if row.closed_at is None:
                at = stamp(office.now())
                fresh = {edge: [answer.value, at] for edge, answer in clear.items()}
                row.data = {**row.data, "edges": fresh | row.data["edges"]}
    return len(clear) == len(answers)
