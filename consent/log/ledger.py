"""The log: append and prove (`reading` searches). Each act is in it, and no rewriting is unseen.

A leaf is RFC 8785 JSON {"at", "commitment", "index", "kind", "v"} and holds no personal data (R47):
the commitment is SHA-256 over a random salt and the detail, which lie beside the log and can be
deleted. Each entry is signed for by a checkpoint in the same transaction. The log is also the event
feed: whoever must act on what happened reads the entries after the last one seen.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Select, bindparam, func, insert, or_, select
from sqlalchemy.orm import Session

from consent.canonical import JSON
from consent.clock import check_clock, stamp
from consent.errors import ClockWentBackError, LedgerError
from consent.keystore.keys import KeyRing
from consent.log import merkle
from consent.log.commitments import commitment, leaf_bytes
from consent.log.events import GALLERY_KINDS, EventKind
from consent.log.merkle import verify_consistency, verify_inclusion
from consent.log.notes import Checkpoint, parse_checkpoint, sign_checkpoint
from consent.log.reading import EntryView, entries_after, search
from consent.log.verification import Finding, Verification, verify
from consent.models import LogCheckpointRow, LogDetailRow, LogEntryRow, LogNodeRow

__all__ = [
    "Checkpoint",
    "Entry",
    "EntryView",
    "EventKind",
    "Finding",
    "Verification",
    "append",
    "check_time",
    "consistency_proof",
    "entries_after",
    "gallery_version",
    "inclusion_proof",
    "is_ahead",
    "is_writable",
    "latest_checkpoint",
    "search",
    "size",
    "verify",
    "verify_consistency",
    "verify_inclusion",
]

_SALT_BYTES = 32

# Built once: building a statement takes as long as the database takes to carry it out.
_INSERT_ENTRY = insert(LogEntryRow)
_INSERT_DETAIL = insert(LogDetailRow)
_INSERT_NODE = insert(LogNodeRow)
_INSERT_CHECKPOINT = insert(LogCheckpointRow)
_SIZE = select(func.max(LogEntryRow.leaf_index))
_END = select(
    _SIZE.scalar_subquery(),
    select(LogEntryRow.at)
    .where(LogEntryRow.leaf_index == _SIZE.scalar_subquery())
    .scalar_subquery(),
    select(func.max(LogCheckpointRow.tree_size)).scalar_subquery(),
)
_NEWEST_CHECKPOINT = (
    select(LogCheckpointRow.note).order_by(LogCheckpointRow.tree_size.desc()).limit(1)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What `append` made: the entry's index, and the checkpoint that signs for it."""

    leaf_index: int
    checkpoint: str


def append(
    identity: Session,
    ring: KeyRing,
    kind: EventKind,
    *,
    actor: str,
    about: str | None,
    detail: Mapping[str, JSON],
    now: datetime,
) -> Entry:
    """Add an entry and its checkpoint, in O(log n). Needs a session of `Database.write()`.

    Args:
        identity: Its write lock makes appending safe across processes.
        ring: Signs the checkpoint.
        kind: What happened.
        actor: Who acted: a user, a device, a command. No name of a customer.
        about: The data subject's id, or None.
        detail: Purposes, record ids, counts; never names, tastes, allergies or scores.
        now: When.

    Raises:
        LedgerError: the log's end does not fit its last checkpoint, or the clock went back; nothing
            is written.
    """
    connection = identity.connection()  # plain statements: half the log's time went to the ORM
    # Whoever confirms a clock that was set right takes the log back out of the future.
    index = _next_index(connection, None if kind is EventKind.CLOCK_CONFIRMED else now)
    salt, at = os.urandom(_SALT_BYTES), stamp(now)
    leaf = leaf_bytes(index, kind.value, at, commitment(salt, about, actor, detail))
    nodes, root = _grown(connection, index, merkle.leaf_hash(leaf))
    checkpoint = sign_checkpoint(ring.log_signing, index + 1, root)
    connection.execute(
        _INSERT_ENTRY, {"leaf_index": index, "kind": kind.value, "at": at, "leaf": leaf}
    )
    connection.execute(
        _INSERT_DETAIL,
        {"leaf_index": index, "salt": salt, "about": about, "actor": actor, "detail": detail},
    )
    connection.execute(
        _INSERT_NODE,
        [
            {"level": level, "position": position, "hash": hashed}
            for (level, position), hashed in nodes.items()
        ],
    )
    connection.execute(_INSERT_CHECKPOINT, {"tree_size": index + 1, "note": checkpoint.note})
    return Entry(index, checkpoint.note)


def _next_index(connection: Connection, now: datetime | None) -> int:
    last, at, signed = connection.execute(_END).one()
    index = 0 if last is None else int(last) + 1
    if index != (signed or 0):
        raise LedgerError(
            f"The log has {index} entries but its last checkpoint signs for {signed}. Nothing is "
            "added to an altered log. Run `clienteling log verify` and restore a backup."
        )
    if now is not None:
        check_clock(at, now)
    return index


def is_writable(identity: Session, now: datetime) -> bool:
    """Whether an entry could be added: the log's end fits its checkpoint, and the clock the log."""
    try:
        _next_index(identity.connection(), now)
    except LedgerError:
        return False
    return True


def is_ahead(identity: Session, now: datetime) -> bool:
    """Whether the newest entry lies in the future: the clock went back, or ran ahead before."""
    try:
        _next_index(identity.connection(), now)
    except ClockWentBackError:
        return True
    return False


def check_time(identity: Session, now: datetime) -> None:
    """Refuse a clock that went back behind the newest entry (LedgerError)."""
    _next_index(identity.connection(), now)


def _grown(
    connection: Connection, index: int, leaf_hash: bytes
) -> tuple[dict[merkle.NodeId, bytes], bytes]:
    """Return the nodes that the leaf adds (its hash, subtrees it completes), and the new root."""
    fresh: dict[merkle.NodeId, bytes] = {(0, index): leaf_hash}
    completed = list(merkle.completed_by(index))
    siblings = [(level - 1, position * 2) for level, position in completed]
    tiles = [tile for tile in merkle.peaks(0, index + 1) if tile not in {(0, index), *completed}]
    stored = _nodes(connection, [*siblings, *tiles])
    folded = leaf_hash
    for node, sibling in zip(completed, siblings, strict=True):
        folded = fresh[node] = merkle.node_hash(stored[sibling], folded)
    return fresh, merkle.root(index + 1, (stored | fresh).__getitem__)


def _nodes(connection: Connection, wanted: Collection[merkle.NodeId]) -> dict[merkle.NodeId, bytes]:
    nodes = sorted(set(wanted))
    if not nodes:
        return {}
    named = {f"level_{n}": level for n, (level, _) in enumerate(nodes)}
    named |= {f"position_{n}": position for n, (_, position) in enumerate(nodes)}
    rows = connection.execute(_node_query(len(nodes)), named)
    found = {(level, position): hashed for level, position, hashed in rows}
    missing = len(nodes) - len(found)
    if missing:
        raise LedgerError(
            f"The log misses hashes of its tree ({missing}). Run `clienteling log verify`."
        )
    return found


@cache
def _node_query(count: int) -> Select[int, int, bytes]:
    """Return a look-up of `count` nodes by key; SQLite would scan the table for a list of pairs."""
    keys = (
        (LogNodeRow.level == bindparam(f"level_{n}"))
        & (LogNodeRow.position == bindparam(f"position_{n}"))
        for n in range(count)
    )
    return select(LogNodeRow.level, LogNodeRow.position, LogNodeRow.hash).where(or_(*keys))


def size(identity: Session) -> int:
    """Return the number of entries."""
    newest = identity.scalar(_SIZE)
    return 0 if newest is None else newest + 1


def gallery_version(identity: Session) -> int:
    """Return the version of the gallery that edges should hold: 0 before the first template."""
    kinds = [kind.value for kind in GALLERY_KINDS]
    newest = identity.scalar(
        select(func.max(LogEntryRow.leaf_index)).where(LogEntryRow.kind.in_(kinds))
    )
    return newest or 0


def latest_checkpoint(identity: Session) -> Checkpoint:
    """Return the newest checkpoint.

    Raises:
        LedgerError: the log is empty.
    """
    note = identity.scalar(_NEWEST_CHECKPOINT)
    if note is None:
        raise LedgerError("The log is empty. Run `clienteling init` first.")
    return parse_checkpoint(note)


def inclusion_proof(identity: Session, index: int, tree_size: int) -> tuple[bytes, ...]:
    """Return the path that proves entry `index` in the tree of `tree_size`, for `verify_inclusion`.

    Raises:
        LedgerError: there is no such entry in that tree.
    """
    if not 0 <= index < tree_size <= size(identity):
        raise LedgerError(f"There is no entry {index} in a log of {tree_size} entries.")
    return _proof(identity, merkle.inclusion_subtrees(index, tree_size))


def consistency_proof(identity: Session, old: int, new: int) -> tuple[bytes, ...]:
    """Return the path that proves that size `new` extends size `old`, for `verify_consistency`.

    Raises:
        LedgerError: the log never had these sizes.
    """
    if not 0 <= old <= new <= size(identity):
        raise LedgerError(f"The log never grew from {old} to {new} entries.")
    return _proof(identity, merkle.consistency_subtrees(old, new))


def _proof(identity: Session, subtrees: list[tuple[int, int]]) -> tuple[bytes, ...]:
    tiles = [tile for subtree in subtrees for tile in merkle.peaks(*subtree)]
    return merkle.proof(subtrees, _nodes(identity.connection(), tiles).__getitem__)
