"""Rotating the store key while the hub runs: every data key is wrapped anew, what it sealed stays.

    1 opened    the flow's row, with the new key's id, and the log entry
    2 made      the new key is there, and the other is retired: new data keys get the new one
    3 rewrapped batch after batch; the retired key goes with the last one that it wrapped
    4 closed    log `key.rotated` once no old page is left in the files

Every step may be repeated. Both keys open what they wrapped until the retired one is gone. A
process that dies leaves the flow's row open, and the worker carries it on.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from consent.clock import stamp
from consent.errors import KeyUnavailableError
from consent.keystore.keyring import new_store_key
from consent.keystore.keys import rewrap_data_key
from consent.log import ledger
from consent.log.events import EventKind
from consent.models import DataKeyRow, FlowRow, StoreKeyRow
from consent.setting import Office

ROTATE_STORE = "rotate-store"
ROTATE_ROOT = "rotate-root"
_KINDS = (ROTATE_STORE, ROTATE_ROOT)
_MADE, _REWRAPPED = "made", "rewrapped"

#: Data keys that one transaction wraps anew. Measured on two busy cores: 100,000 take 55 s, and
#: the slowest step half a second.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rotation is: data keys under the new store key, and all."""

    flow_id: str
    done: int
    total: int
    closed: bool


def open_rotation(office: Office, *, actor: str, kind: str = ROTATE_STORE) -> str:
    """Begin a rotation, or go on with the one that is open; returns the flow's id (step 1).

    Raises:
        KeyUnavailableError: the other kind of rotation is unfinished.
    """
    now = office.now()
    with office.databases.identity.write() as session:
        going = open_flow(session)
        if going is not None:
            if going.kind != kind:
                raise KeyUnavailableError(
                    "Another rotation of keys is unfinished. Finish that first: "
                    f"run `clienteling keys {going.kind.replace('-', ' ')}`."
                )
            return going.id
        which = kind.removeprefix("rotate-")
        entry = ledger.append(
            session,
            office.ring,
            EventKind.KEY_ROTATION_OPENED,
            actor=actor,
            about=None,
            detail={"key": which},
            now=now,
        )
        flow = FlowRow(
            id=str(uuid.uuid4()),
            kind=kind,
            subject_id="",  # nobody's
            purposes=[],
            step=1,
            opened_at=stamp(now),
            closed_at=None,
            leaf_index=entry.leaf_index,
            data={"actor": actor, "done": [], "new": str(uuid.uuid4())},
        )
        session.add(flow)
    office.after_step("opened")
    return flow.id


def open_flow(session: Session) -> FlowRow | None:
    """Return the rotation that is unfinished, in a session of identity."""
    return session.scalar(
        select(FlowRow).where(FlowRow.closed_at.is_(None), FlowRow.kind.in_(_KINDS))
    )


def advance(office: Office, flow_id: str, *, batch: int = BATCH) -> Progress:
    """Carry a store key's rotation on by one batch at most.

    Raises:
        KeyUnavailableError: the root key cannot be opened now, or a data key is damaged.
    """
    with office.databases.identity.read() as session:
        flow = session.get_one(FlowRow, flow_id)
    if flow.closed_at is not None:
        return _progress(office, flow, closed=True)
    # Asked anew each time: the key database may be a restored one.
    with office.databases.keys.read() as session:
        made = session.get(StoreKeyRow, flow.data["new"]) is not None
    if not made or _MADE not in flow.data["done"]:
        _make(office, flow)
        mark(office, flow_id, _MADE)
    elif _REWRAPPED not in flow.data["done"]:
        if _rewrap(office, flow.data["new"], batch) == 0:
            mark(office, flow_id, _REWRAPPED)
        else:
            office.after_step("batch")
    elif office.databases.keys.scrub():
        close(office, flow_id)
        return _progress(office, flow, closed=True)
    return _progress(office, flow, closed=False)


def _make(office: Office, flow: FlowRow) -> None:
    """Put the new key in place of the one that wraps now (step 2)."""
    root = office.ring.roots()[0]  # before the write lock is taken: it may be far away
    with office.databases.keys.write() as session:
        if session.get(StoreKeyRow, flow.data["new"]) is not None:
            return
        now = office.now()
        for row in session.scalars(select(StoreKeyRow).where(StoreKeyRow.retired_at.is_(None))):
            row.retired_at = stamp(now)
        session.flush()
        new_store_key(session, root, flow.data["new"], now)


def _rewrap(office: Office, new: str, batch: int) -> int:
    """Wrap some data keys anew; where none is left, delete what wrapped them (step 3)."""
    with office.databases.keys.write() as session:
        rows = session.scalars(
            select(DataKeyRow).where(DataKeyRow.store_key_id != new).limit(batch)
        ).all()
        for row in rows:
            rewrap_data_key(session, office.ring, row)
        if rows:
            office.ring.stores.count(session, new, len(rows))
        else:
            session.execute(delete(StoreKeyRow).where(StoreKeyRow.id != new))
    office.ring.stores.forget_removed(office.databases.keys)
    return len(rows)


def mark(office: Office, flow_id: str, name: str) -> None:
    """Note that a step of a rotation is done."""
    with office.databases.identity.write() as session:
        flow = session.get_one(FlowRow, flow_id)
        if flow.closed_at is None and name not in flow.data["done"]:
            flow.data = {**flow.data, "done": [*flow.data["done"], name]}
            flow.step = 1 + len(flow.data["done"])
    office.after_step(name)


def close(office: Office, flow_id: str) -> None:
    """Log that a rotation is done, and close its flow."""
    with office.databases.identity.write() as session:
        flow = session.get_one(FlowRow, flow_id)
        if flow.closed_at is None:
            now = office.now()
            ledger.append(
                session,
                office.ring,
                EventKind.KEY_ROTATED,
                actor=flow.data["actor"],
                about=None,
                detail={"key": flow.kind.removeprefix("rotate-")},
                now=now,
            )
            flow.closed_at = stamp(now)
            flow.data = {}
    office.after_step("closed")


def _progress(office: Office, flow: FlowRow, *, closed: bool) -> Progress:
    new = flow.data.get("new")
    with office.databases.keys.read() as session:
        total = session.scalar(select(func.count()).select_from(DataKeyRow)) or 0
        done = session.scalar(
            select(func.count()).select_from(DataKeyRow).where(DataKeyRow.store_key_id == new)
        )
    return Progress(flow.id, total if closed else done or 0, total, closed)
