"""Verifying the log: recompute everything from the stored rows, and say which entry does not hold.

    0 values       every stored value is of its column's kind; else nothing more can be read
    1 entries      none missing, none out of place, each leaf says what its row says
    2 details      where a detail is still there, it opens the leaf's commitment
    3 checkpoints  one for each entry, signed by the log's key, over the root of the leaves so far
    4 tree         every stored node is the hash of its children, none missing, none more
    5 records      each consent record is the one that its entry commits to
    6 witnesses    the cosignatures that are kept fit the checkpoints
    7 the end      an outside checkpoint shows cutting, rolling back, rewriting with the log's key

Without an outside checkpoint a cut tail cannot be seen: the result says that the end is not proven.
Rows are read in order and never held all at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent.errors import LedgerError
from consent.log import merkle
from consent.log.aligned import BATCH, Aligned
from consent.log.commitments import commitment, leaf_bytes
from consent.log.epochs import Signers, gap_at_end, signers
from consent.log.notes import Checkpoint, is_signed_alone, parse_checkpoint
from consent.log.tree_check import check_tree
from consent.log.witness_check import check_cosignatures
from consent.models import LogCheckpointRow, LogDetailRow, LogEntryRow, LogNodeRow
from consent.proof.record_check import check_records
from consent.proof.type_check import check_types

#: A row moved to an index far beyond the log must not make verification walk there.
_PLAUSIBLE = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold. `leaf_index` is the entry concerned; None: the whole log."""

    leaf_index: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found.

    Attributes:
        ok: Nothing was found.
        size: Entries in the log.
        findings: In the order of the entries.
        proven_size: How many entries an outside checkpoint proves to be whole; 0 without one.
        end_proven: The outside checkpoint covers the whole log.
        unlinked: Entries whose detail was deleted (retention, erasure); the tree holds without.
        summary: One or two sentences.
    """

    ok: bool
    size: int
    findings: tuple[Finding, ...]
    proven_size: int
    end_proven: bool
    unlinked: int
    summary: str


@dataclass(slots=True)
class _Walk:
    """What is known on the way along the entries.

    Attributes:
        peaks: Level and hash of the complete subtrees so far, largest first.
        diverged: A signed root did not fit: the ones after it cannot be compared.
    """

    signers: Signers
    watched_size: int
    watched_root: bytes = merkle.EMPTY_ROOT
    findings: list[Finding] = field(default_factory=list)
    peaks: list[tuple[int, bytes]] = field(default_factory=list)
    diverged: bool = False
    unlinked: int = 0

    def find(self, index: int | None, what: str) -> None:
        self.findings.append(Finding(index, what))


def verify(
    identity: Session,
    public_key: bytes,
    against: Checkpoint | None = None,
    *,
    progress: Callable[[int], None] | None = None,
) -> Verification:
    """Verify the whole log.

    Args:
        identity: A session of `Database.read()`, which sees one consistent state.
        public_key: The log's present Ed25519 key, from where the verifier keeps it.
        against: A checkpoint that was kept outside (by an edge, on a receipt, by a witness).
        progress: Told now and then how many entries were read, for whoever waits.
    """
    walk = _Walk(Signers(public_key), watched_size=against.size if against is not None else 0)
    for index, what in check_types(identity):
        walk.find(index, what)
    if walk.findings:
        size, proven = _rows(identity), 0
    else:
        walk.signers = signers(identity, public_key)
        size = _check_entries(identity, walk, progress or _nobody_waits)
        for index, what in (
            *check_tree(identity, size),
            *check_records(identity),
            *check_cosignatures(identity),
        ):
            walk.find(index, what)
        proven = _check_end(walk, size, against) if against is not None else 0
    found = tuple(sorted(walk.findings, key=lambda finding: finding.leaf_index or 0))
    return Verification(
        ok=not found,
        size=size,
        findings=found,
        proven_size=proven,
        end_proven=not found and proven == size > 0,
        unlinked=walk.unlinked,
        summary=_summary(size, found, proven),
    )


def _rows(identity: Session) -> int:
    return identity.scalar(select(func.count()).select_from(LogEntryRow)) or 0


def _nobody_waits(_entries: int) -> None:
    pass


def _check_entries(identity: Session, walk: _Walk, progress: Callable[[int], None]) -> int:
    """Steps 1 to 3; returns how many entries there are or should be."""
    keys = (LogEntryRow.leaf_index, LogDetailRow.leaf_index)
    last = max(identity.scalar(select(func.max(key))) or 0 for key in keys)
    signed = identity.scalar(select(func.max(LogCheckpointRow.tree_size))) or 0
    rows = _rows(identity)
    size = max(last + 1, signed) if rows or signed else 0
    if size > _PLAUSIBLE * (rows + 1):
        walk.find(None, f"Rows claim {size} entries where {rows} are: they were moved far away.")
        size = _PLAUSIBLE * (rows + 1)
    if identity.scalar(select(LogEntryRow.leaf_index).where(LogEntryRow.leaf_index < 0)):
        walk.find(None, "There are entries with an index below zero.")
    with (
        Aligned(identity, LogEntryRow, LogEntryRow.leaf_index) as entries,
        Aligned(identity, LogDetailRow, LogDetailRow.leaf_index) as details,
        Aligned(identity, LogNodeRow, LogNodeRow.position, LogNodeRow.level == 0) as hashes,
        Aligned(identity, LogCheckpointRow, LogCheckpointRow.tree_size) as notes,
    ):
        if notes.at(0) is not None:
            walk.find(None, "There is a checkpoint for an empty log.")
        for index in range(size):
            entry, detail, stored = entries.at(index), details.at(index), hashes.at(index)
            if index % BATCH == 0:
                progress(index)
            _check_leaf(walk, index, entry, detail)
            _check_checkpoint(walk, index, entry, stored, notes.at(index + 1))
            if index + 1 == walk.watched_size:
                walk.watched_root = _root(walk.peaks)
    return size


def _check_leaf(
    walk: _Walk, index: int, entry: LogEntryRow | None, detail: LogDetailRow | None
) -> None:
    if entry is None:
        walk.find(index, "The entry is missing.")
        return
    if detail is None:
        walk.unlinked += 1
        committed = _committed(entry.leaf)
    else:
        committed = commitment(detail.salt, detail.about, detail.actor, detail.detail)
    if leaf_bytes(index, entry.kind, entry.at, _committed(entry.leaf)) != entry.leaf:
        walk.find(index, "The entry's leaf does not say what its row says: altered or moved.")
    elif committed != _committed(entry.leaf):
        walk.find(index, "The entry's detail was altered: it does not open the commitment.")


def _committed(leaf: bytes) -> str:
    """Return the commitment that a leaf holds; it comes second in canonical JSON."""
    return leaf.partition(b'"commitment":"')[2].partition(b'"')[0].decode("ascii", "replace")


def _check_checkpoint(
    walk: _Walk,
    index: int,
    entry: LogEntryRow | None,
    stored: LogNodeRow | None,
    note: LogCheckpointRow | None,
) -> None:
    """Take the entry's hash into the tree: the one that was signed for, if any is."""
    own = merkle.leaf_hash(entry.leaf) if entry is not None else None
    kept = stored.hash if stored is not None else None
    if kept is None:
        walk.find(index, "The entry's hash is missing from the tree.")
    candidates = [hashed for hashed in (own, kept) if hashed is not None]
    checkpoint = _read_note(walk, index, note)
    signed = None
    if checkpoint is not None and not walk.diverged:
        fits = (h for h in candidates if _root(_with(walk.peaks, h)) == checkpoint.root)
        signed = next(fits, None)
        if signed is None:
            walk.diverged = True
            walk.find(
                index, "The signed root does not fit this entry: it or its place was altered."
            )
    if own is not None and kept is not None and own != kept:
        altered = "The entry's hash in the tree" if signed == own else "The entry"
        walk.find(index, f"{altered} was altered.")
    walk.peaks = _with(walk.peaks, signed or own or kept or bytes(32))


def _read_note(walk: _Walk, index: int, row: LogCheckpointRow | None) -> Checkpoint | None:
    if row is None:
        walk.find(index, "The checkpoint that signs for this entry is missing.")
        return None
    try:
        checkpoint = parse_checkpoint(row.note)
    except LedgerError:
        walk.find(index, "The checkpoint that signs for this entry was altered.")
        return None
    if checkpoint.size != index + 1 or not is_signed_alone(checkpoint, walk.signers.of(index + 1)):
        walk.find(index, "The checkpoint for this entry is not signed by this log's key.")
        return None
    return checkpoint


def _with(peaks: list[tuple[int, bytes]], leaf_hash: bytes) -> list[tuple[int, bytes]]:
    grown, level, folded = list(peaks), 0, leaf_hash
    while grown and grown[-1][0] == level:
        folded = merkle.node_hash(grown.pop()[1], folded)
        level += 1
    grown.append((level, folded))
    return grown


def _root(peaks: list[tuple[int, bytes]]) -> bytes:
    return merkle.fold([hashed for _, hashed in peaks])


def _check_end(walk: _Walk, size: int, against: Checkpoint) -> int:
    """Step 7; returns how many entries the outside checkpoint proves."""
    gap = gap_at_end(walk.signers, size, walk.watched_root, against)
    if gap is not None:
        walk.find(*gap)
    return 0 if gap is not None else against.size


def _summary(size: int, found: tuple[Finding, ...], proven: int) -> str:
    if found:
        places = sorted({f.leaf_index for f in found if f.leaf_index is not None})
        named = ", ".join(str(place) for place in places[:10]) + (" ..." if places[10:] else "")
        where = f"entries concerned: {named}" if places else "see the findings"
        return f"The log does not hold ({len(found)} findings; {where}). Keep this copy as it is."
    holds = f"The log holds: {size} entries, each signed for."
    if not proven:
        return f"{holds} End of log not proven: no outside checkpoint was given."
    if proven < size:
        return f"{holds} Proven by the outside checkpoint up to {proven}; end of log not proven."
    return f"{holds} The outside checkpoint proves its end."
