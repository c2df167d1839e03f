"""The tree against the known vectors of the RFC, and against its definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import merkle

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


def test_an_inclusion_path_is_that_of_the_reference_vectors() -> None:
    path = merkle.proof(merkle.inclusion_subtrees(5, 8), _nodes(LEAVES).__getitem__)
    assert [step.hex() for step in path] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_a_consistency_path_is_that_of_the_reference_vectors() -> None:
    path = merkle.proof(merkle.consistency_subtrees(6, 8), _nodes(LEAVES).__getitem__)
    assert [step.hex() for step in path] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


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
