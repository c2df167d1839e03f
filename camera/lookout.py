"""Look for faces only where one may have come: an empty picture that stays the same stays empty."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.detect import Detector, Face, shrink
from clienteling.recognition.frames import Frame, Image

#: The longer side of the grey picture that is compared. The smallest face that the detector finds
#: covers at least two of its cells each way.
_SIDE: Final = 80
#: Grey levels by which one cell must differ. A cell averages hundreds of pixels of a camera: its
#: noise stays below 2, and every face that the detector finds brings 28 or more (decision 0081).
_CHANGE: Final = 8.0
#: However still the picture is, a look after so many seconds.
_PATIENCE_SECONDS: Final = 0.5


class Lookout:
    """The detector behind a motion gate. Belongs to one thread and one source.

    A picture is passed over only if the last look found nobody, was less than half a second ago,
    and no part of the picture has changed since *that look*: what changes slowly adds up.
    """

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._empty: NDArray[np.float32] | None = None
        self._looked_at = 0.0

    def faces(self, frame: Frame) -> tuple[Face, ...]:
        """Faces of a frame, largest first; () without a look where nobody can have come."""
        scene = _scene(frame.image) if self._empty is not None else None
        if scene is not None and self._is_the_same(scene, frame.at):
            scene.fill(0)
            return ()
        faces = self._detector.detect(frame.image)
        self.clear()
        if not faces:
            self._empty = scene if scene is not None else _scene(frame.image)
            self._looked_at = frame.at
        elif scene is not None:
            scene.fill(0)
        return faces

    def clear(self) -> None:
        """Overwrite what is remembered of the picture (R3); the next frame is looked at."""
        if self._empty is not None:
            self._empty.fill(0)
        self._empty = None

    def _is_the_same(self, scene: NDArray[np.float32], at: float) -> bool:
        if self._empty is None or scene.shape != self._empty.shape:
            return False
        # Written so that a clock that goes back means a look.
        recent = 0 <= at - self._looked_at < _PATIENCE_SECONDS
        return recent and float(np.abs(scene - self._empty).max()) < _CHANGE


def _scene(image: Image) -> NDArray[np.float32]:
    """The picture in grey, a few thousand cells."""
    grey = cv2.cvtColor(shrink(image, _SIDE), cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, np.float32)
