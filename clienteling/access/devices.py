"""Devices: paired once with a code, known by a token or a key, revocable.

A pairing code is 60 random bits in three groups, good for ten minutes and one device. Only hashes
of codes and tokens are stored. Every pairing and revocation is in the log.
"""

import base64
import binascii
import hashlib
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clienteling.access.codes import code_hash, new_code
from clienteling.access.models import DeviceRow, PairingRow
from clienteling.errors import ClientelingError, UsageError
from consent.clock import parse, stamp
from consent.keystore.keys import KeyRing
from consent.log import ledger
from consent.purposes import Purpose
from consent.setting import EdgeAnswer

#: How long a pairing code may be used.
PAIRING_LIFETIME = timedelta(minutes=10)

#: As the wire carries a camera's name (`edge_protocol.Identifier`), and as wide as its column.
_CAMERA = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class DeviceKind(StrEnum):
    """What can be paired."""

    EDGE = "edge"
    KIOSK = "kiosk"
    GREET = "greet"
    TABLET = "tablet"
    TILL = "till"  # a till, or the page that plays one
    TILL_CAM = "till_cam"  # a camera box that stands at a till, and works for nothing else (P7)
    BUTTON = "button"  # a switch or program that presses "greet me" with a bearer token


#: Camera boxes. Which of the two one is, its pairing says; it cannot be changed afterwards.
EDGES = frozenset({DeviceKind.EDGE, DeviceKind.TILL_CAM})
_EDGES = frozenset(kind.value for kind in EDGES)

#: What stands at one camera and works for that camera only.
AT_A_CAMERA = EDGES | {DeviceKind.GREET, DeviceKind.BUTTON}

#: What is known by a token; an edge signs instead.
WITH_A_TOKEN = frozenset(DeviceKind) - EDGES


_PURPOSES = {DeviceKind.TILL_CAM.value: Purpose.TILL}
OTHER_KIND = (
    "There is a camera of this name that stands elsewhere: one at a till recognises for the till "
    "only. Give it another name, or revoke the other first."
)


class PairingError(ClientelingError):
    """The pairing code is wrong, used, too old, or for another kind of device."""


@dataclass(frozen=True, slots=True)
class PairedDevice:
    """A device that may act now."""

    id: str
    kind: str
    name: str
    camera: str | None

    @property
    def actor(self) -> str:
        """How the log names it."""
        return f"device:{self.id}"

    @property
    def purpose(self) -> Purpose:
        """What a camera box recognises for."""
        return _PURPOSES.get(self.kind, Purpose.RECOGNISE)


def new_pairing(
    identity: Session, kind: DeviceKind, name: str, now: datetime, camera: str | None = None
) -> str:
    """Make a one-time code for a device to pair with, like `7K2M-9QTD-XW4R`.

    Raises:
        UsageError: a camera box, greeting display or button without its camera, a camera's name
            that the wire does not carry or that is one's of the other kind, or no name.
    """
    if kind in AT_A_CAMERA and not camera:
        raise UsageError(f"Say which camera this {kind.value} belongs to.")
    if camera is not None and kind in EDGES and _is_another_kinds(identity, camera, kind):
        raise UsageError(OTHER_KIND)
    if camera is not None and not _CAMERA.fullmatch(camera):
        raise UsageError(
            "Name the camera with letters, digits, dots, dashes and underscores, 40 at most."
        )
    if not 0 < len(name.strip()) <= 64:  # noqa: PLR2004 - the width of the column
        raise UsageError("Give the device a name of at most 64 characters.")
    code = new_code(3)
    identity.add(
        PairingRow(
            code_hash=_code_hash(code),
            kind=kind.value,
            name=name.strip(),
            camera=camera,
            expires_at=stamp(now + PAIRING_LIFETIME),
            used_at=None,
        )
    )
    return code


@dataclass(frozen=True, slots=True)
class EdgeKeys:
    """Public keys of an edge: Ed25519 to check its signatures, HPKE to seal galleries for it."""

    sign_public: bytes
    open_public: bytes


def redeem_token(
    identity: Session,
    ring: KeyRing,
    code: str,
    now: datetime,
    *,
    kinds: frozenset[DeviceKind] = WITH_A_TOKEN,
) -> tuple[PairedDevice, str]:
    """Pair a kiosk, greeting display, tablet or button; or only what is of these `kinds`.

    Returns:
        The device and its token (256 random bits), for its cookie or its `Authorization` header;
        only the hash is kept.

    Raises:
        PairingError: the code is not (or no longer) good for such a device.
    """
    pairing = _use_code(identity, code, kinds, now)
    token = secrets.token_urlsafe(32)
    row = _new_row(pairing, now)
    row.token_hash = hashlib.sha256(token.encode()).hexdigest()
    return _keep(identity, ring, row, now), token


def redeem_edge(
    identity: Session, ring: KeyRing, code: str, keys: EdgeKeys, now: datetime
) -> PairedDevice:
    """Pair a camera box with its public keys.

    Raises:
        PairingError: the code is not (or no longer) good for a camera.
    """
    pairing = _use_code(identity, code, EDGES, now)
    if _is_another_kinds(identity, pairing.camera or "", DeviceKind(pairing.kind)):
        raise PairingError(OTHER_KIND)
    row = _new_row(pairing, now)
    row.sign_public = base64.b64encode(keys.sign_public).decode()
    row.open_public = base64.b64encode(keys.open_public).decode()
    return _keep(identity, ring, row, now)


def device_by_token(identity: Session, token: str) -> PairedDevice | None:
    """Return the screen or button whose token this is; None: unknown or revoked."""
    if not token:
        return None
    digest = hashlib.sha256(token.encode()).hexdigest()
    row = identity.scalars(
        select(DeviceRow).where(DeviceRow.token_hash == digest, DeviceRow.revoked_at.is_(None))
    ).one_or_none()
    return None if row is None else paired(row)


def still_paired(identity: Session, device_id: str) -> bool:
    """Whether the device was not revoked since."""
    row = identity.get(DeviceRow, device_id)
    return row is not None and row.revoked_at is None


def revoke(
    identity: Session, ring: KeyRing, device_id: str, *, actor: str, now: datetime
) -> PairedDevice:
    """End a device: its cookie or signature is worth nothing from now on.

    Raises:
        UsageError: no such device, or revoked already.
    """
    row = identity.get(DeviceRow, device_id)
    if row is None or row.revoked_at is not None:
        raise UsageError("There is no such device, or it was revoked already.")
    row.revoked_at = stamp(now)
    ledger.append(
        identity,
        ring,
        ledger.EventKind.DEVICE_REVOKED,
        actor=actor,
        about=None,
        detail={"device": row.id, "kind": row.kind},
        now=now,
    )
    return paired(row)


def live_edges(identity: Session, camera: str | None = None) -> tuple[DeviceRow, ...]:
    """Return the edges that are not revoked, of one camera or of all."""
    query = select(DeviceRow).where(DeviceRow.kind.in_(_EDGES), DeviceRow.revoked_at.is_(None))
    if camera is not None:
        query = query.where(DeviceRow.camera == camera)
    return tuple(identity.scalars(query))


def live_tills(identity: Session) -> tuple[PairedDevice, ...]:
    """Return the tills that are not revoked, by name."""
    query = select(DeviceRow).where(
        DeviceRow.kind == DeviceKind.TILL.value, DeviceRow.revoked_at.is_(None)
    )
    return tuple(paired(row) for row in identity.scalars(query.order_by(DeviceRow.name)))


def purpose_at(identity: Session, camera: str) -> Purpose:
    """Return what a camera recognises for; all boxes of one name are of one kind."""
    stands = any(row.kind == DeviceKind.TILL_CAM for row in live_edges(identity, camera))
    return Purpose.TILL if stands else Purpose.RECOGNISE


def edge_answers(identity: Session, leaf_index: int, now: datetime) -> dict[str, EdgeAnswer]:
    """Return for each camera whether it can match with a gallery from before entry `leaf_index`.

    A gallery's version is the number of the newest log entry that changed it, so an edge is clear
    when it acknowledged that version or a newer one, or when its lease is out (R13, R38). Revoked
    edges count until their lease is out.
    """
    rows = identity.scalars(select(DeviceRow).where(DeviceRow.kind.in_(_EDGES)))
    return {row.id: _answer(row, leaf_index, now) for row in rows}


def edges_clear(identity: Session, leaf_index: int, now: datetime) -> bool:
    """Whether no camera is waited for any more."""
    return EdgeAnswer.WAITING not in edge_answers(identity, leaf_index, now).values()


def _answer(row: DeviceRow, leaf_index: int, now: datetime) -> EdgeAnswer:
    if row.gallery_version >= leaf_index:
        return EdgeAnswer.REMOVED
    if row.lease_until is None or parse(row.lease_until) <= now:
        return EdgeAnswer.LEASE_OUT
    return EdgeAnswer.WAITING


def paired(row: DeviceRow) -> PairedDevice:
    """Return a device row as a value."""
    return PairedDevice(row.id, row.kind, row.name, row.camera)


def public_key(text: str | None) -> bytes:
    """Return a stored public key.

    Raises:
        PairingError: there is none, or it is not base64.
    """
    try:
        return base64.b64decode(text or "", validate=True)
    except binascii.Error as error:
        raise PairingError("The device's key is damaged. Pair it again.") from error


def _is_another_kinds(identity: Session, camera: str, kind: DeviceKind) -> bool:
    return any(row.kind != kind for row in live_edges(identity, camera))


def _code_hash(code: str) -> str:
    return code_hash(code, "pairing")


def _use_code(
    identity: Session, code: str, kinds: frozenset[DeviceKind], now: datetime
) -> PairingRow:
    # One statement takes the code, so two devices cannot both use it.
    taken = identity.execute(
        update(PairingRow)
        .where(
            PairingRow.code_hash == _code_hash(code),
            PairingRow.used_at.is_(None),
            PairingRow.expires_at > stamp(now),
            PairingRow.kind.in_([kind.value for kind in kinds]),
        )
        .values(used_at=stamp(now))
        .returning(PairingRow)
    ).scalar_one_or_none()
    if taken is None:
        raise PairingError(
            "This pairing code is wrong, was used already or is older than ten minutes. "
            "Ask for a new code."
        )
    return taken


def _new_row(pairing: PairingRow, now: datetime) -> DeviceRow:
    return DeviceRow(
        id=str(uuid.uuid4()),
        kind=pairing.kind,
        name=pairing.name,
        camera=pairing.camera,
        paired_at=stamp(now),
        sequence=0,
        gallery_version=0,
    )


def _keep(identity: Session, ring: KeyRing, row: DeviceRow, now: datetime) -> PairedDevice:
    identity.add(row)
    identity.flush()
    ledger.append(
        identity,
        ring,
        ledger.EventKind.DEVICE_PAIRED,
        actor=f"device:{row.id}",
        about=None,
        detail={"device": row.id, "kind": row.kind, "camera": row.camera},
        now=now,
    )
    return paired(row)
