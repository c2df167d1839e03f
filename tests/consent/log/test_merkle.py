"""The tree against the known vectors of the RFC, and against its definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency

from consent.log import merkle

#: Leaves and roots of the reference tests of Certificate Transparency.
LEAVES = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def _definition(leaves: tuple[bytes, ...]) -> bytes:
    """RFC 9162 section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = _definition(leaves[:split]), _definition(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def _subproof(old: int, leaves: tuple[bytes, ...], *, whole: bool = True) -> list[bytes]:
    """RFC 9162 section 2.1.4.1, word for word."""
    if old == len(leaves):
        return [] if whole else [_definition(leaves)]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if old <= split:
        return [*_subproof(old, leaves[:split], whole=whole), _definition(leaves[split:])]
    return [*_subproof(old - split, leaves[split:], whole=False), _definition(leaves[:split])]


def _nodes(leaves: tuple[bytes, ...]) -> dict[merkle.NodeId, bytes]:
    nodes: dict[merkle.NodeId, bytes] = {}
    for index, leaf in enumerate(leaves):
        nodes[0, index] = merkle.leaf_hash(leaf)
        for level, position in merkle.completed_by(index):
            nodes[level, position] = merkle.node_hash(
                nodes[level - 1, position * 2], nodes[level - 1, position * 2 + 1]
            )
    return nodes


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_that_of_the_reference_vectors(size: int) -> None:
    nodes = _nodes(LEAVES[:size])
    assert merkle.root(size, nodes.__getitem__).hex() == ROOTS[size]


#: The hashes that occur in the reference paths, by the leaves that they are over.
H1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
H23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
H4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
H45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
H67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
H4567 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
H0, H01, H0123 = ROOTS[1], ROOTS[2], ROOTS[4]

#: (index, size, path) of the reference tests, which count leaves from 1 where we count from 0.
PATHS = (
    (0, 1, ()),
    (1, 2, (H0,)),
    (2, 3, (H01,)),
    (1, 5, (H0, H23, H4)),
    (0, 8, (H1, H23, H4567)),
    (5, 8, (H4, H67, H0123)),
)
#: (old size, new size, path) of the reference tests.
GROWTHS = (
    (1, 1, ()),
    (2, 5, (H23, H4)),
    (2, 8, (H23, H4567)),
    (1, 8, (H1, H23, H4567)),
    (6, 8, (H45, H67, H0123)),
)


@pytest.mark.parametrize(("index", "size", "expected"), PATHS)
def test_an_inclusion_path_is_that_of_the_reference_vectors(
    index: int, size: int, expected: tuple[str, ...]
) -> None:
    path = merkle.proof(merkle.inclusion_subtrees(index, size), _nodes(LEAVES).__getitem__)
    assert tuple(step.hex() for step in path) == expected
    root = bytes.fromhex(ROOTS[size])
    assert merkle.verify_inclusion(merkle.leaf_hash(LEAVES[index]), index, size, path, root)


@pytest.mark.parametrize(("old", "new", "expected"), GROWTHS)
def test_a_consistency_path_is_that_of_the_reference_vectors(
    old: int, new: int, expected: tuple[str, ...]
) -> None:
    path = merkle.proof(merkle.consistency_subtrees(old, new), _nodes(LEAVES).__getitem__)
    assert tuple(step.hex() for step in path) == expected
    before, after = bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new])
    assert merkle.verify_consistency(old, new, before, after, path)


def _pairs(most: int) -> list[tuple[int, int]]:
    return [(old, new) for new in range(1, most + 1) for old in range(new + 1)]


@pytest.mark.parametrize(("old", "new"), _pairs(8))
def test_every_pair_of_sizes_up_to_eight_agrees_with_pymerkle(old: int, new: int) -> None:
    _agrees_with_pymerkle(LEAVES, old, new)


def _agrees_with_pymerkle(leaves: tuple[bytes, ...], old: int, new: int) -> None:
    """Roots, inclusion and consistency are those of pymerkle, and each side takes the other's."""
    oracle = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        oracle.append_entry(leaf)
    nodes = _nodes(leaves).__getitem__
    before, after = merkle.root(old, nodes), merkle.root(new, nodes)
    assert after == oracle.get_root(new)
    assert before == oracle.get_root(old)
    for index in {0, new // 2, new - 1}:
        theirs = oracle.prove_inclusion(index + 1, new)
        ours = merkle.proof(merkle.inclusion_subtrees(index, new), nodes)
        # pymerkle puts the proven leaf itself first.
        assert list(ours) == theirs.path[1:]
        hashed = merkle.leaf_hash(leaves[index])
        assert merkle.verify_inclusion(hashed, index, new, theirs.path[1:], after)
    if 0 < old <= new:
        # Its path is of another form than the RFC's: each verifies its own, by the same roots.
        verify_consistency(before, after, oracle.prove_consistency(old, new))
        ours = merkle.proof(merkle.consistency_subtrees(old, new), nodes)
        assert list(ours) == _subproof(old, leaves[:new])
        assert merkle.verify_consistency(old, new, before, after, ours)


leaves_of = st.lists(st.binary(max_size=4), min_size=1, max_size=40).map(tuple)


@given(leaves_of)
def test_the_root_is_that_of_the_definition(leaves: tuple[bytes, ...]) -> None:
    assert merkle.root(len(leaves), _nodes(leaves).__getitem__) == _definition(leaves)


@given(leaves_of, st.data())
def test_every_entry_is_proven_and_nothing_else(
    leaves: tuple[bytes, ...], data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    path = merkle.proof(merkle.inclusion_subtrees(index, size), _nodes(leaves).__getitem__)
    root, leaf = _definition(leaves[:size]), merkle.leaf_hash(leaves[index])
    assert merkle.verify_inclusion(leaf, index, size, path, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"other leaf"), index, size, path, root)
    assert not merkle.verify_inclusion(leaf, index, size, (*path, bytes(32)), root)
    assert not merkle.verify_inclusion(leaf, index, size, path[:-1], root) or not path
    assert not merkle.verify_inclusion(leaf, size, size, path, root)


@given(leaves_of, st.data())
def test_every_growth_is_proven_and_no_rewriting(
    leaves: tuple[bytes, ...], data: st.DataObject
) -> None:
    new = data.draw(st.integers(1, len(leaves)))
    old = data.draw(st.integers(0, new))
    path = merkle.proof(merkle.consistency_subtrees(old, new), _nodes(leaves).__getitem__)
    before, after = _definition(leaves[:old]), _definition(leaves[:new])
    assert merkle.verify_consistency(old, new, before, after, path)
    assert not merkle.verify_consistency(old, new, bytes(32), after, path)
    assert not merkle.verify_consistency(new + 1, new, before, after, path)
    if 0 < old < new:
        assert not merkle.verify_consistency(old, new, before, bytes(32), path)
        assert not merkle.verify_consistency(old, new, before, after, ())
        assert not merkle.verify_consistency(old, new, before, after, (*path, bytes(32)))


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=200).map(tuple), st.data())
def test_any_tree_agrees_with_pymerkle(leaves: tuple[bytes, ...], data: st.DataObject) -> None:
    new = data.draw(st.integers(1, len(leaves)))
    _agrees_with_pymerkle(leaves, data.draw(st.integers(0, new)), new)
