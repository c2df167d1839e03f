"""The secret of a webhook, what it signs, and what is sealed under the webhook's own key."""

import base64
import os
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from standardwebhooks import Webhook

from consent.canonical import canonical
from consent.keystore.keys import KeyRing
from consent.sealing import KEY_BYTES, seal, unseal

_PREFIX = "whsec_"
_BYTES = 32
#: What a sealed secret is bound to; a sealed body is bound to the id of its delivery.
SECRET = "secret"  # noqa: S105  # no secret


def new_secret() -> str:
    """Return a random secret as Standard Webhooks writes it: whsec_ and base64 of 256 bits."""
    return _PREFIX + base64.b64encode(os.urandom(_BYTES)).decode()


def sealed(ring: KeyRing, webhook_id: str, item: str, text: str) -> bytes:
    """Seal a text to a webhook and to what it is."""
    return seal(_key(ring, webhook_id), text.encode(), _bound(item))


def opened(ring: KeyRing, webhook_id: str, item: str, content: bytes) -> str:
    """Return what `sealed` was given.

    Raises:
        SealError: damaged, moved, or sealed under the keys of another time.
    """
    return unseal(_key(ring, webhook_id), content, _bound(item)).decode()


def headers(secrets: Iterable[str], delivery_id: str, now: datetime, body: str) -> dict[str, str]:
    """Return the three headers of an attempt, signed with each secret."""
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(
            Webhook(secret).sign(delivery_id, now, body) for secret in secrets
        ),
    }


def _key(ring: KeyRing, webhook_id: str) -> bytes:
    info = canonical(["clienteling webhook v1", webhook_id])
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(ring.webhooks)


def _bound(item: str) -> bytes:
    return canonical(["clienteling webhook v1", item])
