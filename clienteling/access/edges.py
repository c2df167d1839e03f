"""Whether a request really comes from a paired edge, now, and for the first time (R48)."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from clienteling.access.devices import EDGES, PairedDevice, paired, public_key
from clienteling.access.models import DeviceRow
from clienteling.edge_protocol import (
    MAX_SKEW_SECONDS,
    NONCE_MEMORY_SECONDS,
    ErrorCode,
    SignedHeaders,
    WireError,
    read_headers,
    request_message,
)
from clienteling.errors import ClientelingError


class EdgeRefusedError(ClientelingError):
    """The request is not taken; `code` is what the edge's program goes by."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        """Keep the code beside the sentence."""
        super().__init__(message)
        self.code: ErrorCode = code


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What is signed, as it arrived. `path_query` as in `edge_protocol.request_message`."""

    method: str
    path_query: str
    headers: Mapping[str, str]
    body: bytes


class NonceMemory:
    """Nonces seen in the last minute, which is longer than a request stays acceptable.

    In memory: a sighting that is replayed after a restart still fails on its stored number.
    """

    def __init__(self) -> None:
        """Start with none seen."""
        self._seen: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    def first_time(self, device_id: str, nonce: str, now: datetime) -> bool:
        """Remember a nonce; False if it was seen already."""
        limit = now - timedelta(seconds=NONCE_MEMORY_SECONDS)
        with self._lock:
            for old in [key for key, at in self._seen.items() if at < limit]:
                del self._seen[old]
            if (device_id, nonce) in self._seen:
                return False
            self._seen[device_id, nonce] = now
            return True


def verify_edge_request(
    identity: Session, nonces: NonceMemory, request: SignedRequest, now: datetime
) -> PairedDevice:
    """Return the edge that sent this request.

    The caller still owes: what the body says (sequence, camera, window, lease, consent).

    Raises:
        EdgeRefusedError: one of the steps below fails.
    """
    # 1. The four signature headers are there and in shape.
    try:
        signed = read_headers(request.headers)
    except WireError as error:
        raise EdgeRefusedError("bad_signature", str(error)) from error
    # 2. The device is a paired edge that was not revoked.
    row = identity.get(DeviceRow, signed.device_id)
    if row is None or row.kind not in EDGES:
        raise EdgeRefusedError("bad_signature", "This camera is not paired here. Pair it again.")
    if row.revoked_at is not None:
        raise EdgeRefusedError("revoked", "This camera's pairing was ended. Pair it again.")
    # 3. Its signature fits method, path, time, nonce and body.
    if not _fits(public_key(row.sign_public), signed, request):
        raise EdgeRefusedError("bad_signature", "The signature does not fit the request.")
    # 4. It is at most 30 seconds old, by a clock at most 30 seconds off.
    if abs((now - signed.at).total_seconds()) > MAX_SKEW_SECONDS:
        raise EdgeRefusedError(
            "clock_skew", "The request is too old, or the camera's clock is off. Set its clock."
        )
    # 5. It was not seen before.
    if not nonces.first_time(row.id, signed.nonce, now):
        raise EdgeRefusedError("replayed", "This request was received already.")
    return paired(row)


def _fits(public: bytes, signed: SignedHeaders, request: SignedRequest) -> bool:
    message = request_message(
        request.method, request.path_query, signed.time, signed.nonce, request.body
    )
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed.signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
