"""Does what is around the face move with it?

Behind a head that moves, the shop stands still. Around the face on a print or a screen, the paper
moves with the face. Both are tried on the same ring of grey values: how well does the ring of an
earlier frame fit the picture now, moved as the face moved, and left where it was? Says nothing of a
cut-out (the shop is behind it, too), nor while the face stands still, nor before a bare wall.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.frames import wipe
from clienteling.recognition.liveness.place import Matrix, Surface, inverse, moved

CELLS: Final = 30
#: Eye distances to each side that the ring's square covers.
_SPAN: Final = 3.5
#: The ring, in eye distances from between the eyes: half of a head and of what lies beside it; down
#: to the mouth, and from over the hair.
_HEAD: Final = 1.7
_BESIDE: Final = 2.8
_MOUTH: Final = 1.2
_HAIR: Final = -2.3
#: Landmarks are a few hundredths of an eye distance off: movement from here on is movement.
_MOVED: Final = 0.35
#: Beyond it, light and people behind have changed too much.
_TOO_FAR: Final = 2.0
#: Rings that a new one is compared with; pairs that are needed.
_KEPT: Final = 3
_PAIRS: Final = 2
#: A ring without contrast (standard deviation in grey levels) fits everything.
_BARE: Final = 10.0
#: So much of the ring must be in the picture.
_IN_VIEW: Final = 0.5
#: Below this correlation it does not fit at all: somebody passed behind, or the light changed.
_FITS: Final = 0.75
#: The face's landmarks place the ring roughly; these shifts and scales find where it fits.
_SEARCH: Final = tuple(
    (x, y, scale) for scale in (0.94, 1.0, 1.06) for x in (-0.3, 0, 0.3) for y in (-0.3, 0, 0.3)
)
_CORNERS: Final = np.array([[-2, -2], [2, -2], [2, 1], [-2, 1.0]])


def _ring() -> NDArray[np.bool_]:
    """Beside the head and above the hair; not below, where the body moves with the head."""
    rows, columns = (np.mgrid[0:CELLS, 0:CELLS] - (CELLS - 1) / 2) * (2 * _SPAN / CELLS)
    aside = np.abs(columns)
    beside = (aside >= _HEAD) & (aside <= _BESIDE) & (rows <= _MOUTH)
    above = (aside < _HEAD) & (rows <= _HAIR)
    return np.asarray(beside | above)


_RING: Final = _ring()


@dataclass(frozen=True, slots=True, eq=False)
class _Ring:
    """What was around the face in one frame.

    Attributes:
        matrix: Where the face was.
        values: Grey values of the ring's cells.
        seen: Which of these lay in the picture.
    """

    matrix: Matrix
    values: NDArray[np.float32]
    seen: NDArray[np.bool_]


class Surroundings:
    """One visitor's. Keeps the grey values of a ring around the face, never the face."""

    def __init__(self) -> None:
        self._rings: list[_Ring] = []
        self._gains: list[float] = []
        self._weights: list[float] = []

    def add(self, surface: Surface, matrix: Matrix) -> None:
        """Take one frame: what is around the face, and where the face is."""
        if self._rings and _movement(self._rings[-1].matrix, matrix) < _MOVED:
            return
        now = _Ring(matrix, _values(surface, matrix), surface.covers(matrix, CELLS, _SPAN)[_RING])
        for before in self._rings:
            self._compare(surface, before, now)
        self._rings.append(now)
        if len(self._rings) > _KEPT:
            self._rings.pop(0).values.fill(0)

    @property
    def moves_along(self) -> float | None:
        """How much better the ring fits when it moves with the face, -2 to 2; None if unknown.

        The mean over pairs of frames between which the face moved, weighted by how far.
        """
        if len(self._gains) < _PAIRS:
            return None
        return float(np.average(self._gains, weights=self._weights))

    def begin_again(self) -> None:
        """Compare nothing that comes with what was there; what was found stays."""
        for ring in self._rings:
            ring.values.fill(0)
        self._rings = []

    def wipe(self) -> None:
        """Overwrite all of it."""
        self.begin_again()
        self._gains, self._weights = [], []

    def _compare(self, surface: Surface, before: _Ring, now: _Ring) -> None:
        movement = _movement(before.matrix, now.matrix)
        ring = before.seen & now.seen & surface.covers(before.matrix, CELLS, _SPAN)[_RING]
        contrast = float(before.values[ring].std()) if ring.any() else 0.0
        if _MOVED <= movement <= _TOO_FAR and ring.mean() >= _IN_VIEW and contrast >= _BARE:
            self._gains.append(_gain(surface, before, now, ring))
            self._weights.append(movement)


def _values(surface: Surface, matrix: Matrix) -> NDArray[np.float32]:
    square = surface.sampled(matrix, CELLS, _SPAN)
    ring = square[_RING].astype(np.float32)
    wipe(square)
    return ring


def _movement(before: Matrix, now: Matrix) -> float:
    """By how many eye distances the ring's corners moved, if it moves with the face."""
    then = moved(now, moved(inverse(before), _CORNERS))
    return float(np.linalg.norm(then - _CORNERS, axis=1).mean())


def _gain(surface: Surface, before: _Ring, now: _Ring, ring: NDArray[np.bool_]) -> float:
    was = before.values[ring]
    along = max(
        _alike(was, _values(surface, _shifted(now.matrix, *step))[ring]) for step in _SEARCH
    )
    if along < _FITS:
        return 0.0
    return along - _alike(was, _values(surface, before.matrix)[ring])


def _shifted(matrix: Matrix, x: float, y: float, scale: float) -> Matrix:
    return np.column_stack([matrix[:, :2] * scale, matrix[:, 2] * scale + [x, y]])


def _alike(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Correlation of grey values, -1 to 1; brightness and contrast do not matter."""
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 0 else 0.0
