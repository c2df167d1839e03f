"""Rotations of keys as a person asks for them: with a second person's approval, and with progress.

A rotation that is open already goes on without asking again: it was approved when it began.
"""

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from clienteling.access.approvals import Matter, require
from clienteling.access.devices import revoke
from clienteling.access.models import DeviceRow
from clienteling.errors import PartlyDoneError, StartError, UsageError
from clienteling.home import Home
from clienteling.keystore.keys_config import CredentialKeys, KeysConfig
from clienteling.keystore.rootchange import forget_change, plan_change, root_switch
from clienteling.keystore.rootkeys import RootChange, read_change
from consent.keystore import root_rotation
from consent.keystore.rotation import (
    ROTATE_ROOT,
    ROTATE_STORE,
    Progress,
    advance,
    open_flow,
    open_rotation,
)
from consent.office import Office

#: How long a command waits for readers of an old page before it leaves the rest to the worker.
_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.1


def rotate_store(
    office: Office, *, actor: str, told: Callable[[Progress], None], why: str = ""
) -> Progress:
    """Put a new store key in place and wrap every data key with it, while the hub runs.

    Raises:
        ApprovalNeededError: nobody else has approved it yet.
        KeyUnavailableError: the root key cannot be opened, or its rotation is unfinished.
        PartlyDoneError: the old key is not gone from the files yet; the worker goes on.
    """
    with office.databases.identity.read() as session:
        flow = open_flow(session)
    if flow is None or flow.kind != ROTATE_STORE:
        require(office, Matter.KEYS, f"rotate the store key{why}", actor=actor)
    flow_id = open_rotation(office, actor=actor, kind=ROTATE_STORE)
    deadline = None
    while True:
        progress = advance(office, flow_id)
        told(progress)
        if progress.closed:
            return progress
        if progress.done == progress.total:
            deadline = _wait(deadline)


def rotate_root(
    home: Home,
    to: KeysConfig | None,
    passphrase_file: Path | None,
    *,
    actor: str,
    told: Callable[[int], None],
) -> RootChange:
    """Put another root key above all others: a new one, a new passphrase, another provider.

    Raises:
        ApprovalNeededError: nobody else has approved it yet.
        KeyUnavailableError, StartError: one of the two root keys cannot be used now.
        UsageError: the new place is the old one.
        PartlyDoneError: old pages are still being read. Give the command again.
    """
    office = home.office
    with office.databases.identity.read() as session:
        flow = open_flow(session)
    going = flow is not None and flow.kind == ROTATE_ROOT
    if going and flow is not None and flow.data["done"] and read_change(home.path) is None:
        raise StartError(f"{home.path}/keys/rotation.toml is missing. Restore it.")
    change = plan_change(home.path, to, passphrase_file, office.now(), going=going)
    if not going:
        # The same words each time: a new key in a token is named after the moment.
        goes = "where it is" if to is None else f"to {_place(to)}"
        what = f"rotate the root key in {_place(change.old)}, {goes}"
        require(office, Matter.KEYS, what, actor=actor)
    flow_id = open_rotation(office, actor=actor, kind=ROTATE_ROOT)
    deadline = None
    while not root_rotation.carry_on(office, flow_id, root_switch(home.path, change), told):
        deadline = _wait(deadline)
    forget_change(home.path)
    return change


def revoke_lost(office: Office, device: str, *, actor: str) -> str:
    """End a lost device at once, by its id or name; returns its id. Again: nothing happens.

    Raises:
        UsageError: there is no such device, or more than one of that name.
    """
    with office.databases.identity.write() as session:
        row = _find(session, device)
        if row.revoked_at is None:
            revoke(session, office.ring, row.id, actor=actor, now=office.now())
        return row.id


def _find(session: Session, device: str) -> DeviceRow:
    found = session.scalars(
        select(DeviceRow).where(or_(DeviceRow.id == device, DeviceRow.name == device))
    ).all()
    live = [row for row in found if row.revoked_at is None]
    if not found or len(live) > 1:
        how = "no device" if not found else "more than one device"
        raise UsageError(f"There is {how} called {device!r}. Name it by its number.")
    return live[0] if live else found[-1]


def _wait(deadline: float | None) -> float:
    """Pause before another try; returns when patience ends.

    Raises:
        PartlyDoneError: it has ended.
    """
    if deadline is not None and time.monotonic() > deadline:
        raise PartlyDoneError(
            "The new key is in place. Another process still reads an old page of the key database, "
            "so that the old key is not gone from its files yet. Give the command again."
        )
    time.sleep(_PAUSE_SECONDS)
    return deadline or time.monotonic() + _PATIENCE_SECONDS


def _place(keys: KeysConfig) -> str:
    name = getattr(keys, "name", None) if isinstance(keys, CredentialKeys) else None
    return " ".join(filter(None, (keys.provider, name or getattr(keys, "key", None))))
