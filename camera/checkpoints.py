"""The newest checkpoint of the hub's log, kept at the camera so that a rewritten log shows.

The camera takes a new one only with a proof that the log it signs for begins with the one that is
held (RFC 9162 §2.1.4.2), and, where pairing gave the log's key, only under that key.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from clienteling.edge_protocol import WireError
from consent.errors import LedgerError
from consent.log.merkle import verify_consistency
from consent.log.notes import Checkpoint, is_signed, parse_checkpoint, parse_verifier_key

#: Why a checkpoint cannot follow the one that is held; both are states that a camera reports.
Break: TypeAlias = Literal["log_rolled_back", "log_unproven"]


def read_checkpoint(note: str) -> Checkpoint:
    """Return what a signed note says.

    Raises:
        WireError: it is not a checkpoint.
    """
    try:
        return parse_checkpoint(note)
    except LedgerError as error:
        raise WireError("The hub sent a checkpoint of its log that cannot be read.") from error


def break_of(
    held: Checkpoint | None, offered: Checkpoint, proof: Sequence[bytes] | None, log_key: str
) -> Break | None:
    """Return why `offered` does not follow `held`; None: it does, or none is held yet.

    Args:
        held: The newest that was taken.
        offered: The hub's.
        proof: The hub's consistency proof from the one to the other; None: it sent none.
        log_key: The log's verifier key as pairing gave it; empty: a hub of an earlier version.
    """
    if log_key and not is_signed(offered, parse_verifier_key(log_key)[1]):
        return "log_unproven"
    if held is None:
        return None
    if offered.origin != held.origin or offered.size < held.size:
        return "log_rolled_back"
    if offered.size == held.size and offered.root == held.root:
        return None
    proven = proof is not None and verify_consistency(
        held.size, offered.size, held.root, offered.root, proof
    )
    return None if proven else "log_unproven"
