"""The keys above the data keys: root key, store key, service keys. Opened, and made the first time.

The root key is opened when something under it must be opened, and not kept. Another process may
put a new store key or root key in place while this one runs (`rotation`,
`root_rotation`): a store key that is not remembered is read from the key database, with the
root key of that moment.
"""

import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from consent.clock import stamp
from consent.errors import KeyUnavailableError
from consent.keystore import transforms
from consent.keystore.roots import Root, Roots
from consent.keystore.transforms import TransformKeys
from consent.keystore.wrapping import binding, open_under
from consent.models import RootKeyRow, ServiceKeyRow, StoreKeyRow
from consent.sealing import MAX_SEALS, new_key
from consent.storage import Database

LOG_SIGNING = "log-signing"
RECEIPT_SIGNING = "receipt-signing"
LOOKUP = "lookup"
RECEIPT_CODE = "receipt-code"
WEB_SESSION = "web-session"
WEBHOOKS = "webhooks"
_SERVICE_KEYS = (LOG_SIGNING, RECEIPT_SIGNING, LOOKUP, RECEIPT_CODE, WEB_SESSION, WEBHOOKS)


@dataclass(frozen=True, slots=True)
class StoreKey:
    """An opened store key."""

    id: str
    secret: bytes = field(repr=False)


class StoreKeys:
    """The store keys, opened when they are first needed. Any thread may ask.

    Usually there is one; during a rotation two, and both open what they wrapped.
    """

    def __init__(self, roots: Roots) -> None:
        """Take what opens the root key; nothing is opened yet."""
        self._roots = roots
        self._opened: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def current(self, session: Session) -> StoreKey:
        """Return the key that new data keys are wrapped with.

        Raises:
            KeyUnavailableError: there is none, or it does not open.
        """
        key_id = _current(session).id
        return StoreKey(key_id, self.get(session, key_id))

    def get(self, session: Session, key_id: str) -> bytes:
        """Return the key with this id, 32 bytes.

        Raises:
            KeyUnavailableError: it was rotated away, or it does not open.
        """
        secret = self._opened.get(key_id)
        if secret is not None:
            return secret
        with self._lock:
            if key_id not in self._opened:
                row = session.get(StoreKeyRow, key_id)
                if row is None:
                    raise KeyUnavailableError(
                        "The store key was rotated while this was read. Try again."
                    )
                self._opened[key_id] = open_under(self._roots(), row.wrapped, "store", key_id)
            return self._opened[key_id]

    def remember(self, key: StoreKey) -> None:
        """Take a key that was opened already."""
        self._opened[key.id] = key.secret

    def count(self, session: Session, key_id: str, wraps: int = 1) -> None:
        """Count data keys that are about to be wrapped with this key (R21).

        Raises:
            KeyUnavailableError: the key is used up.
        """
        result = session.execute(
            update(StoreKeyRow)
            .where(StoreKeyRow.id == key_id, StoreKeyRow.uses <= MAX_SEALS - wraps)
            .values(uses=StoreKeyRow.uses + wraps)
        )
        assert isinstance(result, CursorResult)
        if result.rowcount != 1:
            raise KeyUnavailableError(
                "The store key has wrapped as many keys as it safely can. "
                "Run `clienteling keys rotate store`."
            )

    def forget_removed(self, keys: Database) -> None:
        """Let go of what was rotated away meanwhile; costs nothing while there is one key."""
        if len(self._opened) > 1:
            with keys.read() as session, self._lock:
                left = set(session.scalars(select(StoreKeyRow.id)))
                self._opened = {name: key for name, key in self._opened.items() if name in left}


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one store's hub; build it once, at the root, and pass it on.

    Attributes:
        development: The root key lay in a plain file: not for real customers.
        roots: Opens the root key.
        stores: Wrap the data keys.
        transforms: Turn the store's templates (R23).
        log_signing: Signs checkpoints.
        receipt_signing: Signs receipts.
        lookup: HMAC key for look-ups by e-mail, phone or card.
        receipt_code: HMAC key for withdrawal codes.
        web_session: Secret of the web application's sessions.
        webhooks: Behind the key of each webhook, which seals its secret and what it is told.
    """

    development: bool
    roots: Roots = field(repr=False)
    stores: StoreKeys = field(repr=False)
    transforms: TransformKeys = field(repr=False)
    log_signing: Ed25519PrivateKey = field(repr=False)
    receipt_signing: Ed25519PrivateKey = field(repr=False)
    lookup: bytes = field(repr=False)
    receipt_code: bytes = field(repr=False)
    web_session: bytes = field(repr=False)
    webhooks: bytes = field(repr=False)

    @property
    def log_public(self) -> bytes:
        """Ed25519 key (32 bytes) that verifies checkpoints."""
        return self.log_signing.public_key().public_bytes_raw()

    @property
    def receipt_public(self) -> bytes:
        """Ed25519 key (32 bytes) that verifies receipts."""
        return self.receipt_signing.public_key().public_bytes_raw()


def open_keyring(keys: Database, roots: Roots, now: datetime) -> KeyRing:
    """Open the service's keys and the store's current one; the first time, make them.

    Raises:
        KeyUnavailableError: the root key cannot be opened, or is not the one that wrapped them.
    """
    opened = roots()
    with keys.read() as session:
        complete = _is_complete(session)
    if not complete:
        with keys.write() as session:
            _create_missing(session, opened[0], now)
    stores = StoreKeys(roots)
    with keys.read() as session:
        wrapped = {row.name: row.wrapped for row in session.scalars(select(ServiceKeyRow))}
        secret = {
            name: open_under(opened, wrapped[name], "service", name) for name in _SERVICE_KEYS
        }
        store = _current(session)
        stores.remember(StoreKey(store.id, open_under(opened, store.wrapped, "store", store.id)))
    return KeyRing(
        development=opened[0].development,
        roots=roots,
        stores=stores,
        transforms=TransformKeys(roots),
        log_signing=Ed25519PrivateKey.from_private_bytes(secret[LOG_SIGNING]),
        receipt_signing=Ed25519PrivateKey.from_private_bytes(secret[RECEIPT_SIGNING]),
        lookup=secret[LOOKUP],
        receipt_code=secret[RECEIPT_CODE],
        web_session=secret[WEB_SESSION],
        webhooks=secret[WEBHOOKS],
    )


def renew_log_key(keys: Database, roots: Roots, now: datetime) -> None:
    """Replace the key that signs the log; its name changes with it (`consent.log.epochs`).

    Raises:
        KeyUnavailableError: the root key cannot be opened.
    """
    wrapped = roots()[0].wrap(new_key(), binding("service", LOG_SIGNING))
    with keys.write() as session:
        row = session.get_one(ServiceKeyRow, LOG_SIGNING)
        row.wrapped, row.created_at = wrapped, stamp(now)


def new_store_key(session: Session, root: Root, key_id: str, now: datetime) -> None:
    """Add a store key with this id, wrapped by the root.

    Raises:
        KeyUnavailableError: what holds the root cannot be reached, or refuses.
    """
    wrapped = root.wrap(new_key(), binding("store", key_id))
    session.add(StoreKeyRow(id=key_id, created_at=stamp(now), wrapped=wrapped))
    session.flush()


def _current(session: Session) -> StoreKeyRow:
    row = session.scalar(select(StoreKeyRow).where(StoreKeyRow.retired_at.is_(None)))
    if row is None:
        raise KeyUnavailableError("The key database holds no store key. Restore its backup.")
    return row


def _is_complete(session: Session) -> bool:
    names = set(session.scalars(select(ServiceKeyRow.name)))
    return (
        session.scalar(select(StoreKeyRow.id).limit(1)) is not None
        and session.scalar(select(RootKeyRow.provider)) is not None
        and names.issuperset(_SERVICE_KEYS)
        and bool(transforms.names(session))
    )


def _create_missing(session: Session, root: Root, now: datetime) -> None:
    at = stamp(now)
    if session.scalar(select(StoreKeyRow.id).limit(1)) is None:
        new_store_key(session, root, str(uuid.uuid4()), now)
    if session.scalar(select(RootKeyRow.provider)) is None:
        since = session.scalar(select(func.min(StoreKeyRow.created_at)))
        session.add(RootKeyRow(provider=root.provider, since=since or at))
    known = set(session.scalars(select(ServiceKeyRow.name)))
    for name in _SERVICE_KEYS:
        if name not in known:
            wrapped = root.wrap(new_key(), binding("service", name))
            session.add(ServiceKeyRow(name=name, created_at=at, wrapped=wrapped))
    if not transforms.names(session):
        transforms.add(session, root, now)
