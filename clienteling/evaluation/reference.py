"""The baseline: the plain `face_recognition` library, used as its own README shows.

HOG detection at upsample 1, its five landmarks and ResNet, Euclidean distance, the nearest of all
known photographs, tolerance 0.6. Nothing of ours makes it better or worse.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.encode import EncoderMeter
from clienteling.recognition.encode_dlib import load_library
from clienteling.recognition.frames import Image
from clienteling.recognition.permit import CapturePermit, Ground, PermitError

#: A distance up to this is "the same person" for the library's `compare_faces`.
TOLERANCE: Final = 0.6
DIMENSION: Final = 128

#: Top, right, bottom, left, in pixels: the library's own order.
Box = tuple[int, int, int, int]
#: (n, 128) float64, not of length one.
Encodings = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recognised:
    """One face of a frame, and who the library says it is.

    Attributes:
        box: Where.
        row: The nearest row of the gallery; None when none is within the tolerance.
        distance: Euclidean distance to the nearest row; infinite in an empty gallery.
    """

    box: Box
    row: int | None
    distance: float


class Reference:
    """The library behind the same permit and the same count as our encoders.

    One thread at a time: dlib's networks keep state.
    """

    def __init__(self, permit: CapturePermit) -> None:
        """Load the library.

        Args:
            permit: For files only; a camera's frame is never given to the baseline.

        Raises:
            PermitError: The permit is not one for files.
            StartError: See `clienteling.recognition.encode_dlib.load_library`.
        """
        if permit.ground is not Ground.FILES:
            raise PermitError("The reference library runs on files only, and only with a permit.")
        self.meter: Final = EncoderMeter()
        self._library = load_library()

    def locate(self, rgb: Image) -> list[Box]:
        """Faces in an HxWx3 RGB picture (HOG, upsample 1)."""
        return list(self._library.face_locations(rgb))

    def encode(self, rgb: Image, boxes: list[Box]) -> Encodings:
        """Vectors (len(boxes), 128) of faces in a picture."""
        for _ in boxes:
            self.meter.count_call()
        rows = self._library.face_encodings(rgb, boxes)
        return np.asarray(rows, np.float64).reshape(len(boxes), DIMENSION)

    def nearest(self, gallery: Encodings, vector: NDArray[np.float64]) -> tuple[int, float]:
        """Row of the nearest vector in the gallery (n, 128), n at least 1, and its distance."""
        distances = self._library.face_distance(gallery, vector)
        row = int(np.argmin(distances))
        return row, float(distances[row])

    def recognise(self, rgb: Image, gallery: Encodings) -> list[Recognised]:
        """The library's whole loop for one frame: locate, encode, compare each face with all."""
        boxes = self.locate(rgb)
        found = []
        for box, vector in zip(boxes, self.encode(rgb, boxes), strict=True):
            row, distance = self.nearest(gallery, vector) if len(gallery) else (0, np.inf)
            found.append(Recognised(box, row if distance <= TOLERANCE else None, distance))
        return found
