"""How a device signs a request, and how the hub reads that signature."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clienteling.edge_protocol.messages import WireError
from consent.clock import parse, stamp

DEVICE_HEADER = "X-Clienteling-Device"
TIME_HEADER = "X-Clienteling-Time"
NONCE_HEADER = "X-Clienteling-Nonce"
SIGNATURE_HEADER = "X-Clienteling-Signature"


@dataclass(frozen=True, slots=True)
class SignedHeaders:
    """What a signed request says of itself. `time` and `nonce` are signed as they were sent."""

    device_id: str
    time: str
    nonce: str
    signature: bytes

    @property
    def at(self) -> datetime:
        return parse(self.time)


def request_message(method: str, path_query: str, time: str, nonce: str, body: bytes) -> bytes:
    """Return the bytes that a device signs.

    `path_query` is the path, and "?" with the query only if there is one, as sent.
    """
    digest = hashlib.sha256(body).hexdigest()
    lines = ("clienteling-edge-v1", method.upper(), path_query, time, nonce, digest)
    return "\n".join(lines).encode()


def sign_request(
    sign_key: Ed25519PrivateKey,
    device_id: str,
    method: str,
    path_query: str,
    body: bytes,
    *,
    now: datetime,
) -> dict[str, str]:
    """Return the four headers that sign one request; the nonce is fresh for each call."""
    time = stamp(now)
    nonce = _b64(secrets.token_bytes(16))
    signature = sign_key.sign(request_message(method, path_query, time, nonce, body))
    return {
        DEVICE_HEADER: device_id,
        TIME_HEADER: time,
        NONCE_HEADER: nonce,
        SIGNATURE_HEADER: _b64(signature),
    }


def read_headers(headers: Mapping[str, str]) -> SignedHeaders:
    """Return the signature headers in shape; whether they hold is for the caller to check.

    Raises:
        WireError: a header is missing or not of the right form.
    """
    try:
        signed = SignedHeaders(
            device_id=headers[DEVICE_HEADER],
            time=headers[TIME_HEADER],
            nonce=headers[NONCE_HEADER],
            signature=_unb64(headers[SIGNATURE_HEADER], 64),
        )
        _unb64(signed.nonce, 16)
        parse(signed.time)
    except (KeyError, ValueError, binascii.Error) as error:
        raise WireError("The request is not signed as this protocol asks.") from error
    return signed


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii")


def _unb64(text: str, length: int) -> bytes:
    data = base64.b64decode(text, altchars=b"-_", validate=True)
    if len(data) != length:
        raise ValueError("wrong length")
    return data
