"""Sealing and opening under a subject's data keys: only with a grant, and bound to its consent.

What is sealed names its place (`consent.sealing.AssociatedData`): it opens nowhere else (R20).
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from consent.errors import KeyUnavailableError, SealError
from consent.keystore.keyring import KeyRing
from consent.keystore.keys import data_key, keys_of, open_key
from consent.models import DataKeyRow
from consent.records import Grant
from consent.sealing import MAX_SEALS, AssociatedData, Opener, seal, unseal


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
    rows = {row.subject_id: row for row in keys_of(session, [grant for grant, _, _ in several])}
    sealed = []
    for grant, plaintext, aad in several:
        row = rows.get(grant.subject_id)
        if row is None or row.uses >= MAX_SEALS:
            raise KeyUnavailableError("A key of these customers is gone or used up.")
        row.uses += 1
        sealed.append(seal(open_key(session, ring, row), plaintext, aad.encode()))
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
    keys = {row.subject_id: row for row in keys_of(session, [grant for grant, _, _ in several])}
    plain: list[bytes | None] = []
    for grant, sealed, aad in several:
        _check_binding(grant, aad)
        row = keys.get(grant.subject_id)
        opened = None
        if row is not None:
            with suppress(KeyUnavailableError):
                opened = unseal(open_key(session, ring, row), sealed, aad.encode())
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
