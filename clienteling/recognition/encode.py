"""Turn faces into vectors, only with a permit, and count every time (R1).

`MeteredEncoder.encode` is the only way in: it checks the permit before anything is computed, and
the model behind it is private to its class.
"""

import copy
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.align import align
from clienteling.recognition.detect import Face
from clienteling.recognition.errors import RecognitionError
from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.permit import CapturePermit, PermitError
from clienteling.recognition.runtime import Model
from clienteling.recognition.weights import SFACE, read_weights

Vectors = NDArray[np.float32]


class NoVectorError(RecognitionError):
    """The model gave a vector of no length, or one that is no number."""


class EncoderMeter:
    """Counts what an encoder did since the start; read by guards, health and the demo's check."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls = 0
        self._without_permit = 0

    @property
    def calls(self) -> int:
        """Faces that went through the model."""
        return self._calls

    @property
    def without_permit(self) -> int:
        """Requests refused for want of a valid permit; the model did not run for them."""
        return self._without_permit

    def count_call(self) -> None:
        with self._lock:
            self._calls += 1

    def count_refused(self) -> None:
        with self._lock:
            self._without_permit += 1

    def __repr__(self) -> str:
        return f"EncoderMeter(calls={self.calls}, without_permit={self.without_permit})"


class Encoder(Protocol):
    """What the rest of the program may know of an encoder."""

    @property
    def model_id(self) -> str:
        """Templates of one model cannot be compared with those of another."""

    @property
    def model_sha256(self) -> str:
        """Digest of the weights as published; a calibration names the same."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def meter(self) -> EncoderMeter:
        """What was encoded, and what was refused."""

    def with_own_meter(self) -> Self:
        """See `MeteredEncoder.with_own_meter`."""

    def encode(
        self, permit: CapturePermit, image: Image, faces: Sequence[Face], at: float
    ) -> Vectors:
        """See `MeteredEncoder.encode`."""


class MeteredEncoder(ABC):
    """The gate that every encoder stands behind."""

    def __init__(self, model_id: str, model_sha256: str, dimension: int) -> None:
        self.model_id: Final = model_id
        self.model_sha256: Final = model_sha256
        self.dimension: Final = dimension
        self._meter = EncoderMeter()

    @property
    def meter(self) -> EncoderMeter:
        return self._meter

    def with_own_meter(self) -> Self:
        """Return the same model, loaded once, with a meter of its own: one for each camera."""
        twin = copy.copy(self)
        twin._meter = EncoderMeter()  # noqa: SLF001  # of this very class
        return twin

    def encode(
        self, permit: CapturePermit, image: Image, faces: Sequence[Face], at: float
    ) -> Vectors:
        """Vectors of faces in a picture.

        1. The permit is a `CapturePermit`, valid at the picture's moment; else nothing is computed.
        2. Each face is counted, then encoded.
        3. Each vector is scaled to length one; one that cannot be is an error.

        Args:
            permit: Why these faces may be encoded.
            image: HxWx3 BGR.
            faces: Faces that the detector found in this picture.
            at: The picture's moment, on the permit's clock.

        Returns:
            (len(faces), dimension) float32, rows of length one.

        Raises:
            PermitError: There is no valid permit. The meter counts it.
            NoVectorError: The model gave no usable vector.
        """
        if not _valid(permit, at):
            self.meter.count_refused()
            raise PermitError("No face is encoded: there is no permit valid at this moment.")
        vectors = np.empty((len(faces), self.dimension), np.float32)
        for row, face in enumerate(faces):
            self.meter.count_call()
            raw = self._embed(image, face)
            try:
                np.divide(raw, _length(raw), out=vectors[row])
            finally:
                wipe(raw)
        return vectors

    @abstractmethod
    def _embed(self, image: Image, face: Face) -> NDArray[np.float32]:
        """One face's raw vector (dimension,)."""


def _valid(permit: object, at: float) -> bool:
    """Whether this is a permit, not merely something that says it is valid."""
    return isinstance(permit, CapturePermit) and permit.valid_at(at)


def _length(vector: NDArray[np.float32]) -> float:
    length = float(np.linalg.norm(vector))
    if not 0 < length < np.inf:
        raise NoVectorError("The face model made nothing of this picture. Use another.")
    return length


class SFaceEncoder(MeteredEncoder):
    """SFace 2021dec, 128 dimensions. Threads may share one.

    A face is encoded as it is and mirrored, and the two are averaged: of those it misses, a fifth
    are found that way (docs/decisions/0028).
    """

    def __init__(self) -> None:
        """Load the model (65 MB of memory).

        Raises:
            WeightsError: The weights are missing or not the pinned ones.
        """
        super().__init__("sface-2021dec-mirrored", SFACE.sha256, 128)
        self._model = Model(read_weights(SFACE))

    def _embed(self, image: Image, face: Face) -> NDArray[np.float32]:
        chip = align(image, face)
        # SFace takes RGB, 0 to 255; it scales by itself.
        tensor = np.ascontiguousarray(chip[:, :, ::-1].transpose(2, 0, 1)[None], np.float32)
        mirrored = np.ascontiguousarray(tensor[:, :, :, ::-1])
        upright, other = self._run(tensor), self._run(mirrored)
        try:
            upright /= _length(upright)
            other /= _length(other)
            return upright + other
        finally:
            wipe(chip, tensor, mirrored, upright, other)

    def _run(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        (vectors,) = self._model.run({"data": tensor}, ["fc1"])
        return np.asarray(vectors[0], np.float32)
