"""A photograph held up to a camera, and a head that turns: small, seeded, made in the test."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clienteling.evaluation.handheld import Sway, show
from clienteling.evaluation.media import MEDIA, flat_picture
from clienteling.recognition.detect import Detector, Face
from clienteling.recognition.frames import Image
from clienteling.recognition.liveness.evidence import Checks, LivenessEvidence
from tests.support.faces import photo

FACE_HEIGHT = 185.0
CARRIED_IN = Sway(approach=0.55, tremor=8.0, tilt=2.0)
HELD_STILL = Sway(approach=1.0, tremor=0.0, tilt=0.0)


_MADE: dict[tuple[str, Sway, int, float], tuple[Image, ...]] = {}


def shown(
    detector: Detector,
    kind: str,
    sway: Sway = CARRIED_IN,
    frames: int = 18,
    height: float = FACE_HEIGHT,
) -> tuple[Image, ...]:
    """Frames (640x480, ten a second) of a photograph on such a medium, its face so high at last."""
    made = _MADE.get((kind, sway, frames, height))
    if made is not None:
        return made
    medium = next(medium for medium in MEDIA if medium.name == kind)
    image = photo("a3")
    face = detector.detect(image, longest_side=640)[0]
    random = np.random.default_rng(31)
    flat = flat_picture(image, face, medium, height, random)
    made = tuple(show([flat] * frames, sway, random))
    _MADE[kind, sway, frames, height] = made
    return made


def looked_at(detector: Detector, frames: Sequence[Image], checks: Checks) -> LivenessEvidence:
    """The evidence after all frames."""
    evidence = LivenessEvidence(checks)
    for number, image in enumerate(frames):
        for face in detector.detect(image)[:1]:
            evidence.add(image, face, number / 10)
    return evidence


def head(yaw: float, *, depth: float = 0.55) -> Face:
    """A face of eye distance 60 in the middle of 640x480, turned by degrees; flat at depth 0."""
    solid = np.array(
        [[-30, -20, 0], [30, -20, 0], [0, 15, 60 * depth], [-22, 45, 6], [22, 45, 6]], np.float64
    )
    turn = np.radians(yaw)
    x = solid[:, 0] * np.cos(turn) + solid[:, 2] * np.sin(turn)
    landmarks: NDArray[np.float32] = np.column_stack([320 + x, 240 + solid[:, 1]]).astype(
        np.float32
    )
    return Face((255.0, 170.0, 130.0, 160.0), landmarks, 0.9)
