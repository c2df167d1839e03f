"""Faces and their five landmarks in a picture: YuNet, run by OpenCV.

Detection finds that a face is there, not whose it is; it needs no permit.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.runtime import Model
from clienteling.recognition.weights import YUNET, read_weights

#: The longer side to which a picture is scaled before detection.
LIVE_SIDE: Final = 320
#: For photographs at enrolment, where a face may be small in a large picture.
PHOTO_SIDE: Final = 640
#: A face of less confidence is none.
MIN_SCORE: Final = 0.8
_NMS: Final = 0.3
#: Candidates before those of one face become one: a face brings several (OpenCV's own default).
_TOP: Final = 5_000
_STRIDES: Final = (8, 16, 32)
_KINDS: Final = ("cls", "obj", "bbox", "kps")


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
    """YuNet 2023mar. Threads may share one.

    Decoding follows OpenCV's FaceDetectorYN, which runs the same network twice as slowly
    (docs/decisions/0021).
    """

    def __init__(self) -> None:
        """Load the model.

        Raises:
            WeightsError: The weights are missing or not the pinned ones.
        """
        self._model = Model(read_weights(YUNET))
        self._outputs = [f"{kind}_{stride}" for stride in _STRIDES for kind in _KINDS]

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
        scaled = shrink(image, longest_side)
        factors = np.array([width / scaled.shape[1], height / scaled.shape[0]], np.float32)
        rows = self._run(scaled)
        if scaled is not image:
            wipe(scaled)
        if not len(rows):
            return ()
        boxes = rows[:, :4].tolist()
        kept = cv2.dnn.NMSBoxes(boxes, rows[:, 14].tolist(), MIN_SCORE, _NMS, top_k=_TOP)
        faces = (_face(rows[row], factors) for row in kept)
        return tuple(sorted(faces, key=lambda face: face.box[2] * face.box[3], reverse=True))

    def _run(self, image: Image) -> NDArray[np.float32]:
        """Rows of box (4), five points (10) and score, above the score; overlapping ones too.

        A row with anything in it that is no number, or a box without extent, is no face.
        """
        bottom, right = (-side % _STRIDES[-1] for side in image.shape[:2])
        padded = np.asarray(
            cv2.copyMakeBorder(image, 0, bottom, 0, right, cv2.BORDER_CONSTANT), np.uint8
        )
        blob = np.asarray(cv2.dnn.blobFromImage(padded), np.float32)
        values = self._model.run({"input": blob}, self._outputs)
        width = padded.shape[1]
        wipe(padded, blob)
        kinds = len(_KINDS)
        rows: NDArray[np.float32] = np.concatenate(
            [
                _decode(values[place * kinds : (place + 1) * kinds], stride, width)
                for place, stride in enumerate(_STRIDES)
            ]
        )
        is_face = np.isfinite(rows).all(axis=1) & (rows[:, 2:4] > 0).all(axis=1)
        return np.asarray(rows[is_face], np.float32)


def shrink(image: Image, longest_side: int) -> Image:
    """Scale a picture down to this longer side, averaging; a smaller one is left as it is.

    Halving is several times cheaper than one step of averaging, and gives the same.
    """
    height, width = image.shape[:2]
    scale = min(1.0, longest_side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    steps = []
    while width >= 2 * size[0] and height >= 2 * size[1]:
        width, height = width // 2, height // 2
        steps.append((width, height))
    if (width, height) != size:
        steps.append(size)
    smaller = image
    for step in steps:
        larger = smaller
        smaller = np.asarray(cv2.resize(larger, step, interpolation=cv2.INTER_AREA), np.uint8)
        if larger is not image:
            wipe(larger)
    return smaller


def _decode(outputs: list[NDArray[np.float32]], stride: int, width: int) -> NDArray[np.float32]:
    """One scale of YuNet's outputs, each (1, cells, n), as rows like those of `_run`.

    Boxes and points are told from their cell, in strides; a box's size as its logarithm.
    """
    classes, objects, boxes, points = (output[0] for output in outputs)
    scores = np.sqrt(np.clip(classes, 0, 1) * np.clip(objects, 0, 1))[:, 0]
    found = np.flatnonzero(scores >= MIN_SCORE)
    columns = width // stride
    cells = np.stack([found % columns, found // columns], axis=1).astype(np.float32)
    sizes = np.exp(boxes[found, 2:])
    corners = cells + boxes[found, :2] - sizes / 2
    landmarks = points[found] + np.tile(cells, 5)
    pixels = np.hstack([corners, sizes, landmarks]) * np.float32(stride)
    return np.hstack([pixels, scores[found, None]])


def _face(row: NDArray[np.float32], factors: NDArray[np.float32]) -> Face:
    """One row of YuNet: box (4), five points (10), score."""
    x, y = (row[0:2] * factors).tolist()
    w, h = (row[2:4] * factors).tolist()
    return Face((x, y, w, h), row[4:14].reshape(5, 2) * factors, float(row[14]))
