"""Checking the cosignatures that are kept: each is its witness's, over the checkpoint as it stands.

They are copies of what witnesses hold, and lie in the same file: whoever alters the file and leaves
them gives himself away. What proves more is the witness's own copy (`log verify --against`).
"""

from collections.abc import Iterable, Iterator
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.clock import stamp
from consent.errors import LedgerError
from consent.log.cosignatures import time_of
from consent.log.notes import parse_checkpoint
from consent.models import LogCheckpointRow, LogCosignatureRow, LogWitnessRow

_BATCH = 500
_GONE = "A witness cosigned this entry, and its checkpoint is no longer there."
_OTHER = "A witness's cosignature does not fit the checkpoint of this entry."


def check_cosignatures(identity: Session) -> Iterator[tuple[int, str]]:
    """Yield (entry, what) for each cosignature that does not fit the checkpoint of its entry."""
    query = (
        select(
            LogCosignatureRow.tree_size,
            LogCosignatureRow.at,
            LogCosignatureRow.line,
            LogCosignatureRow.witness,
            LogWitnessRow.public,
            LogCheckpointRow.note,
        )
        .outerjoin(LogWitnessRow, LogWitnessRow.name == LogCosignatureRow.witness)
        .outerjoin(LogCheckpointRow, LogCheckpointRow.tree_size == LogCosignatureRow.tree_size)
        .order_by(LogCosignatureRow.tree_size)
    )
    rows = cast(
        "Iterable[tuple[int, str, str, str, bytes | None, str | None]]",  # outer joins may be empty
        identity.execute(query.execution_options(yield_per=_BATCH)),
    )
    for size, at, line, name, public, note in rows:
        if note is None:
            yield size - 1, _GONE
        elif public is None or not _fits(note, at, line, name, public):
            yield size - 1, _OTHER


def _fits(note: str, at: str, line: str, name: str, public: bytes) -> bool:
    try:
        made = time_of(parse_checkpoint(note), line, name, public)
    except LedgerError:
        return True  # said of the checkpoint itself
    return made is not None and stamp(made) == at
