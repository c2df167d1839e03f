"""Checking the stored tree of the log: every node is the hash of its two children."""

from collections.abc import Iterable, Iterator
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from consent.log import merkle
from consent.models import LogNodeRow

_BATCH = 1000


def check_tree(identity: Session, size: int) -> Iterator[tuple[int | None, str]]:
    """Yield (first entry concerned, what) for each stored node that is wrong, missing or too much.

    Level 0 is compared with the leaves elsewhere.
    """
    for level, position in _beyond(identity, size):
        yield position << level, "There is a hash in the tree for entries that do not exist."
    for level in range(1, size.bit_length()):
        yield from _check_level(identity, level, size >> level)


def _beyond(identity: Session, size: int) -> list[tuple[int, int]]:
    rows = identity.execute(
        select(LogNodeRow.level, func.max(LogNodeRow.position), func.min(LogNodeRow.position))
        .group_by(LogNodeRow.level)
        .order_by(LogNodeRow.level)
    )
    return [
        (max(level, 0), last)
        for level, last, first in rows
        if level < 0 or first < 0 or last >= size >> level
    ]


def _check_level(identity: Session, level: int, expected: int) -> Iterator[tuple[int, str]]:
    left, right = aliased(LogNodeRow), aliased(LogNodeRow)
    below = level - 1
    query = (
        select(LogNodeRow.position, LogNodeRow.hash, left.hash, right.hash)
        .outerjoin(left, (left.level == below) & (left.position == LogNodeRow.position * 2))
        .outerjoin(right, (right.level == below) & (right.position == LogNodeRow.position * 2 + 1))
        .where(LogNodeRow.level == level, LogNodeRow.position.between(0, expected - 1))
        .order_by(LogNodeRow.position)
    )
    awaited = 0
    rows = cast(
        "Iterable[tuple[int, bytes, bytes | None, bytes | None]]",  # outer joins may be empty
        identity.execute(query.execution_options(yield_per=_BATCH)),
    )
    for position, hashed, one, other in rows:
        for gap in range(awaited, position):
            yield gap << level, _missing(gap, level)
        awaited = position + 1
        if one is None or other is None:
            continue  # reported on the level below
        if merkle.node_hash(one, other) != hashed:
            first, last = position << level, (position + 1 << level) - 1
            yield first, f"A hash in the tree over entries {first} to {last} was altered."
    for gap in range(awaited, expected):
        yield gap << level, _missing(gap, level)


def _missing(position: int, level: int) -> str:
    first, last = position << level, (position + 1 << level) - 1
    return f"The hash in the tree over entries {first} to {last} is missing."
