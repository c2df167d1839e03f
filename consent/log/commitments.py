"""What a leaf is made of: shared by the log, its verification and the check of a receipt."""

import hashlib
from collections.abc import Mapping

from consent.canonical import JSON, canonical


def commitment(salt: bytes, about: str | None, actor: str, detail: Mapping[str, JSON]) -> str:
    """Return the hex SHA-256 that a leaf holds for its detail."""
    committed = canonical({"about": about, "actor": actor, "detail": detail})
    return hashlib.sha256(salt + committed).hexdigest()


def leaf_bytes(index: int, kind: str, at: str, committed: str) -> bytes:
    """Return the leaf: RFC 8785 JSON that holds no personal data."""
    return canonical({"v": 1, "index": index, "kind": kind, "at": at, "commitment": committed})


def digest(body: Mapping[str, JSON]) -> str:
    """Return the hex SHA-256 of a consent record's body, as its log entry commits to it."""
    return hashlib.sha256(canonical(body)).hexdigest()
