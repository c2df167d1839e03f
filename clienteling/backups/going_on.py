"""After databases went back: the log goes on under a new key, and endings are replayed."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clienteling.errors import RefusedError
from clienteling.home import LOG_VKEY, SHOP_VKEYS, Home
from clienteling.retention.clock import ClockDoubtedError
from clienteling.retention.job import sweep
from clienteling.service.stop import stop
from consent.canonical import JSON
from consent.files import write_whole
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.notes import Checkpoint, origin_of, parse_verifier_key, verifier_key
from consent.log.verification import verify
from consent.replay import ACTOR, Replayed, owed, replay


@dataclass(frozen=True, slots=True)
class Gap:
    """What is known of the time between a backup and now.

    Attributes:
        made_at: When the backup was made.
        seen: Checkpoints of the log from then or later.
        former: The key that signed the log until then.
        complete: Whether all that ended since is known; if not, recognition is stopped.
        reason: Why the shop goes on though it is not.
    """

    made_at: str
    seen: Sequence[Checkpoint]
    former: bytes
    complete: bool
    reason: str | None


def keep_published(folder: Path) -> None:
    """Keep the log's published keys under its name: receipts from before need them.

    Raises:
        StorageError: the disk is full, or the folder cannot be written.
    """
    name, _ = parse_verifier_key((folder / LOG_VKEY).read_text(encoding="utf-8"))
    for published in (Path(LOG_VKEY), Path(SHOP_VKEYS)):
        kept_as = folder / f"{published.stem}-{name.rpartition('/')[2]}{published.suffix}"
        write_whole(kept_as, (folder / published).read_bytes())


def go_on(home: Home, gap: Gap) -> tuple[int, int, Replayed]:
    """Declare the gap in the log, end again what ended in it, and verify the whole.

    Returns the entries kept, those that were known, and what was replayed.

    Raises:
        RefusedError: the log does not hold. StorageError: the disk is full.
    """
    kept = _declare(home, gap)
    replayed = replay(home.office, home.memory.endings())
    with suppress(ClockDoubtedError):  # the next start says so, and sweeps once it is confirmed
        sweep(home.office)
    if not gap.complete:
        stop(home.office, actor=ACTOR)
    with home.databases.identity.read() as identity:
        verified = verify(identity, home.office.ring.log_public)
    if not verified.ok:
        raise RefusedError(
            f"The log in this backup does not hold: {verified.findings[0].what} Nothing was "
            "changed; take another backup."
        )
    home.memory.remember(home.databases.identity)
    for database in (home.databases.identity, home.databases.templates, home.databases.keys):
        database.scrub()
    return kept, max(kept, _longest(gap).size), replayed


def _longest(gap: Gap) -> Checkpoint:
    return max(gap.seen, key=lambda checkpoint: checkpoint.size)


def _declare(home: Home, gap: Gap) -> int:
    """Log that a backup was restored; returns the entries kept."""
    longest = _longest(gap)
    with home.databases.identity.write() as identity:
        kept = ledger.size(identity)
        missed = owed(identity, home.memory.endings())
        detail: dict[str, JSON] = {
            "backup": gap.made_at,
            "kept": kept,
            "known": longest.size,
            "seen": longest.note,
            "former_key": verifier_key(origin_of(gap.former), gap.former),
            "replayed": len(missed),
            "complete": gap.complete,
            "reason": gap.reason,
        }
        ledger.append(
            identity,
            home.office.ring,
            EventKind.LOG_RESTORED,
            actor=ACTOR,
            about=None,
            detail=detail,
            now=home.office.now(),
        )
    return kept
