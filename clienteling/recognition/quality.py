"""Whether a face is good enough to enrol, or to compare (R29).

Every measure is taken where its scale is known: sharpness and light on the aligned chip, size in
pixels of the picture, turning as a fraction of the distance between the eyes. The limits were
measured: docs/decisions/0027.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.align import align
from clienteling.recognition.detect import MIN_SCORE, Face
from clienteling.recognition.frames import Image, wipe


class QualityCode(StrEnum):
    """What is wrong with a picture, for the one who can put it right. Most important first."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    OUT_OF_FRAME = "out_of_frame"
    TOO_FAR = "too_far"
    TOO_CLOSE = "too_close"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    TURNED = "turned"
    BLURRED = "blurred"


@dataclass(frozen=True, slots=True)
class QualityGate:
    """Limits for one use.

    Attributes:
        min_height: Height of the face, pixels.
        max_share: Height of the face as a share of the picture's.
        other_face: A second face counts from this share of the largest one's height.
        min_light: Mean grey of the face, 0 to 255.
        max_light: The same, from above.
        max_turn: Nose off the middle of the face, as a share of the distance between the eyes.
        min_sharpness: Share of the face's contrast that lies in fine detail, 0 to 1.
    """

    min_height: float
    max_share: float
    other_face: float
    min_light: float
    max_light: float
    max_turn: float
    min_sharpness: float


#: A photograph that somebody brings: a face of 90 pixels in one of 250x250 passes.
ENROL_PHOTO: Final = QualityGate(72, 0.95, 0.5, 35, 215, 0.55, 0.02)
#: A kiosk, where the person can come closer and try again.
ENROL_KIOSK: Final = QualityGate(112, 0.8, 0.4, 45, 210, 0.5, 0.025)
#: A visitor in front of a camera. Several faces are the pipeline's matter (R2): give one.
PROBE: Final = QualityGate(64, 0.95, 0.5, 30, 220, 0.6, 0.015)

#: So much of the face's box may lie outside of the picture.
_OUTSIDE: Final = 0.1
#: The part of the aligned chip (rows, columns) that is face and not hair or background.
_ROWS: Final = slice(24, 100)
_COLUMNS: Final = slice(20, 92)
#: A larger face tells no more, px: it is scaled down to the chip.
_FULL_SIZE: Final = 160.0
_MIDDLE_GREY: Final = 127.5
#: The median of photographs (docs/decisions/0027).
_TYPICAL_SHARPNESS: Final = 0.07
#: Detail finer than this (standard deviation in chip pixels) counts as fine.
_FINE: Final = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Quality:
    """What was found.

    Attributes:
        codes: What is wrong, most important first; empty when the picture is good enough.
        face: The largest face, if there is one.
        score: 0 to 1, higher is better; ranks the pictures of one person, and decides nothing.
    """

    codes: tuple[QualityCode, ...]
    face: Face | None
    score: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the face may be used."""
        return not self.codes and self.face is not None


def assess(image: Image, faces: Sequence[Face], gate: QualityGate) -> Quality:
    """Judge the largest face of a picture.

    Args:
        image: H x W x 3, BGR.
        faces: All faces that the detector found in it.
        gate: Limits.
    """
    if not faces:
        return Quality((QualityCode.NO_FACE,), None)
    first, *others = sorted(faces, key=lambda face: face.box[3], reverse=True)
    height, width = image.shape[:2]
    light, sharpness = _light_and_sharpness(align(image, first))
    size, turn = first.box[3], _turn(first.landmarks)
    wrong = {
        QualityCode.SEVERAL_FACES: any(o.box[3] >= gate.other_face * size for o in others),
        QualityCode.OUT_OF_FRAME: _outside(first, width, height),
        QualityCode.TOO_FAR: size < gate.min_height,
        QualityCode.TOO_CLOSE: size > gate.max_share * height,
        QualityCode.TOO_DARK: light < gate.min_light,
        QualityCode.TOO_BRIGHT: light > gate.max_light,
        QualityCode.TURNED: turn > gate.max_turn,
        # Written so that a face without any contrast fails.
        QualityCode.BLURRED: not sharpness >= gate.min_sharpness,
    }
    codes = tuple(code for code in QualityCode if wrong.get(code, False))
    return Quality(codes, first, _score(first, turn, light, sharpness))


def _score(face: Face, turn: float, light: float, sharpness: float) -> float:
    """The detector's confidence times the mean of four shares, each 1 at its best.

    Confidence says most about how well a photograph will be recognised; the shares tell apart the
    frames of an approach, all of which are sure to be faces (docs/decisions/0083). 0 where one of
    them cannot be measured.
    """
    shares = (
        min(1.0, face.box[3] / _FULL_SIZE),
        max(0.0, 1.0 - turn),
        1.0 - abs(light - _MIDDLE_GREY) / _MIDDLE_GREY,
        sharpness / (sharpness + _TYPICAL_SHARPNESS),
    )
    confidence = max(0.0, (face.score - MIN_SCORE) / (1.0 - MIN_SCORE))
    score = confidence * float(np.prod(shares)) ** (1 / len(shares))
    return score if score == score else 0.0  # noqa: PLR0124  # a face without contrast is NaN


def _outside(face: Face, width: int, height: int) -> bool:
    """Whether a landmark, or more than a little of the box, is beyond the picture's edge."""
    x, y, w, h = face.box
    beyond = max(-x / w, -y / h, (x + w - width) / w, (y + h - height) / h)
    points = face.landmarks
    inside = np.all((points >= 0) & (points < np.array([width, height], np.float32)))
    return beyond > _OUTSIDE or not bool(inside)


def _turn(landmarks: NDArray[np.float32]) -> float:
    """How far the nose is off the line between the eyes' and the mouth's middle, in eye distances.

    Measured along the line of the eyes, so that a tilted head is not a turned one.
    """
    left, right, nose = landmarks[0], landmarks[1], landmarks[2]
    eyes = right - left
    distance = float(np.linalg.norm(eyes))
    if distance <= 0:
        return float("inf")
    middle = landmarks[[0, 1, 3, 4]].mean(axis=0)
    return abs(float((nose - middle) @ eyes)) / distance**2


def _light_and_sharpness(chip: Image) -> tuple[float, float]:
    """Mean grey, and which share of the grey's variance is fine detail (NaN without contrast).

    The share does not change with light or contrast, and the chip fixes the scale. The chip is
    overwritten.
    """
    whole = cv2.cvtColor(chip, cv2.COLOR_BGR2GRAY)
    grey = whole[_ROWS, _COLUMNS].astype(np.float32)
    detail = np.asarray(cv2.GaussianBlur(grey, (0, 0), _FINE), np.float32)
    np.subtract(grey, detail, out=detail)
    light, contrast, fine = float(grey.mean()), float(grey.var()), float(detail.var())
    wipe(chip, np.asarray(whole, np.uint8), grey, detail)
    return light, fine / contrast if contrast > 0 else float("nan")
