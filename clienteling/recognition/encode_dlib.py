"""The second encoder: dlib's ResNet through `face_recognition`, imported only when chosen.

Importing `face_recognition` ends the process with status 0 when its models cannot be imported, and
dlib ends it with an illegal instruction on a processor without AVX. Both are looked at first, so
that the operator reads a sentence instead.
"""

import importlib
import platform
import threading
import warnings
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clienteling.errors import StartError
from clienteling.recognition.detect import Face
from clienteling.recognition.encode import MeteredEncoder
from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.weights import Weights, read_weights

RESNET: Final = Weights(
    distribution="face_recognition_models",
    file="face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat",
    sha256="55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
)
LANDMARKS: Final = Weights(
    distribution="face_recognition_models",
    file="face_recognition_models/models/shape_predictor_5_face_landmarks.dat",
    sha256="c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
)
#: What the wheel of dlib is compiled for.
_NEEDED_FLAGS: Final = ("avx",)
_CPUINFO: Final = Path("/proc/cpuinfo")


class DlibEncoder(MeteredEncoder):
    """dlib's ResNet-29, 128 dimensions, compared by cosine like SFace.

    Its errors are several times SFace's (docs/decisions/0022); it is here for who must use it.
    Threads may share one: dlib's network keeps state, so a lock guards it.
    """

    def __init__(self) -> None:
        """Load the library; raises what `load_library` does."""
        self._library = load_library()
        super().__init__("dlib-resnet-v1", RESNET.sha256, 128)
        self._lock = threading.Lock()

    def _embed(self, image: Image, face: Face) -> NDArray[np.float32]:
        rgb = np.ascontiguousarray(image[:, :, ::-1])
        with self._lock:
            # "small": five landmarks. The 68-point model may not be used commercially.
            vectors = self._library.face_encodings(rgb, [_square(face)], 1, "small")
        wipe(rgb)
        return np.asarray(vectors[0], np.float32)


def _square(face: Face) -> tuple[int, int, int, int]:
    """Top, right, bottom, left of a square about the face: the shape of dlib's own boxes."""
    x, y, width, height = face.box
    centre_x, centre_y, half = x + width / 2, y + height / 2, width / 2
    top, right, bottom, left = centre_y - half, centre_x + half, centre_y + half, centre_x - half
    return round(top), round(right), round(bottom), round(left)


def _cpuinfo() -> str | None:
    """The kernel's description of the processor; None where there is none to read."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return None
    try:
        return _CPUINFO.read_text(encoding="ascii", errors="replace")
    except OSError:
        return None


def require_processor(cpuinfo: str | None) -> None:
    """Refuse a processor that lacks what dlib was compiled for.

    Args:
        cpuinfo: Content of /proc/cpuinfo; None when it cannot be known, which passes.

    Raises:
        StartError: Names what is missing.
    """
    if cpuinfo is None:
        return
    lines = (line.partition(":") for line in cpuinfo.splitlines())
    flags = {flag for key, _, value in lines if key.strip() == "flags" for flag in value.split()}
    missing = [flag.upper() for flag in _NEEDED_FLAGS if flag not in flags]
    if missing:
        raise StartError(
            f"This processor lacks {', '.join(missing)}, which the dlib encoder needs. "
            "Choose the encoder sface."
        )


def load_library() -> Any:
    """Check the processor and the models, then import `face_recognition`.

    Raises:
        StartError: The processor or a package lacks something; the message names it.
        WeightsError: The models are missing or not the pinned ones.
    """
    require_processor(_cpuinfo())
    for weights in (RESNET, LANDMARKS):
        read_weights(weights)
    try:
        with warnings.catch_warnings():
            # pkg_resources announces its own end.
            warnings.simplefilter("ignore")
            # First by itself: where this fails, face_recognition prints a hint and quits.
            importlib.import_module("face_recognition_models")
            import face_recognition  # noqa: PLC0415  # only when this encoder is chosen
    except (ImportError, SystemExit) as error:
        missing = getattr(error, "name", None) or "a part of it"
        raise StartError(
            f"The dlib encoder cannot be loaded: {missing} is missing. Run `make install` (it "
            "needs setuptools below version 81 for pkg_resources), or choose the encoder sface."
        ) from error
    return face_recognition
