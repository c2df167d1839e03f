"""What there is to know about the keys without any of them: ages, counts, what is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from consent.clock import parse
from consent.keystore.rotation import open_flow
from consent.models import DataKeyRow, RootKeyRow, StoreKeyRow
from consent.setting import Office

#: A store key is rotated yearly (PRIVACY.md section D).
ROTATE_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class StoreKeyState:
    """One store key.

    Attributes:
        since: UTC.
        retired: A rotation has put another in its place.
        data_keys: How many data keys it wraps now.
        wraps: How often it has wrapped (R21: at most 2^32 times).
    """

    id: str
    since: datetime
    age_days: int
    retired: bool
    data_keys: int
    wraps: int


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """The keys of a shop at one moment.

    Attributes:
        provider: Where the root key lies: file, credential, vault or pkcs11.
        development: It lies there in the clear: not for real customers.
        root_since: Since when this root key, or this version of it, wraps; UTC.
        stores: Two while a rotation is on its way.
        rotating: `store` or `root` while that rotation is unfinished.
        due_at: When the store key must be rotated; UTC.
        due_in_days: Negative when that is past.
    """

    provider: str
    development: bool
    root_since: datetime
    root_age_days: int
    stores: tuple[StoreKeyState, ...]
    rotating: str | None
    due_at: datetime
    due_in_days: int


def key_status(office: Office) -> KeyStatus:
    """Read the state of the keys. Nothing is opened."""
    now = office.now()
    with office.databases.keys.read() as session:
        root = session.scalars(select(RootKeyRow)).one()
        counts = select(DataKeyRow.store_key_id, func.count()).group_by(DataKeyRow.store_key_id)
        wrapped: dict[str, int] = {name: number for name, number in session.execute(counts)}  # noqa: C416 - Row is not a tuple type
        stores = tuple(
            StoreKeyState(
                id=row.id,
                since=parse(row.created_at),
                age_days=(now - parse(row.created_at)).days,
                retired=row.retired_at is not None,
                data_keys=wrapped.get(row.id, 0),
                wraps=row.uses,
            )
            for row in session.scalars(select(StoreKeyRow).order_by(StoreKeyRow.retired_at.desc()))
        )
    with office.databases.identity.read() as session:
        flow = open_flow(session)
    current = next(store for store in stores if not store.retired)
    due = current.since + ROTATE_AFTER
    since = parse(root.since)
    return KeyStatus(
        provider=root.provider,
        development=office.ring.development,
        root_since=since,
        root_age_days=(now - since).days,
        stores=stores,
        rotating=None if flow is None else flow.kind.removeprefix("rotate-"),
        due_at=due,
        due_in_days=(due - now).days,
    )
