"""A template that the camera holds closed, and opening it with the pass that was shown (R26)."""

from dataclasses import dataclass, field, replace

import numpy as np

from clienteling.edge_protocol import OpenWindow, pass_info
from clienteling.recognition.encode import Encoder
from clienteling.recognition.errors import RecognitionError
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.memory import locked_matrix
from consent.errors import SealError
from consent.keystore.holder import HolderSecret, open_with_holder
from consent.sealing import SEAL_BYTES, DeviceKeys, hpke_unwrap


@dataclass(frozen=True, slots=True)
class HeldPass:
    """One template as its pass seals it; see `clienteling.edge_protocol.PassEntry`."""

    alias: str
    model_id: str
    sealed: bytes = field(repr=False)
    binding: bytes = field(repr=False)
    images: int
    stricter: int


def open_held(held: HeldPass, holder: HolderSecret, gallery: Gallery) -> Gallery | None:
    """Return a gallery of this one customer, in locked memory; None: the pass does not open it.

    The caller wipes it. `gallery` is the shop's empty one: its model, and the version that holds.
    Of an earlier encoder the template comes as `older`, as everybody's would.
    """
    matrix = locked_matrix(1, (len(held.sealed) - SEAL_BYTES) // np.dtype(np.float32).itemsize)
    try:
        target = matrix.view(np.uint8).reshape(-1).data
        open_with_holder(holder, held.sealed, held.binding, target)
        one = Gallery(
            held.model_id,
            gallery.version,
            (held.alias,),
            matrix,
            held.images,
            (held.stricter,),
        )
    except (SealError, RecognitionError):
        matrix.fill(0)
        return None
    return one if held.model_id == gallery.model_id else replace(gallery, older=(one,))


def empty_gallery(encoder: Encoder) -> Gallery:
    """Return the gallery of nobody: what can be compared while no pass is open."""
    return Gallery(encoder.model_id, 0, (), locked_matrix(0, encoder.dimension))


def sealed_pass(window: OpenWindow, device_id: str, keys: DeviceKeys) -> HolderSecret | None:
    """Return the pass that came with a window, read elsewhere; None: it is not for this device."""
    if window.sealed_pass is None:
        return None
    try:
        info = pass_info(device_id, window.window_id)
        return HolderSecret(hpke_unwrap(keys.open, window.sealed_pass, info))
    except SealError:
        return None
