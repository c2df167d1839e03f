"""Is the face inside a frame that it carries with it: the edge of a print, the rim of a screen?

Straight lines around a face alone say little: a door, a shelf or a poster stands behind many. What
counts is a line that keeps its place beside the face while both move through the picture.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.liveness.place import REACH, Matrix, inverse, moved

CELLS: Final = 128
_CELL: Final = 2 * REACH / CELLS  # eye distances
_CANNY: Final = (40, 100)
_VOTES: Final = 25
_LENGTH: Final = 2.2  # eye distances
_GAP: Final = 3  # cells
_SLANT: Final = 0.35  # tangent
#: Where each side may lie, in eye distances from between the eyes.
_SIDES: Final = {
    "left": (-4.0, -1.5),
    "right": (1.5, 4.0),
    "top": (-4.0, -1.6),
    "bottom": (2.2, 4.5),
}
_FRAMES: Final = 4
#: The line must move so far in the picture (eye distances), and beside the face by less than the
#: share of that.
_MOVES: Final = 0.10
_KEEPS: Final = 0.6


class Borders:
    """One visitor's. Keeps where lines were: numbers."""

    def __init__(self) -> None:
        self._beside: dict[str, list[float]] = {side: [] for side in _SIDES}
        self._in_picture: dict[str, list[float]] = {side: [] for side in _SIDES}
        self._scale: float | None = None
        self._frames = 0

    def add(self, view: Image, matrix: Matrix) -> None:
        """Take one frame: the view (CELLS x CELLS) around the face, and where the face is."""
        if self._scale is None:
            self._scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
        self._frames += 1
        back = inverse(matrix)
        for side, offset in _lines(view).items():
            upright = side in {"left", "right"}
            point = np.array([[offset, 0.0] if upright else [0.0, offset]])
            pixel = moved(back, point)[0, 0 if upright else 1]
            self._beside[side].append(offset)
            self._in_picture[side].append(float(pixel) * self._scale)

    @property
    def carried(self) -> int | None:
        """How many sides (0 to 4) move with the face; None with too few frames."""
        if self._frames < _FRAMES:
            return None
        return sum(self._is_carried(side) for side in _SIDES)

    def _is_carried(self, side: str) -> bool:
        if len(self._beside[side]) < max(_FRAMES, self._frames / 3):
            return False
        there, beside = _spread(self._in_picture[side]), _spread(self._beside[side])
        return there >= _MOVES and beside <= _KEEPS * there

    def wipe(self) -> None:
        """Forget it and begin again."""
        for values in (*self._beside.values(), *self._in_picture.values()):
            values.clear()
        self._scale = None
        self._frames = 0


def _lines(view: Image) -> dict[str, float]:
    """For each side with a line along the face: its place, eye distances from between the eyes."""
    edges = np.asarray(cv2.Canny(view, *_CANNY), np.uint8)
    found = cv2.HoughLinesP(edges, 1, np.pi / 90, _VOTES, None, _LENGTH / _CELL, _GAP)
    wipe(edges)
    longest: dict[str, tuple[float, float]] = {}
    for line in () if found is None else found.reshape(-1, 2, 2):
        ends = (line.astype(np.float64) - (CELLS - 1) / 2) * _CELL
        length = float(np.linalg.norm(ends[1] - ends[0]))
        side, offset = _side(ends)
        if side and length > longest.get(side, (0.0, 0.0))[0]:
            longest[side] = (length, offset)
    return {side: offset for side, (_, offset) in longest.items()}


def _side(ends: NDArray[np.float64]) -> tuple[str, float]:
    """Which side of the face the line (2 ends, x and y) is, and where it passes the face."""
    across, down = np.abs(ends[1] - ends[0])
    upright = bool(across < _SLANT * down)
    if not upright and not down < _SLANT * across:
        return "", 0.0
    along, aside = (1, 0) if upright else (0, 1)
    if ends[:, along].min() > 0.5 or ends[:, along].max() < -0.5:  # noqa: PLR2004  # not at the face
        return "", 0.0
    slope = (ends[1, aside] - ends[0, aside]) / (ends[1, along] - ends[0, along])
    offset = float(ends[0, aside] - slope * ends[0, along])
    for side in ("left", "right") if upright else ("top", "bottom"):
        low, high = _SIDES[side]
        if low < offset < high:
            return side, offset
    return "", 0.0


def _spread(values: list[float]) -> float:
    """From the lower to the upper quartile: a line that is mistaken now and then does not count."""
    low, high = np.percentile(values, (25, 75))
    return float(high - low)
