"""A shop's counsel with a key, who signs profiles for tests."""

from datetime import date, timedelta

import tomli_w
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.log.notes import sign_text, verifier_key
from consent.region.profiles import load_profile

COUNSEL = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NAME = "roe.example"
VKEY = verifier_key(NAME, COUNSEL.public_key().public_bytes_raw())
SIGNED = date(2026, 11, 1)


def draft(base: str = "us-il", **changes: object) -> str:
    """What counsel writes: zone and ambient allowed, unless told otherwise."""
    lift = {"reason": "closed club, every member signed", "source": "memo 12"}
    values = {
        "base": base,
        "base_sha256": load_profile(base).sha256,
        "counsel": "J. Roe, Roe & Partners LLP",
        "signed": SIGNED,
        "expires": SIGNED + timedelta(365),
        "reason": "members only",
        "lift": {"ambient": lift, "zone": lift},
    }
    return tomli_w.dumps(values | changes)


def signed(base: str = "us-il", **changes: object) -> str:
    """A profile with counsel's signature."""
    return sign_text(COUNSEL, NAME, draft(base, **changes))
