"""Data keys: one for each subject and purpose, wrapped by the store key.

Wrapped keys lie in the key database and nowhere else. Destroying a data key makes everything that
it sealed unreadable, in backups too once the last copy of the key database is gone.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from consent.clock import stamp
from consent.errors import KeyUnavailableError, SealError
from consent.keystore.keyring import KeyRing, StoreKey
from consent.keystore.wrapping import binding, not_opened
from consent.models import DataKeyRow
from consent.purposes import Purpose
from consent.records import Grant
from consent.sealing import new_key, seal, unseal

__all__ = [
    "DataKey",
    "KeyRing",
    "create_data_key",
    "create_data_keys",
    "create_own_key",
    "create_request_key",
    "data_key",
    "destroy_data_keys",
    "destroy_own_keys",
    "destroy_request_keys",
    "keys_of",
    "open_key",
    "own_key",
    "request_key",
    "rewrap_data_key",
]

#: The purpose under which a request by somebody who is no customer has its own key.
REQUEST = "request"
#: The purpose under which somebody who works here has a key of their own, for private notes.
NOTES = "staff_notes"


@dataclass(frozen=True, slots=True)
class DataKey:
    """An opened data key of one subject and purpose."""

    key_id: str
    secret: bytes = field(repr=False)


def create_data_key(session: Session, ring: KeyRing, grant: Grant, now: datetime) -> None:
    """Make the data key of the grant's subject and purpose; nothing happens if it is there."""
    _create(session, ring, (grant.subject_id, grant.purpose.value), now)


def create_data_keys(
    session: Session, ring: KeyRing, grants: Sequence[Grant], now: datetime
) -> None:
    """As `create_data_key`, of some hundred subjects at once, all for one purpose."""
    there = {row.subject_id for row in keys_of(session, grants)}
    fresh = [grant for grant in grants if grant.subject_id not in there]
    if not fresh:
        return
    store = ring.stores.current(session)
    ring.stores.count(session, store.id, len(fresh))
    for grant in fresh:
        _add(session, store, (grant.subject_id, grant.purpose.value), now)
    session.flush()


def create_request_key(session: Session, ring: KeyRing, request_id: str, now: datetime) -> None:
    """Make the key of a request by somebody who is no customer; nothing happens if it is there."""
    _create(session, ring, (request_id, REQUEST), now)


def create_own_key(session: Session, ring: KeyRing, person: str, now: datetime) -> None:
    """Make the key of somebody who works here (`user:<n>`); nothing happens if it is there."""
    _create(session, ring, (person, NOTES), now)


def _create(session: Session, ring: KeyRing, owner: tuple[str, str], now: datetime) -> None:
    if session.get(DataKeyRow, owner) is not None:
        return
    store = ring.stores.current(session)
    ring.stores.count(session, store.id)
    _add(session, store, owner, now)
    session.flush()


def _add(session: Session, store: StoreKey, owner: tuple[str, str], now: datetime) -> None:
    key_id = str(uuid.uuid4())
    aad = _place(key_id, *owner)
    session.add(
        DataKeyRow(
            subject_id=owner[0],
            purpose=owner[1],
            key_id=key_id,
            store_key_id=store.id,
            created_at=stamp(now),
            wrapped=seal(store.secret, new_key(), aad),
            uses=0,
        )
    )


def keys_of(session: Session, grants: Sequence[Grant]) -> Sequence[DataKeyRow]:
    """Return the keys of some hundred subjects, read at once.

    Raises:
        SealError: the grants are for several purposes.
    """
    purposes = {grant.purpose.value for grant in grants}
    if len(purposes) > 1:
        raise SealError("These are for several purposes. Take each purpose by itself.")
    return session.scalars(
        select(DataKeyRow).where(
            DataKeyRow.purpose.in_(purposes),
            DataKeyRow.subject_id.in_([grant.subject_id for grant in grants]),
        )
    ).all()


def data_key(session: Session, ring: KeyRing, grant: Grant) -> DataKey:
    """Open the data key; having a grant is the permission to.

    Raises:
        KeyUnavailableError: destroyed, never made, or its store key does not open it.
    """
    return _data_key(session, ring, (grant.subject_id, grant.purpose.value))


def request_key(session: Session, ring: KeyRing, request_id: str) -> DataKey:
    """Open the key of a request by somebody who is no customer.

    Raises:
        KeyUnavailableError: its time is over, or it never had one.
    """
    return _data_key(session, ring, (request_id, REQUEST))


def own_key(session: Session, ring: KeyRing, person: str) -> DataKey:
    """Open the key of somebody who works here.

    Raises:
        KeyUnavailableError: destroyed, or never made.
    """
    return _data_key(session, ring, (person, NOTES))


def _data_key(session: Session, ring: KeyRing, owner: tuple[str, str]) -> DataKey:
    row = session.get(DataKeyRow, owner)
    if row is None:
        raise KeyUnavailableError(
            f"The key for {owner[1]!r} of this customer is destroyed or was never made. "
            "What it sealed cannot be read again."
        )
    return DataKey(row.key_id, open_key(session, ring, row))


def data_key_ids(session: Session, subject_id: str) -> dict[str, str]:
    """Return the id of a subject's key for each purpose that has one; opens none."""
    rows = session.scalars(select(DataKeyRow).where(DataKeyRow.subject_id == subject_id))
    return {row.purpose: row.key_id for row in rows}


def rewrap_data_key(session: Session, ring: KeyRing, row: DataKeyRow) -> None:
    """Wrap a data key anew under the store's current key; what it sealed stays as it is.

    Raises:
        KeyUnavailableError: its store key does not open it.
    """
    secret = open_key(session, ring, row)
    store = ring.stores.current(session)
    row.wrapped = seal(store.secret, secret, _place(row.key_id, row.subject_id, row.purpose))
    row.store_key_id = store.id


def destroy_data_keys(session: Session, subject_id: str, purposes: Iterable[Purpose]) -> int:
    """Delete the data keys of the subject for these purposes; returns how many there were."""
    names = [purpose.value for purpose in purposes]
    result = session.execute(
        delete(DataKeyRow).where(DataKeyRow.subject_id == subject_id, DataKeyRow.purpose.in_(names))
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


def destroy_request_keys(session: Session, request_ids: Iterable[str]) -> None:
    """Delete the keys of these requests: their texts cannot be read again."""
    _destroy(session, request_ids, REQUEST)


def destroy_own_keys(session: Session, people: Iterable[str]) -> None:
    """Delete the keys of these people who work here: their notes cannot be read again."""
    _destroy(session, people, NOTES)


def _destroy(session: Session, owners: Iterable[str], purpose: str) -> None:
    session.execute(
        delete(DataKeyRow).where(
            DataKeyRow.subject_id.in_(list(owners)), DataKeyRow.purpose == purpose
        )
    )


def _place(key_id: str, subject_id: str, purpose: str) -> bytes:
    return binding("data", key_id, subject_id, purpose)


def open_key(session: Session, ring: KeyRing, row: DataKeyRow) -> bytes:
    """Return the secret of a data key, opened with its store key.

    Raises:
        KeyUnavailableError: its store key does not open it.
    """
    store_key = ring.stores.get(session, row.store_key_id)
    try:
        return unseal(store_key, row.wrapped, _place(row.key_id, row.subject_id, row.purpose))
    except SealError as error:
        raise not_opened("data", row.key_id) from error
