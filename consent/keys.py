"""The key hierarchy: root key, store key, one data key per subject and purpose, service keys.

Wrapped keys lie in the key database and nowhere else. Destroying a data key makes everything that
it sealed unreadable, in backups too once the last copy of the key database is gone.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from consent.canonical import canonical
from consent.clock import stamp
from consent.errors import KeyUnavailableError, SealError
from consent.models import DataKeyRow, ServiceKeyRow, StoreKeyRow
from consent.purposes import Purpose
from consent.records import Grant
from consent.rootkey import RootKey, create_root, open_root
from consent.sealing import AssociatedData, Opener, new_key, seal, unseal
from consent.storage import Database

__all__ = [
    "DataKey",
    "KeyRing",
    "RootKey",
    "create_data_key",
    "create_root",
    "data_key",
    "destroy_data_keys",
    "open_keyring",
    "open_root",
    "seal_for",
    "unseal_for",
    "unseal_for_into",
]

#: NIST SP 800-38D: at most 2^32 seals with random nonces under one key (R21).
MAX_SEALS = 2**32

LOG_SIGNING = "log-signing"
RECEIPT_SIGNING = "receipt-signing"
LOOKUP = "lookup"
RECEIPT_CODE = "receipt-code"
WEB_SESSION = "web-session"
_SERVICE_KEYS = (LOG_SIGNING, RECEIPT_SIGNING, LOOKUP, RECEIPT_CODE, WEB_SESSION)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The opened keys of one store's hub; build it once, at the root, and pass it on.

    Attributes:
        development: The root key lay in a plain file: not for real customers.
        store_key_id: Which store key wraps the data keys.
        store_key: 32 bytes.
        log_signing: Signs checkpoints.
        receipt_signing: Signs receipts.
        lookup: HMAC key for look-ups by e-mail, phone or card.
        receipt_code: HMAC key for withdrawal codes.
        web_session: Secret of the web application's sessions.
    """

    development: bool
    store_key_id: str
    store_key: bytes = field(repr=False)
    log_signing: Ed25519PrivateKey = field(repr=False)
    receipt_signing: Ed25519PrivateKey = field(repr=False)
    lookup: bytes = field(repr=False)
    receipt_code: bytes = field(repr=False)
    web_session: bytes = field(repr=False)

    @property
    def log_public(self) -> bytes:
        """Ed25519 key (32 bytes) that verifies checkpoints."""
        return self.log_signing.public_key().public_bytes_raw()

    @property
    def receipt_public(self) -> bytes:
        """Ed25519 key (32 bytes) that verifies receipts."""
        return self.receipt_signing.public_key().public_bytes_raw()


@dataclass(frozen=True, slots=True)
class DataKey:
    """An opened data key of one subject and purpose."""

    key_id: str
    secret: bytes = field(repr=False)


def open_keyring(keys: Database, root: RootKey, now: datetime) -> KeyRing:
    """Open the store's and the service's keys; the first time, make them.

    Raises:
        KeyUnavailableError: the root key is not the one that wrapped them.
    """
    with keys.read() as session:
        complete = _is_complete(session)
    if not complete:
        with keys.write() as session:
            _create_missing(session, root, now)
    with keys.read() as session:
        store = session.scalars(select(StoreKeyRow)).one()
        wrapped = {row.name: row.wrapped for row in session.scalars(select(ServiceKeyRow))}
    secret = {name: _unwrap(root.secret, wrapped[name], "service", name) for name in _SERVICE_KEYS}
    return KeyRing(
        development=root.development,
        store_key_id=store.id,
        store_key=_unwrap(root.secret, store.wrapped, "store", store.id),
        log_signing=Ed25519PrivateKey.from_private_bytes(secret[LOG_SIGNING]),
        receipt_signing=Ed25519PrivateKey.from_private_bytes(secret[RECEIPT_SIGNING]),
        lookup=secret[LOOKUP],
        receipt_code=secret[RECEIPT_CODE],
        web_session=secret[WEB_SESSION],
    )


def _is_complete(session: Session) -> bool:
    names = set(session.scalars(select(ServiceKeyRow.name)))
    return session.scalar(select(StoreKeyRow.id)) is not None and names.issuperset(_SERVICE_KEYS)


def _create_missing(session: Session, root: RootKey, now: datetime) -> None:
    at = stamp(now)
    if session.scalar(select(StoreKeyRow.id)) is None:
        store_id = str(uuid.uuid4())
        wrapped = _wrap(root.secret, new_key(), "store", store_id)
        session.add(StoreKeyRow(id=store_id, created_at=at, wrapped=wrapped))
    known = set(session.scalars(select(ServiceKeyRow.name)))
    for name in _SERVICE_KEYS:
        if name not in known:
            wrapped = _wrap(root.secret, new_key(), "service", name)
            session.add(ServiceKeyRow(name=name, created_at=at, wrapped=wrapped))


def create_data_key(session: Session, ring: KeyRing, grant: Grant, now: datetime) -> None:
    """Make the data key of the grant's subject and purpose; nothing happens if it is there."""
    if session.get(DataKeyRow, (grant.subject_id, grant.purpose.value)) is not None:
        return
    key_id = str(uuid.uuid4())
    session.add(
        DataKeyRow(
            subject_id=grant.subject_id,
            purpose=grant.purpose.value,
            key_id=key_id,
            store_key_id=ring.store_key_id,
            created_at=stamp(now),
            wrapped=_wrap(ring.store_key, new_key(), "data", key_id, grant),
            uses=0,
        )
    )
    session.flush()


def data_key(session: Session, ring: KeyRing, grant: Grant) -> DataKey:
    """Open the data key; having a grant is the permission to.

    Raises:
        KeyUnavailableError: destroyed, never made, or not under this store key.
    """
    row = session.get(DataKeyRow, (grant.subject_id, grant.purpose.value))
    if row is None:
        raise KeyUnavailableError(
            f"The key for {grant.purpose.value!r} of this customer is destroyed or was never made. "
            "What it sealed cannot be read again."
        )
    return DataKey(row.key_id, _unwrap(ring.store_key, row.wrapped, "data", row.key_id, grant))


def destroy_data_keys(session: Session, subject_id: str, purposes: Iterable[Purpose]) -> int:
    """Delete the data keys of the subject for these purposes; returns how many there were."""
    names = [purpose.value for purpose in purposes]
    result = session.execute(
        delete(DataKeyRow).where(DataKeyRow.subject_id == subject_id, DataKeyRow.purpose.in_(names))
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


def seal_for(
    session: Session,
    ring: KeyRing,
    grant: Grant,
    plaintext: bytes | memoryview,
    aad: AssociatedData,
) -> bytes:
    """Seal under the grant's data key, and count it (R21). Needs a writing session.

    Raises:
        KeyUnavailableError: no key, or the key is used up.
        SealError: `aad` names another subject, purpose or consent than the grant.
    """
    _check_binding(grant, aad)
    key = data_key(session, ring, grant)
    result = session.execute(
        update(DataKeyRow)
        .where(DataKeyRow.key_id == key.key_id, DataKeyRow.uses < MAX_SEALS)
        .values(uses=DataKeyRow.uses + 1)
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise KeyUnavailableError(
            "This key has sealed as often as it safely can. Ask the customer to join again."
        )
    return seal(key.secret, plaintext, aad.encode())


def unseal_for(
    session: Session, ring: KeyRing, grant: Grant, sealed: bytes, aad: AssociatedData
) -> bytes:
    """Open what `seal_for` sealed for this grant.

    Raises:
        KeyUnavailableError: the key is gone.
        SealError: damaged, moved, or bound to something else.
    """
    _check_binding(grant, aad)
    return unseal(data_key(session, ring, grant).secret, sealed, aad.encode())


def unseal_for_into(
    session: Session,
    ring: KeyRing,
    grant: Grant,
    sealed: bytes,
    aad: AssociatedData,
    buffer: memoryview,
) -> None:
    """As `unseal_for`, into a buffer (exactly as long) that its owner can overwrite."""
    _check_binding(grant, aad)
    Opener(data_key(session, ring, grant).secret).into(sealed, aad.encode(), buffer)


def _check_binding(grant: Grant, aad: AssociatedData) -> None:
    if (aad.subject, aad.purpose, aad.consent_id) != (
        grant.subject_id,
        grant.purpose.value,
        grant.consent_id,
    ):
        raise SealError("The data is to be bound to another consent than the one that allows it.")


def _wrapping(kind: str, name: str, grant: Grant | None) -> bytes:
    owner = (grant.subject_id, grant.purpose.value) if grant else ()
    return canonical(["clienteling key v1", kind, name, *owner])


def _wrap(key: bytes, secret: bytes, kind: str, name: str, grant: Grant | None = None) -> bytes:
    return seal(key, secret, _wrapping(kind, name, grant))


def _unwrap(key: bytes, wrapped: bytes, kind: str, name: str, grant: Grant | None = None) -> bytes:
    try:
        return unseal(key, wrapped, _wrapping(kind, name, grant))
    except SealError as error:
        raise KeyUnavailableError(
            f"The {kind} key {name!r} does not open: damaged, or the key above it is another one. "
            "Restore the root key and the key database that belong together."
        ) from error
