"""Coordinates that move with a face: origin between the eyes, one eye distance long."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.align import TEMPLATE, similarity
from clienteling.recognition.frames import Image, wipe

Matrix = NDArray[np.float64]

_EYES: Final = TEMPLATE[:2]
#: The five landmarks of a face that looks ahead, in eye distances.
FRONTAL: Final[Matrix] = (TEMPLATE - _EYES.mean(axis=0)) / np.linalg.norm(_EYES[1] - _EYES[0])
#: How far around the face is looked at, eye distances to each side.
REACH: Final = 5.0
#: Pixels that are kept for an eye distance.
_DETAIL: Final = 12.8


def place(landmarks: NDArray[np.float32]) -> Matrix:
    """The 2x3 similarity from the picture's pixels to eye distances, by all five landmarks."""
    return similarity(landmarks.astype(np.float64), FRONTAL)


def inverse(matrix: Matrix) -> Matrix:
    """The 2x3 matrix that undoes it."""
    return np.asarray(cv2.invertAffineTransform(matrix))


def moved(matrix: Matrix, points: Matrix) -> Matrix:
    """Points (n, 2) taken through a 2x3 matrix."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])


class Surface:
    """The grey picture around one face, reduced to the detail that is needed.

    Args:
        image: HxWx3, BGR.
        matrix: The face's `place` in it.
    """

    def __init__(self, image: Image, matrix: Matrix) -> None:
        height, width = image.shape[:2]
        around = moved(inverse(matrix), REACH * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1.0]]))
        left, top = np.clip(around.min(axis=0), 0, [width - 1, height - 1]).astype(int)
        right, bottom = np.clip(around.max(axis=0) + 1, [left + 1, top + 1], [width, height])
        grey = cv2.cvtColor(image[top : int(bottom), left : int(right)], cv2.COLOR_BGR2GRAY)
        scale = min(1.0, _DETAIL * float(np.hypot(matrix[0, 0], matrix[1, 0])))
        if scale < 1:
            size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
            kept = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
            wipe(np.asarray(grey, np.uint8))
        else:
            kept = grey
        shrunk = np.array([grey.shape[1] / kept.shape[1], grey.shape[0] / kept.shape[0]])
        self._pixels = np.asarray(kept, np.uint8)
        self._to_picture = np.column_stack([np.diag(shrunk), [left, top]])

    def wipe(self) -> None:
        """Overwrite the copy of the picture (R3)."""
        wipe(self._pixels)

    def sampled(self, matrix: Matrix, cells: int, reach: float = REACH) -> Image:
        """A square of cells x cells, `reach` eye distances to each side of the given place."""
        full = _after(_raster(matrix, cells, reach), self._to_picture)
        return np.asarray(
            cv2.warpAffine(self._pixels, full, (cells, cells), borderMode=cv2.BORDER_REPLICATE),
            np.uint8,
        )

    def covers(self, matrix: Matrix, cells: int, reach: float = REACH) -> NDArray[np.bool_]:
        """Which of those cells lie in the picture."""
        height, width = self._pixels.shape[:2]
        back = inverse(_after(_raster(matrix, cells, reach), self._to_picture))
        rows, columns = np.mgrid[0:cells, 0:cells]
        points = moved(back, np.column_stack([columns.ravel(), rows.ravel()]).astype(np.float64))
        inside = np.all((points >= 0) & (points <= [width - 1, height - 1]), axis=1)
        return np.asarray(inside.reshape(cells, cells))


def _raster(matrix: Matrix, cells: int, reach: float) -> Matrix:
    """From pixels to cells, by way of eye distances."""
    factor = cells / (2 * reach)
    return np.column_stack([matrix[:, :2] * factor, matrix[:, 2] * factor + (cells - 1) / 2])


def _after(second: Matrix, first: Matrix) -> Matrix:
    """Both 2x3 matrices in one, `first` first."""
    shift = second[:, :2] @ first[:, 2] + second[:, 2]
    return np.column_stack([second[:, :2] @ first[:, :2], shift])
