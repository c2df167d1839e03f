"""Canonical JSON (RFC 8785): one byte sequence for one value, so that hashes hold."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import rfc8785

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"


def canonical(value: JSON) -> bytes:
    """Return the RFC 8785 form of `value`.

    Raises:
        ValueError: the value is not JSON, or holds an integer beyond 2^53.
    """
    return rfc8785.dumps(value)
