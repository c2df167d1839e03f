"""Turn a face upright and to the size that SFace was trained on."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.detect import Face
from clienteling.recognition.frames import Image

#: Side of the aligned chip, in pixels.
CHIP: Final = 112
#: Where SFace expects the five landmarks (the same as in OpenCV's FaceRecognizerSF.alignCrop).
TEMPLATE: Final = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ],
    np.float64,
)


def align(image: Image, face: Face) -> Image:
    """The face as a 112x112x3 BGR chip, by the similarity transform that fits its landmarks."""
    matrix = similarity(face.landmarks.astype(np.float64), TEMPLATE)
    chip = cv2.warpAffine(image, matrix, (CHIP, CHIP), flags=cv2.INTER_LINEAR)
    return np.asarray(chip, np.uint8)


def similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 2x3 rotation, scale and shift that takes `source` (n, 2) nearest to `target` (n, 2).

    Umeyama 1991 in two dimensions, where the answer is one complex division: with both point sets
    centred and read as complex numbers, the least-squares factor is <source, target> / <source,
    source>. A mirrored answer cannot come out.
    """
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    a = (source - source_mean) @ np.array([1, 1j])
    b = (target - target_mean) @ np.array([1, 1j])
    spread = np.vdot(a, a).real
    factor = np.vdot(a, b) / spread if spread > 0 else 0j
    rotation = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    shift = target_mean - rotation @ source_mean
    return np.column_stack([rotation, shift])
