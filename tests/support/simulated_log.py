"""A log without a database, for a simulated hub: its leaves are numbers."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.log import merkle
from consent.log.notes import origin_of, sign_checkpoint, verifier_key

#: Entries from here on differ in the rewritten log.
REWRITTEN_FROM = 4


class SimulatedLog:
    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    @property
    def verifier_key(self) -> str:
        public = self._key.public_key().public_bytes_raw()
        return verifier_key(origin_of(public), public)

    def checkpoint(self, size: int, *, rewritten: bool = False) -> str:
        root = merkle.root(size, _nodes(size, rewritten=rewritten).__getitem__)
        return sign_checkpoint(self._key, size, root).note

    def proof(
        self, old: int | None, new: int, *, rewritten: bool = False
    ) -> tuple[bytes, ...] | None:
        if old is None or old > new:
            return None
        nodes = _nodes(new, rewritten=rewritten)
        return merkle.proof(merkle.consistency_subtrees(old, new), nodes.__getitem__)


def _nodes(size: int, *, rewritten: bool) -> dict[merkle.NodeId, bytes]:
    nodes: dict[merkle.NodeId, bytes] = {}
    for index in range(size):
        other = rewritten and index >= REWRITTEN_FROM
        nodes[0, index] = merkle.leaf_hash(f"{'other' if other else ''}{index}".encode())
        for level, position in merkle.completed_by(index):
            pair = nodes[level - 1, position * 2], nodes[level - 1, position * 2 + 1]
            nodes[level, position] = merkle.node_hash(*pair)
    return nodes
