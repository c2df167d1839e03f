"""Pull the gallery, open it into memory of our own, and keep it no longer than its lease.

A pull that fails changes nothing: what is held stays until its lease ends, and no longer.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from camera.checkpoints import break_of, read_checkpoint
from camera.held import HeldPass
from camera.hub import Renewed
from camera.pairing import Pairing
from camera.state import EdgeState, Moment
from clienteling.edge_protocol import (
    GalleryEntry,
    GalleryReply,
    PassEntry,
    WireError,
    gallery_aad,
    gallery_info,
    turn_aad,
)
from clienteling.recognition.encode import Encoder
from clienteling.recognition.errors import RecognitionError
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.memory import locked_matrix
from clienteling.recognition.transform import orthogonal
from consent.errors import SealError
from consent.log.notes import Checkpoint
from consent.sealing import SEAL_BYTES, DeviceKeys, Opener, hpke_unwrap

_LOG = logging.getLogger(__name__)
_NOT_OURS = (
    "The gallery that the hub sent does not open with this camera's key, or is damaged; "
    "it was not taken. Pair this camera again if that stays."
)


class GallerySync:
    """Brings the state's gallery up to date; one thread calls it at a time."""

    def __init__(self, pairing: Pairing, state: EdgeState, encoders: Sequence[Encoder]) -> None:
        """Open galleries of these encoders, the shop's first, for this state."""
        self._hub = pairing.hub
        self._folder = pairing.folder
        self._device_id = pairing.identity.device_id
        self._log_key = pairing.identity.log_key
        self._keys = pairing.keys
        self._state = state
        self._dimension, *_ = (encoder.dimension for encoder in encoders)
        self._older = {encoder.model_id: encoder.dimension for encoder in encoders[1:]}

    def pull(self, asked_at: Moment, *, anew: bool = False) -> int | None:
        """Ask, check, install, acknowledge. Return the version now held; None if it is refused.

        1. The lease counts from before the question, by our own monotonic clock, so that neither a
           slow answer nor a moved clock lengthens it.
        2. A log that went back, or does not prove that it only grew since the checkpoint that is
           kept, is refused, and with it everything that the hub says (R49).
        3. Every template opens under this device, version, alias and model, or none is taken.
        4. Only when the new gallery stands, and the old is overwritten, is it acknowledged.

        Raises:
            HubUnreachableError, HubRefusedError, WireError: nothing was changed.
        """
        epoch = self._state.epoch
        kept = self._folder.checkpoint()
        held = None if kept is None else read_checkpoint(kept)
        reply = self._hub.gallery(
            None if anew else self._state.version, log_size=None if held is None else held.size
        )
        if isinstance(reply, Renewed):
            return self._renew(reply, asked_at)
        lease = (reply.lease_until - reply.issued_at).total_seconds()
        lease_end = asked_at.mono + min(lease, reply.policy.lease_seconds)
        if self._refuses(held, reply):
            return None
        gallery = open_gallery(
            reply, self._device_id, self._keys, self._dimension, older=self._older
        )
        passes = take_passes(reply, self._device_id, self._keys)
        self._state.set_policy(reply.policy)
        if not self._state.install(
            gallery, lease_end, stopped=reply.stopped, epoch=epoch, passes=passes
        ):
            return self.pull(asked_at, anew=True)
        self._hub.ack(reply.version)
        return reply.version

    def _renew(self, reply: Renewed, asked_at: Moment) -> int | None:
        hub_then = self._state.hub_now(asked_at.mono)
        policy = self._state.policy
        if hub_then is not None and policy is not None:
            left = (reply.lease_until - hub_then).total_seconds()
            self._state.renew(asked_at.mono + min(left, policy.lease_seconds))
        version = self._state.version
        if version is not None:
            self._hub.ack(version)
        return version

    def _refuses(self, held: Checkpoint | None, reply: GalleryReply) -> bool:
        offered = read_checkpoint(reply.checkpoint)
        why = break_of(held, offered, reply.consistency, self._log_key)
        if why is not None:
            _LOG.error(
                "The hub's log went back, or does not prove that it only grew (%s); this camera "
                "does not match. If the hub is of an earlier version, update it first. Else have "
                "the privacy officer run `clienteling log verify --against %s`.",
                why,
                self._folder.path / "checkpoint.txt",
            )
            self._state.log_broke(why)
            return True
        if held is None or offered.note != held.note:
            self._folder.save_checkpoint(offered.note)
        return False


def open_gallery(
    reply: GalleryReply,
    device_id: str,
    keys: DeviceKeys,
    dimension: int,
    *,
    older: Mapping[str, int] = MappingProxyType({}),
) -> Gallery:
    """Open every template into locked buffers of ours; the content key is not kept.

    Args:
        reply: The hub's.
        device_id: This device's, to which every template is bound.
        keys: This device's.
        dimension: Values in a template of the reply's model.
        older: The same of earlier models that this camera has an encoder of; galleries of others
            stay sealed.

    Raises:
        WireError: one of them does not open, is damaged, or is no template of its model. None is
            kept then: the buffers are overwritten.
    """
    opened: list[Gallery] = []
    try:
        opener = Opener(
            hpke_unwrap(keys.open, reply.content_key, gallery_info(device_id, reply.version))
        )
        for one in reply.older:
            if one.entries and one.model_id in older:
                place = _Place(device_id, reply.version, one.model_id, older[one.model_id])
                opened.append(_open(opener, place, one.entries, one.turn))
        place = _Place(device_id, reply.version, reply.model_id, dimension)
        return replace(_open(opener, place, reply.entries, reply.turn), older=tuple(opened))
    except (SealError, RecognitionError) as error:
        for gallery in opened:
            gallery.wipe()
        raise WireError(_NOT_OURS) from error


def take_passes(reply: GalleryReply, device_id: str, keys: DeviceKeys) -> dict[str, HeldPass]:
    """Return what a pass opens, by alias: only the hub's seal for this device is taken off.

    Raises:
        WireError: one is damaged, was moved, or is for another device. None is kept then.
    """
    if not reply.passes:
        return {}
    try:
        opener = Opener(
            hpke_unwrap(keys.open, reply.content_key, gallery_info(device_id, reply.version))
        )
        return {one.alias: _held(opener, device_id, reply.version, one) for one in reply.passes}
    except SealError as error:
        raise WireError(_NOT_OURS) from error


def _held(opener: Opener, device_id: str, version: int, entry: PassEntry) -> HeldPass:
    aad = gallery_aad(device_id, version, entry.alias, entry.model_id, entry.images, entry.stricter)
    inner = bytearray(len(entry.sealed) - SEAL_BYTES)
    opener.into(entry.sealed, aad + entry.binding, inner)
    return HeldPass(
        entry.alias, entry.model_id, bytes(inner), entry.binding, entry.images, entry.stricter
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """What the templates of one gallery are bound to, and how long they are."""

    device_id: str
    version: int
    model_id: str
    dimension: int


def _open(
    opener: Opener, place: _Place, entries: Sequence[GalleryEntry], sealed_turn: bytes | None
) -> Gallery:
    matrix = locked_matrix(len(entries), place.dimension)
    rows, width = matrix.view(np.uint8).reshape(-1).data, matrix.itemsize * place.dimension
    device_id, version, model_id = place.device_id, place.version, place.model_id
    try:
        for row, entry in enumerate(entries):
            aad = gallery_aad(
                device_id, version, entry.alias, model_id, entry.images, entry.stricter
            )
            opener.into(entry.sealed, aad, rows[row * width : (row + 1) * width])
        return Gallery(
            model_id,
            version,
            tuple(entry.alias for entry in entries),
            matrix,
            max((entry.images for entry in entries), default=None),
            tuple(entry.stricter for entry in entries),
            turn=None if sealed_turn is None else _turn(opener, place, sealed_turn),
        )
    except (SealError, RecognitionError):
        matrix.fill(0)
        raise


def _turn(opener: Opener, place: _Place, sealed: bytes) -> NDArray[np.float32]:
    """Make the store's rotation, in which the templates are kept (R23)."""
    seed = bytearray(len(sealed) - SEAL_BYTES)
    opener.into(sealed, turn_aad(place.device_id, place.version, place.model_id), seed)
    return orthogonal(bytes(seed), place.dimension)
