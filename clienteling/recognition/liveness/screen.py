"""Does the face carry the pattern of a screen or of print?

A screen's grid and the camera's make moiré: a narrow peak in the face's spectrum, where skin has a
smooth one. Found only where the camera is near enough to its resolution; a good print has none.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.detect import Face
from clienteling.recognition.frames import Image, wipe

_SIDE: Final = 64  # pixels of the picture itself, never scaled: scaling would hide the pattern
#: Forehead, and nose to mouth, as shares of the box's height.
_AT: Final = (0.30, 0.62)
_ROWS, _COLUMNS = np.meshgrid(np.fft.fftfreq(_SIDE), np.fft.rfftfreq(_SIDE), indexing="ij")
_RADIUS: Final = np.hypot(_ROWS, _COLUMNS)
#: Not the face itself (low), nor what video coding does along the axes.
_COARSEST: Final = 0.08  # cycles a pixel
_FINEST: Final = 0.5
_OFF_AXIS: Final = np.minimum(np.abs(_ROWS), np.abs(_COLUMNS)) > 0.02  # noqa: PLR2004
_BAND: Final = (_RADIUS > _COARSEST) & (_RADIUS < _FINEST) & _OFF_AXIS
_BINS: Final = np.minimum((_RADIUS / 0.04).astype(int), 12)
_WINDOW: Final = np.outer(np.hanning(_SIDE), np.hanning(_SIDE)).astype(np.float32)
_FRAMES: Final = 6


class Pattern:
    """One visitor's. Keeps one number for each frame."""

    def __init__(self) -> None:
        self._peaks: list[float] = []

    def add(self, image: Image, face: Face) -> None:
        """Take one frame; a face smaller than the patch, or at the edge, is passed over."""
        patches = _patches(image, face)
        peaks = [_peak(patch) for patch in patches]
        wipe(*patches)
        if peaks:
            self._peaks.append(float(np.mean(peaks)))

    @property
    def peak(self) -> float | None:
        """The highest peak over its surroundings in the spectrum, nepers, mean of the frames."""
        return float(np.mean(self._peaks)) if len(self._peaks) >= _FRAMES else None

    def wipe(self) -> None:
        """Forget it and begin again."""
        self._peaks.clear()


def _patches(image: Image, face: Face) -> list[NDArray[np.float32]]:
    x, y, width, height = face.box
    left = int(x + width / 2) - _SIDE // 2
    patches = []
    for share in _AT:
        top = int(y + share * height) - _SIDE // 2
        if min(left, top) < 0 or min(width, height) < _SIDE:
            continue
        patch = image[top : top + _SIDE, left : left + _SIDE]
        if patch.shape[:2] == (_SIDE, _SIDE):
            patches.append(cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY).astype(np.float32))
    return patches


def _peak(patch: NDArray[np.float32]) -> float:
    """The highest peak in the patch's spectrum; the patch is overwritten (R3)."""
    patch -= patch.mean()
    patch *= _WINDOW
    transformed = np.fft.rfft2(patch)
    spectrum = np.log(np.abs(transformed) + 1e-3)
    for used in (patch, transformed):
        used.fill(0)
    usual = np.array([np.median(spectrum[number == _BINS]) for number in range(_BINS.max() + 1)])
    return float((spectrum - usual[_BINS])[_BAND].max())
