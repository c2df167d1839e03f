"""MiniFASNet, a small network that tells real from shown; when the operator put its file in place.

Silent-Face-Anti-Spoofing (Minivision, 2020, Apache-2.0): an 80x80 crop around the face in, three
classes out, the middle one a real face. No package ships the weights, so their path and SHA-256
come from the operator, and nothing else is run.
"""

import hashlib
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.detect import Face
from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.runtime import Model
from clienteling.recognition.weights import WeightsError

_SIDE: Final = 80
_CLASSES: Final = 3
_REAL: Final = 1
#: What the published files call them.
_INPUT: Final = "input"
_OUTPUT: Final = "output"


class MiniFasNet:
    """One file of weights. Threads may share it.

    Args:
        path: The ONNX file.
        sha256: Hex digest that it must have.
        scale: How much of the picture it was trained to see, in face boxes: 2.7 for MiniFASNetV2,
            4.0 for MiniFASNetV1SE.

    Raises:
        WeightsError: The file is missing, is another file, or is no such model.
    """

    def __init__(self, path: Path, sha256: str, scale: float) -> None:
        self._scale = scale
        content = _checked(path, sha256)
        try:
            self._model = Model(content)
            logits = self._run(np.zeros((_SIDE, _SIDE, 3), np.uint8))
        except cv2.error as error:
            raise WeightsError(
                f"The attack model {path} has the digest that you gave, but is no model that can "
                "be run here. Take MiniFASNetV2 or MiniFASNetV1SE as ONNX, or leave it away."
            ) from error
        if logits.shape != (_CLASSES,):
            raise WeightsError(
                f"The attack model {path} does not answer with three classes, so it is no "
                "MiniFASNet. Take MiniFASNetV2 or MiniFASNetV1SE, or leave it away."
            )

    def real(self, image: Image, face: Face) -> float:
        """How likely a real face is, 0 to 1, by one frame (HxWx3, BGR)."""
        logits = self._run(_crop(image, face.box, self._scale))
        likely = np.exp(logits - logits.max())
        return float(likely[_REAL] / likely.sum())

    def _run(self, crop: Image) -> NDArray[np.float32]:
        # BGR from 0 to 255, not scaled: so it was trained.
        batch = np.ascontiguousarray(crop.transpose(2, 0, 1)[None], np.float32)
        [answer] = self._model.run({_INPUT: batch}, [_OUTPUT])
        wipe(crop, batch)
        return np.asarray(answer[0], np.float32)


def _checked(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsError(
            f"The attack model {path} cannot be read: {error.strerror}. Put the file there, or "
            "take attack_model out of the configuration."
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256.casefold():
        raise WeightsError(
            f"The attack model {path} is not the file that the configuration names: its SHA-256 is "
            f"{digest}. Get the right file, or correct sha256."
        )
    return content


def _crop(image: Image, box: tuple[float, float, float, float], scale: float) -> Image:
    """The square of the picture that the model sees: around the box, moved inside the picture."""
    height, width = image.shape[:2]
    x, y, w, h = box
    scale = min(scale, (height - 1) / h, (width - 1) / w)
    left = min(max(0.0, x + w / 2 - scale * w / 2), width - 1 - scale * w)
    top = min(max(0.0, y + h / 2 - scale * h / 2), height - 1 - scale * h)
    rows = slice(int(max(0.0, top)), int(top + scale * h) + 1)
    columns = slice(int(max(0.0, left)), int(left + scale * w) + 1)
    return np.asarray(cv2.resize(image[rows, columns], (_SIDE, _SIDE)), np.uint8)
