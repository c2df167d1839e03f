"""Data keys: one for each subject and purpose, wrapped by the store key.

Wrapped keys lie in the key database and nowhere else. Destroying a data key makes everything that
it sealed unreadable, in backups too once the last copy of the key database is gone.
"""

import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from consent.clock import stamp
from consent.errors import KeyUnavailableError, SealError
from consent.keystore.keyring import KeyRing, StoreKey
from consent.keystore.wrapping import binding, not_opened
from consent.models import DataKeyRow
from consent.purposes import Purpose
from consent.records import Grant
from consent.sealing import MAX_SEALS, AssociatedData, Opener, new_key, seal, unseal

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
    "own_key",
    "request_key",
    "rewrap_data_key",
    "seal_all_for",
    "seal_each_for",
    "seal_for",
    "unseal_all_for",
    "unseal_each_for",
    "unseal_for",
    "unseal_for_into",
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
    there = {row.subject_id for row in _keys_of(session, grants)}
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


def _keys_of(session: Session, grants: Sequence[Grant]) -> Sequence[DataKeyRow]:
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
    return DataKey(row.key_id, _open(session, ring, row))


def data_key_ids(session: Session, subject_id: str) -> dict[str, str]:
    """Return the id of a subject's key for each purpose that has one; opens none."""
    rows = session.scalars(select(DataKeyRow).where(DataKeyRow.subject_id == subject_id))
    return {row.purpose: row.key_id for row in rows}


def rewrap_data_key(session: Session, ring: KeyRing, row: DataKeyRow) -> None:
    """Wrap a data key anew under the store's current key; what it sealed stays as it is.

    Raises:
        KeyUnavailableError: its store key does not open it.
    """
    secret = _open(session, ring, row)
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
    return seal_all_for(session, ring, grant, ((plaintext, aad),))[0]


def seal_all_for(
    session: Session,
    ring: KeyRing,
    grant: Grant,
    several: Sequence[tuple[bytes | memoryview, AssociatedData]],
) -> list[bytes]:
    """As `seal_for`, of several values at the cost of opening the key once.

    Raises:
        As `seal_for`.
    """
    for _, aad in several:
        _check_binding(grant, aad)
    key = data_key(session, ring, grant)
    result = session.execute(
        update(DataKeyRow)
        .where(DataKeyRow.key_id == key.key_id, DataKeyRow.uses <= MAX_SEALS - len(several))
        .values(uses=DataKeyRow.uses + len(several))
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise KeyUnavailableError(
            "This key has sealed as often as it safely can. Ask the customer to join again."
        )
    return [seal(key.secret, plaintext, aad.encode()) for plaintext, aad in several]


def seal_each_for(
    session: Session,
    ring: KeyRing,
    several: Sequence[tuple[Grant, bytes, AssociatedData]],
) -> list[bytes]:
    """As `seal_for`, one value each of many subjects, all for one purpose; all or none.

    Raises:
        As `seal_for`.
    """
    for grant, _, aad in several:
        _check_binding(grant, aad)
    rows = {row.subject_id: row for row in _keys_of(session, [grant for grant, _, _ in several])}
    sealed = []
    for grant, plaintext, aad in several:
        row = rows.get(grant.subject_id)
        if row is None or row.uses >= MAX_SEALS:
            raise KeyUnavailableError("A key of these customers is gone or used up.")
        row.uses += 1
        sealed.append(seal(_open(session, ring, row), plaintext, aad.encode()))
    session.flush()
    return sealed


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


def unseal_all_for(
    session: Session,
    ring: KeyRing,
    grant: Grant,
    several: Iterable[tuple[bytes, AssociatedData]],
) -> list[bytes]:
    """As `unseal_for`, of several values at the cost of opening the key once.

    Raises:
        As `unseal_for`.
    """
    opener = Opener(data_key(session, ring, grant).secret)
    plain = []
    for sealed, aad in several:
        _check_binding(grant, aad)
        plain.append(opener.open(sealed, aad.encode()))
    return plain


def unseal_each_for(
    session: Session,
    ring: KeyRing,
    several: Sequence[tuple[Grant, bytes, AssociatedData]],
) -> list[bytes | None]:
    """As `unseal_for`, one value each of many subjects, whose keys are read at once.

    All are for one purpose. None stands where a key is gone: forgetting wins.

    Raises:
        SealError: damaged, moved, or bound to something else.
    """
    keys = {row.subject_id: row for row in _keys_of(session, [grant for grant, _, _ in several])}
    plain: list[bytes | None] = []
    for grant, sealed, aad in several:
        _check_binding(grant, aad)
        row = keys.get(grant.subject_id)
        opened = None
        if row is not None:
            with suppress(KeyUnavailableError):
                opened = unseal(_open(session, ring, row), sealed, aad.encode())
        plain.append(opened)
    return plain


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


def _place(key_id: str, subject_id: str, purpose: str) -> bytes:
    return binding("data", key_id, subject_id, purpose)


def _open(session: Session, ring: KeyRing, row: DataKeyRow) -> bytes:
    store_key = ring.stores.get(session, row.store_key_id)
    try:
        return unseal(store_key, row.wrapped, _place(row.key_id, row.subject_id, row.purpose))
    except SealError as error:
        raise not_opened("data", row.key_id) from error
