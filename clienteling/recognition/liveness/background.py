"""Does the rest of the picture stand still?

What moves along with a face tells of a print only before a picture that stands still. Where the
camera moves or zooms, or the film is cut, everything moves along; where a crowd fills the picture,
anything may. A coarse grid of the whole picture, without the face and what is around and below it,
is compared patch by patch with the same grid of an earlier frame.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.liveness.place import Matrix, moved

#: The picture is divided into so many patches from left to right, each of so many cells squared.
_PATCHES: Final = 16
_CELLS: Final = 6
#: Eye distances to both sides of the face, and above it, that are not background: the head, what a
#: hand holds around it, and below it the body.
_NEAR: Final = 3.5
#: Patches without contrast (standard deviation in grey levels) look the same anywhere.
_BARE: Final = 6.0
#: With fewer patches than these nothing vouches for the camera.
_LEAST: Final = 12
#: It stands still where so many of the patches correlate so well: a large print may cover others.
_SHARE: Final = 1 / 3
_STILL: Final = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """One frame, coarsely.

    Attributes:
        values: Grey values of each patch (patches, cells), less their mean; 0 where not background.
        far: Which patches are background (patches,).
    """

    values: NDArray[np.float32]
    far: NDArray[np.bool_]


class Background:
    """One visitor's. Keeps a coarse grid of one frame, without the face."""

    def __init__(self) -> None:
        self._kept: _Grid | None = None

    def has_changed(self, image: Image, matrix: Matrix) -> bool:
        """Take one frame: can its background not be told to be that of the frame that is kept?

        If so, this frame is kept from now on. The first has not changed.

        Args:
            image: HxWx3, BGR.
            matrix: The face's `place` in it.
        """
        now = _Grid(_values(image), _far(image, matrix))
        now.values[~now.far] = 0
        is_first = self._kept is None
        if self._kept is not None and _stood_still(self._kept, now):
            now.values.fill(0)
            return False
        self.wipe()
        self._kept = now
        return not is_first

    def wipe(self) -> None:
        """Overwrite it and begin again."""
        if self._kept is not None:
            self._kept.values.fill(0)
        self._kept = None


def _stood_still(before: _Grid, now: _Grid) -> bool:
    if before.values.shape != now.values.shape:
        return False
    both = before.far & now.far
    one, other = before.values[both], now.values[both]
    spread = one.std(axis=1), other.std(axis=1)
    together = (one * other).mean(axis=1)
    for copy in (one, other):
        copy.fill(0)
    seen = np.maximum(*spread) >= _BARE
    if seen.sum() < _LEAST:
        return False
    correlations = together[seen] / np.maximum(spread[0] * spread[1], 1e-6)[seen]
    return float(np.quantile(correlations, 1 - _SHARE)) >= _STILL


def _size(image: Image) -> tuple[int, int]:
    """Columns and rows of patches."""
    height, width = image.shape[:2]
    return _PATCHES, max(1, round(_PATCHES * height / width))


def _values(image: Image) -> NDArray[np.float32]:
    columns, rows = _size(image)
    size = (columns * _CELLS, rows * _CELLS)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    patches = grey.reshape(rows, _CELLS, columns, _CELLS).swapaxes(1, 2)
    values = patches.reshape(rows * columns, _CELLS**2).astype(np.float32)
    wipe(np.asarray(small, np.uint8), np.asarray(grey, np.uint8), np.asarray(patches, np.uint8))
    values -= values.mean(axis=1, keepdims=True)
    return values


def _far(image: Image, matrix: Matrix) -> NDArray[np.bool_]:
    """Which patches are background."""
    columns, rows = _size(image)
    height, width = image.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    centres = np.column_stack([x.ravel() * width / columns, y.ravel() * height / rows])
    places = moved(matrix, centres)
    return np.asarray((np.abs(places[:, 0]) >= _NEAR) | (places[:, 1] <= -_NEAR))
