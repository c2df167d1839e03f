"""Do the landmarks move as those of a solid head?

However a flat picture is moved, an affine map explains where its five landmarks go (far from the
camera; a homography leaves five points too little to be wrong about). When a head turns, the nose
leaves the plane of eyes and mouth. This finds a head that turns; a head held still looks flat.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.liveness.place import Matrix

#: Landmarks are averaged over so many frames, against the detector's tremor.
_SMOOTH: Final = 3
#: Poses that are kept to compare with.
_KEPT: Final = 12


class Depth:
    """One visitor's. Keeps landmarks, in pixels: numbers."""

    def __init__(self) -> None:
        self._recent: list[Matrix] = []
        self._poses: list[Matrix] = []
        self._bent: list[float] = []

    def add(self, landmarks: NDArray[np.float32]) -> None:
        """Take one frame's (5, 2) landmarks."""
        self._recent = [*self._recent[-(_SMOOTH - 1) :], landmarks.astype(np.float64)]
        if len(self._recent) < _SMOOTH:
            return
        pose = np.mean(self._recent, axis=0)
        if self._poses:
            self._bent.append(max(_beyond_flat(before, pose) for before in self._poses))
        self._poses = [*self._poses[-(_KEPT - 1) :], pose]

    @property
    def bent(self) -> float:
        """What no flat picture explains, eye distances: the third largest of all frames."""
        return sorted(self._bent)[-3] if len(self._bent) >= 3 else 0.0  # noqa: PLR2004

    def wipe(self) -> None:
        """Overwrite it and begin again."""
        for pose in (*self._recent, *self._poses):
            pose.fill(0)
        self._recent, self._poses, self._bent = [], [], []


def _beyond_flat(before: Matrix, now: Matrix) -> float:
    """The root mean square that the best affine map from one pose to the other leaves."""
    design = np.column_stack([before, np.ones(len(before))])
    rest = now - design @ np.linalg.lstsq(design, now, rcond=None)[0]
    return float(np.sqrt((rest**2).sum(axis=1).mean()) / np.linalg.norm(now[1] - now[0]))
