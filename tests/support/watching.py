"""The real encoder and detector, watched: who was encoded and why, and what was looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.detect import Detector, Face
from clienteling.recognition.encode import Encoder, EncoderMeter
from clienteling.recognition.frames import Image
from clienteling.recognition.permit import CapturePermit, Ground


@dataclass(frozen=True, slots=True)
class Encoded:
    """One face that was encoded.

    Attributes:
        at: Seconds on the frames' clock.
        across: Where its centre was, as a fraction of the picture's width.
    """

    at: float
    ground: Ground
    across: float


class WatchedEncoder:
    """Writes down every face, and keeps the very arrays that the real encoder handed out."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.model_id = encoder.model_id
        self.model_sha256 = encoder.model_sha256
        self.dimension = encoder.dimension
        self.meter: EncoderMeter = encoder.meter
        self.encoded: list[Encoded] = []
        self.vectors: list[NDArray[np.float32]] = []

    def with_own_meter(self) -> Self:
        return self

    def encode(
        self, permit: CapturePermit, image: Image, faces: Sequence[Face], at: float
    ) -> NDArray[np.float32]:
        for face in faces:
            across = (face.box[0] + face.box[2] / 2) / image.shape[1]
            self.encoded.append(Encoded(at, permit.ground, across))
        vectors = self._encoder.encode(permit, image, faces, at)
        assert vectors.any()
        self.vectors.append(vectors)
        return vectors


class CountingDetector:
    """Counts the pictures in which faces were looked for."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self.calls = 0

    def detect(self, image: Image, *, longest_side: int = 320) -> tuple[Face, ...]:
        self.calls += 1
        return self._detector.detect(image, longest_side=longest_side)
