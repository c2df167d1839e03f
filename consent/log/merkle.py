"""The Merkle tree of RFC 9162 section 2 (the same as RFC 6962's): hashes and proofs, no storage.

Node (level, position) is the hash of the complete subtree over the leaves position·2^level up to
(position+1)·2^level; level 0 are the leaf hashes. Every function that needs nodes is given
a function that finds them.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

NodeId: TypeAlias = tuple[int, int]
NodeOf: TypeAlias = Callable[[NodeId], bytes]

#: Root of the tree without leaves.
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf (prefix 0x00)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (prefix 0x01)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed_by(index: int) -> Iterator[NodeId]:
    """Yield the inner nodes that become complete when leaf `index` is added, lowest first."""
    level, position = 0, index
    while position & 1:
        level, position = level + 1, position >> 1
        yield level, position


def peaks(start: int, end: int) -> list[NodeId]:
    """Return the largest stored subtrees that tile the leaves start..end of an RFC 9162 subtree.

    `start` is a multiple of the smallest power of two that is at least end-start.
    """
    tiles = []
    while start < end:
        level = (end - start).bit_length() - 1
        tiles.append((level, start >> level))
        start += 1 << level
    return tiles


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over subtrees of falling size, at least one."""
    folded = hashes[-1]
    for left in reversed(hashes[:-1]):
        folded = node_hash(left, folded)
    return folded


def root(size: int, node: NodeOf) -> bytes:
    """Return the root of the tree over the first `size` leaves."""
    return fold([node(tile) for tile in peaks(0, size)]) if size else EMPTY_ROOT


def _split(size: int) -> int:
    """Return the largest power of two below `size` (size ≥ 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_subtrees(index: int, size: int) -> list[tuple[int, int]]:
    """Return the leaf ranges whose hashes prove leaf `index` in a tree of `size`, lowest first."""
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency_subtrees(old: int, new: int) -> list[tuple[int, int]]:
    """Return the leaf ranges whose hashes prove that size `new` extends size `old`."""
    if old in {0, new}:
        return []
    start, end, whole, path = 0, new, True, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start, whole = middle, False
    if not whole:
        path.append((start, end))
    return path[::-1]


def proof(subtrees: Sequence[tuple[int, int]], node: NodeOf) -> tuple[bytes, ...]:
    """Return the hashes of the leaf ranges."""
    return tuple(fold([node(tile) for tile in peaks(*subtree)]) for subtree in subtrees)


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes
) -> bool:
    """Tell whether `path` proves that this leaf hash is entry `index` of the tree (§2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, last, folded = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            folded = node_hash(step, folded)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            folded = node_hash(folded, step)
        first, last = first >> 1, last >> 1
    return last == 0 and folded == root_hash


def verify_consistency(  # noqa: C901  (the steps of the RFC, in its order)
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether `path` proves that the new tree extends the old one (§2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    oldfolded = newfolded = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            oldfolded, newfolded = node_hash(step, oldfolded), node_hash(step, newfolded)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            newfolded = node_hash(newfolded, step)
        first, last = first >> 1, last >> 1
    return last == 0 and oldfolded == old_root and newfolded == new_root
