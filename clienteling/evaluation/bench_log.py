"""How the log's times grow with its length: appending, proving, checking a proof, verifying all.

Entries are made by `consent.log.ledger` itself in a temporary database, signed and committed as in
a shop. Filling commits a thousand at a time, because nobody waits for those; at each length,
appends with a commit of their own are measured too.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.db import migrate
from clienteling.evaluation.progress import counted
from consent import clock
from consent.keystore.keyring import KeyRing, open_keyring
from consent.keystore.roots.local import RootKey
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.merkle import leaf_hash
from consent.log.notes import parse_checkpoint
from consent.models import LogCheckpointRow, LogEntryRow
from consent.storage import Database, open_sqlite

_BATCH: Final = 1000
#: Single appends and proofs that are measured at each length.
_TURNS: Final = 100

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LogTimes:
    """The log at one length; medians.

    Attributes:
        entries: Entries in the log.
        append_ms: One entry, its tree hashes and signed checkpoint, committed to the disk.
        batched_ms: The same without a commit of its own: the work itself.
        prove_inclusion_ms: Finding the path of an entry anywhere in the log.
        prove_consistency_ms: Finding the path from any earlier length to this one.
        check_inclusion_ms: Checking such a path; needs no database.
        check_consistency_ms: The same for consistency.
        hashes: The longest path seen.
    """

    entries: int
    append_ms: float
    batched_ms: float
    prove_inclusion_ms: float
    prove_consistency_ms: float
    check_inclusion_ms: float
    check_consistency_ms: float
    hashes: int


@dataclass(frozen=True, slots=True)
class VerifyTime:
    """`clienteling log verify` over all of it: every entry, signature and hash.

    Attributes:
        entries: Entries in the log.
        seconds: From start to result.
        ok: It found nothing; anything else would be a fault of this program.
        file_mb: Size of the database.
    """

    entries: int
    seconds: float
    ok: bool
    file_mb: float


@dataclass(slots=True)
class _Sample:
    """Milliseconds of each turn."""

    prove_inclusion: list[float]
    prove_consistency: list[float]
    check_inclusion: list[float]
    check_consistency: list[float]
    hashes: int = 0


def lengths(most: int) -> tuple[int, ...]:
    """Return the lengths to measure at: a thousand, ten times as many each time, and `most`."""
    steps = (10**power for power in range(3, 10))
    return (*(step for step in steps if step < most), most)


def bench_log(sizes: Sequence[int], say: Say) -> Iterator[LogTimes | VerifyTime]:
    """Grow a log through `sizes` (rising, at least 200), measure at each, verify all at the end."""
    with _temporary_log() as (database, ring, file):
        for size in sizes:
            batched = _fill(database, ring, size - _TURNS, say)
            yield _measure(database, ring, batched)
        with database.read() as identity, counted(sizes[-1], "verified", say) as tell:
            newest = ledger.latest_checkpoint(identity)
            began = time.perf_counter()
            found = ledger.verify(identity, ring.log_public, newest, progress=tell)
            seconds = time.perf_counter() - began
        yield VerifyTime(found.size, seconds, found.ok, file.stat().st_size / 1e6)


@contextmanager
def _temporary_log() -> Iterator[tuple[Database, KeyRing, Path]]:
    with TemporaryDirectory(prefix="clienteling-bench-") as folder:
        databases = open_sqlite(Path(folder))
        try:
            migrate(databases)
            root = RootKey(secrets.token_bytes(32), development=True)
            ring = open_keyring(databases.keys, lambda: (root,), clock.now())
            yield databases.identity, ring, Path(folder) / "identity.db"
        finally:
            databases.close()


def _fill(database: Database, ring: KeyRing, target: int, say: Say) -> float:
    """Append up to `target` entries; return the milliseconds of one, median of the batches."""
    times = []
    with database.read() as identity:
        have = ledger.size(identity)
    with counted(target, "entries", say) as tell:
        while have < target:
            count = min(_BATCH, target - have)
            with database.write() as identity:
                times.append(_timed(partial(_append, identity, ring, count)) / count)
            have += count
            tell(have)
    return median(times)


def _append(identity: Session, ring: KeyRing, count: int) -> None:
    for _ in range(count):
        ledger.append(
            identity,
            ring,
            EventKind.CARD_READ,
            actor="bench",
            about=None,
            detail={"purposes": ["preferences"]},
            now=clock.now(),
        )


def _measure(database: Database, ring: KeyRing, batched: float) -> LogTimes:
    def append() -> None:
        with database.write() as identity:
            _append(identity, ring, 1)

    alone = [_timed(append) for _ in range(_TURNS)]
    with database.read() as identity:
        size = ledger.size(identity)
        sample = _Sample([], [], [], [])
        for _ in range(_TURNS):
            _prove(identity, size, sample)
    return LogTimes(
        entries=size,
        append_ms=median(alone),
        batched_ms=batched,
        prove_inclusion_ms=median(sample.prove_inclusion),
        prove_consistency_ms=median(sample.prove_consistency),
        check_inclusion_ms=median(sample.check_inclusion),
        check_consistency_ms=median(sample.check_consistency),
        hashes=sample.hashes,
    )


def _prove(identity: Session, size: int, sample: _Sample) -> None:
    """Prove and check one entry and one earlier length, chosen at random."""
    index, old = secrets.randbelow(size), 1 + secrets.randbelow(size - 1)
    root = ledger.latest_checkpoint(identity).root
    leaf = identity.scalars(select(LogEntryRow.leaf).where(LogEntryRow.leaf_index == index)).one()
    note = identity.scalars(
        select(LogCheckpointRow.note).where(LogCheckpointRow.tree_size == old)
    ).one()
    hashed, old_root = leaf_hash(leaf), parse_checkpoint(note).root

    began = time.perf_counter()
    path = ledger.inclusion_proof(identity, index, size)
    sample.prove_inclusion.append(_since(began))
    began = time.perf_counter()
    growth = ledger.consistency_proof(identity, old, size)
    sample.prove_consistency.append(_since(began))
    began = time.perf_counter()
    included = ledger.verify_inclusion(hashed, index, size, path, root)
    sample.check_inclusion.append(_since(began))
    began = time.perf_counter()
    grown = ledger.verify_consistency(old, size, old_root, root, growth)
    sample.check_consistency.append(_since(began))
    if not (included and grown):
        raise AssertionError(f"A proof of {size} entries does not hold.")
    sample.hashes = max(sample.hashes, len(path), len(growth))


def _timed(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return _since(began)


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1e3
