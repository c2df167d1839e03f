"""What a challenge looks at: whether the head is turned, the eyes are shut, the mouth smiles.

Two small models of MediaPipe (Apache-2.0), asked inside a challenge and nowhere else: the points
around an eye, and the mesh of a face for the mouth. Four numbers of a frame come out; the points
and the crops are overwritten. Nothing is inferred about how anybody feels (docs/decisions/0110).
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.detect import Face
from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.liveness.place import FRONTAL, Matrix, moved, place
from clienteling.recognition.runtime import Model
from clienteling.recognition.weights import EYE, FACE_MESH, read_weights

#: A head turned further, in `aside`, does not look ahead: eyes and mouth are not measured.
AHEAD: Final = 0.13
_OTHERS: Final = np.array([0, 1, 3, 4])
_INPUT: Final = "input_1"

#: Crops: what they show, and their sides in pixels.
_MESH_SIDE: Final = 192
_MESH_BOXES: Final = 1.2  # of the face box
_EYE_SIDE: Final = 64
_EYE_REACH: Final = 1.1  # eye distances: 2.3 times an eye's width

#: Points of the eye's contour: its corners, and three pairs of upper and lower lid.
_CORNERS: Final = (0, 8)
_LIDS: Final = ((12, 4), (11, 3), (13, 5))
#: Points of the mesh: corners of the mouth, outer corners of the eyes, the nose's tip, edges of the
#: face.
_MOUTH: Final = (61, 291)
_EYES: Final = (33, 263)
_NOSE: Final = 1
_EDGES: Final = (234, 454)
#: What the corners' way up weighs beside the mouth's width.
_UP: Final = 0.2


@dataclass(frozen=True, slots=True)
class Signs:
    """Four numbers about one frame's face.

    Attributes:
        aside: How far the nose stands to the right (picture) of the middle of eyes and mouth, eye
            distances.
        below: How far it stands below, likewise.
        eyes: How far both eyes are open, height by width; None where the head is turned.
        mouth: Its width by the face's, less how far its corners hang below the eyes by how far the
            nose does: a flat picture that is tilted changes both sides of each ratio alike. None
            where the head is turned.
    """

    aside: float
    below: float
    eyes: float | None
    mouth: float | None


class SignReader:
    """The two models. Threads may share it."""

    def __init__(self) -> None:
        """Load them.

        Raises:
            WeightsError: The weights are missing or not the pinned ones.
        """
        self._mesh = Model(read_weights(FACE_MESH))
        self._eye = Model(read_weights(EYE))

    def read(self, image: Image, face: Face) -> Signs:
        """Measure one face of an HxWx3 BGR picture. Only a head that looks ahead is asked about."""
        aside, below = _nose(face.landmarks)
        if abs(aside) > AHEAD:
            return Signs(aside, below, None, None)
        return Signs(aside, below, self._eyes(image, face), self._mouth(image, face))

    def _eyes(self, image: Image, face: Face) -> float:
        left, right = face.landmarks[:2].astype(np.float64)
        across = right - left
        reach = _EYE_REACH * float(np.hypot(*across))
        # The model knows one side's eye; the other is shown mirrored.
        shown = ((left, False), (right, True))
        return float(np.mean([self._open(image, eye, across, reach, flip) for eye, flip in shown]))

    def _open(self, image: Image, eye: Matrix, across: Matrix, reach: float, flip: bool) -> float:
        crop = _upright(image, eye, across, reach, _EYE_SIDE)
        points = _points(
            self._eye, crop[:, ::-1] if flip else crop, "output_eyes_contours_and_brows"
        )
        flat = points[:, :2]
        height = np.mean([_apart(flat, *pair) for pair in _LIDS])
        openness = float(height / max(_apart(flat, *_CORNERS), 1.0))
        wipe(crop, points)
        return openness

    def _mouth(self, image: Image, face: Face) -> float:
        x, y, w, h = face.box
        across = (face.landmarks[1] - face.landmarks[0]).astype(np.float64)
        middle = np.array([x + w / 2, y + h / 2])
        crop = _upright(image, middle, across, _MESH_BOXES * max(w, h), _MESH_SIDE)
        points = _points(self._mesh, crop, "conv2d_20")
        flat = points[:, :2]
        width = _apart(flat, *_MOUTH) / max(_apart(flat, *_EDGES), 1.0)
        between = zip(_MOUTH, _EYES, strict=True)
        corners = float(np.mean([_apart(flat, corner, eye) for corner, eye in between]))
        nose = float(np.linalg.norm(flat[list(_EYES)].mean(axis=0) - flat[_NOSE]))
        measure = width - _UP * corners / max(nose, 1.0)
        wipe(crop, points)
        return measure


@cache
def shared_reader() -> SignReader:
    """Return the process's one reader, loaded where a challenge is first asked.

    Raises:
        WeightsError: See `SignReader`.
    """
    return SignReader()


def _nose(landmarks: NDArray[np.float32]) -> tuple[float, float]:
    """How far the nose stands to the right and below the middle of eyes and mouth."""
    points = moved(place(landmarks), landmarks.astype(np.float64))
    away = points[2] - points[_OTHERS].mean(axis=0)
    usual = FRONTAL[2] - FRONTAL[_OTHERS].mean(axis=0)
    aside, below = (away - usual).tolist()
    return aside, below


def _upright(image: Image, middle: Matrix, across: Matrix, reach: float, side: int) -> Image:
    """A square of side x side around a point, `reach` pixels wide, `across` being level in it."""
    turn = np.array([[across[0], across[1]], [-across[1], across[0]]])
    factor = side / max(reach, 1.0) / max(float(np.hypot(*across)), 1e-6)
    matrix = np.column_stack([turn * factor, side / 2 - (turn * factor) @ middle])
    crop = cv2.warpAffine(image, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)


def _points(model: Model, crop: Image, output: str) -> NDArray[np.float32]:
    """The model's points (n, 3) in the crop's pixels."""
    blob = np.asarray(cv2.dnn.blobFromImage(crop, 1 / 255, swapRB=True), np.float32)
    [answer] = model.run({_INPUT: blob}, [output])
    wipe(blob)
    return answer.reshape(-1, 3)


def _apart(points: NDArray[np.float32], one: int, other: int) -> float:
    return float(np.linalg.norm(points[one] - points[other]))
