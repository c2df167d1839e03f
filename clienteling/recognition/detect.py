"""Faces and their five landmarks in a picture: YuNet, run by OpenCV.

Detection finds that a face is there, not whose it is; it needs no permit.
"""

import threading
from dataclasses import dataclass
from typing import Final, Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.frames import Image
from clienteling.recognition.weights import YUNET, read_weights

#: The longer side to which a picture is scaled before detection.
LIVE_SIDE: Final = 320
#: For photographs at enrolment, where a face may be small in a large picture.
PHOTO_SIDE: Final = 640
_SCORE: Final = 0.8
_NMS: Final = 0.3
_TOP: Final = 50


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face in a picture, in that picture's pixels.

    Attributes:
        box: x, y, width, height; may reach beyond the picture.
        landmarks: (5, 2) float32: the eye, the other eye, the nose, the mouth's corners; the eye
            on the left of the picture comes first.
        score: The detector's confidence, 0 to 1.
    """

    box: tuple[float, float, float, float]
    landmarks: NDArray[np.float32]
    score: float


class Detector(Protocol):
    """Finds faces."""

    def detect(self, image: Image, *, longest_side: int = LIVE_SIDE) -> tuple[Face, ...]:
        """Faces in an HxWx3 BGR picture, largest first."""


class YuNetDetector:
    """YuNet 2023mar. Threads may share one: OpenCV's object keeps state, so a lock guards it."""

    def __init__(self) -> None:
        model = np.frombuffer(read_weights(YUNET), np.uint8)
        before = cv2.utils.logging.getLogLevel()
        # OpenCV 5 warns that it ignores a setting which its own constructor makes.
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
        self._model = cv2.FaceDetectorYN.create(
            "onnx", model, np.empty(0, np.uint8), (LIVE_SIDE, LIVE_SIDE), _SCORE, _NMS, _TOP
        )
        cv2.utils.logging.setLogLevel(before)
        self._lock = threading.Lock()

    def detect(self, image: Image, *, longest_side: int = LIVE_SIDE) -> tuple[Face, ...]:
        """Faces in an HxWx3 BGR picture, largest first.

        Args:
            image: The picture; it is scaled down, never up.
            longest_side: Pixels of the longer side at detection. Faces smaller than about 10 of
                these pixels are not found.
        """
        height, width = image.shape[:2]
        if min(height, width) < 1:
            return ()
        scale = min(1.0, longest_side / max(height, width))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        scaled = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale < 1 else image
        with self._lock:
            self._model.setInputSize(size)
            # OpenCV's types do not say that None is how it finds nobody.
            rows = cast("NDArray[np.float32] | None", self._model.detect(scaled)[1])
        if rows is None:
            return ()
        factors = np.array([width / size[0], height / size[1]], np.float32)
        faces = (_face(row, factors) for row in rows)
        return tuple(sorted(faces, key=lambda face: face.box[2] * face.box[3], reverse=True))


def _face(row: NDArray[np.float32], factors: NDArray[np.float32]) -> Face:
    """One row of YuNet: box (4), five points (10), score."""
    x, y = (row[0:2] * factors).tolist()
    w, h = (row[2:4] * factors).tolist()
    return Face((x, y, w, h), row[4:14].reshape(5, 2) * factors, float(row[14]))
