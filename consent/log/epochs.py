"""Which key signs which part of the log: a log that was restored goes on under a new name.

A log that went back must not sign for its old name again: it would sign two histories. So whoever
restores a backup gives the log a new signing key, and with it a new origin. The first entry under
it, `log.restored`, names the key before; entries up to there stay signed by that one
(docs/decisions/0141).
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.errors import LedgerError
from consent.log.events import EventKind
from consent.log.notes import Checkpoint, is_signed, parse_verifier_key
from consent.models import LogDetailRow, LogEntryRow


@dataclass(frozen=True, slots=True)
class Signers:
    """The log's keys, by the size of the tree that they sign for.

    Attributes:
        current: Ed25519 key (32 bytes) that signs now.
        former: (entries kept, key) of each restore, oldest first.
    """

    current: bytes
    former: tuple[tuple[int, bytes], ...] = ()

    @property
    def keys(self) -> tuple[bytes, ...]:
        """Every key of this log, the present one first."""
        return (self.current, *(key for _, key in self.former))

    def of(self, size: int) -> bytes:
        """Return the key that signs for a tree of this size."""
        return next((key for kept, key in self.former if size <= kept), self.current)

    def lost_from(self, checkpoint: Checkpoint) -> int | None:
        """Return from which entry on its log was lost at a restore; None: it is the present log.

        Raises:
            LedgerError: no key of this log signed it.
        """
        if is_signed(checkpoint, self.current):
            return None
        for kept, key in self.former:
            if is_signed(checkpoint, key):
                return kept
        raise LedgerError("The outside checkpoint is not signed by this log's key.")


def signers(identity: Session, current: bytes) -> Signers:
    """Read the log's keys from its own entries; what these say is verified with all the others."""
    rows = identity.execute(
        select(LogEntryRow.leaf_index, LogDetailRow.detail)
        .join(LogDetailRow, LogDetailRow.leaf_index == LogEntryRow.leaf_index)
        .where(LogEntryRow.kind == EventKind.LOG_RESTORED.value)
        .order_by(LogEntryRow.leaf_index)
    )
    former = []
    for leaf_index, detail in rows:
        try:
            _, key = parse_verifier_key(detail["former_key"])
        except (LedgerError, KeyError, TypeError, AttributeError):
            continue  # altered: the signatures before it will not fit, and the detail neither
        former.append((leaf_index, key))
    return Signers(current, tuple(former))


def gap_at_end(
    known: Signers, size: int, watched_root: bytes, against: Checkpoint
) -> tuple[int | None, str] | None:
    """Return (entry, what) where the log is not what a checkpoint from outside covers, or None.

    Args:
        known: The log's keys.
        size: Entries in the log.
        watched_root: Root of the log's first `against.size` entries.
        against: The checkpoint.
    """
    try:
        kept = known.lost_from(against)
    except LedgerError as error:
        return None, str(error)
    if kept is not None and against.size > kept:
        return kept, (
            f"A backup was restored here: an outside checkpoint covers {against.size} entries of "
            f"the log before; entries {kept} to {against.size - 1} of it were lost."
        )
    if against.size > size:
        return None, (
            f"The log ends after {size} entries, but an outside checkpoint covers {against.size}: "
            f"entries {size} to {against.size - 1} were cut off, or an older copy was put back."
        )
    if watched_root != against.root:
        return None, (
            f"The first {against.size} entries are not those that the outside checkpoint covers: "
            "the log was rewritten."
        )
    return None
