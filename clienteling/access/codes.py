"""One-time codes that people read out and type: random, easily read, kept as hashes only."""

import hashlib
import secrets
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})
_GROUP: Final = 4


def new_code(groups: int) -> str:
    """Return a code of so many groups of four, 20 random bits each, like `7K2M-9QTD`."""
    return "-".join(
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(groups)
    )


def code_hash(code: str, purpose: str) -> str:
    """Return the hash under which a code of this purpose is kept; hyphens and case count not."""
    plain = code.upper().translate(_LOOKALIKES)
    return hashlib.sha256(f"clienteling-{purpose}\n{plain}".encode()).hexdigest()
