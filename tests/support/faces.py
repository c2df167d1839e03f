"""The public-domain photographs, and small doubles for tests that need no real model."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.calibration import Calibration, Cell
from clienteling.recognition.detect import Face
from clienteling.recognition.encode import MeteredEncoder
from clienteling.recognition.frames import Image

PHOTOS = Path(__file__).parents[2] / "clienteling" / "demo" / "photos"
#: a1, a2, a3: three independent photographs of one man; the others: one each of three people.
NAMES = ("a1", "a2", "a3", "b1", "c1", "d1")
LFW = Path(__file__).parents[3] / "shared" / "faces" / "lfw"


def photo(name: str) -> Image:
    """One of the photographs, BGR."""
    image = cv2.imread(str(PHOTOS / f"{name}.jpg"))
    assert image is not None
    return np.asarray(image, np.uint8)


def side_by_side(*names: str) -> Image:
    """Photographs next to each other, of one height."""
    images = [cv2.resize(photo(name), (400, 500)) for name in names]
    return np.asarray(np.hstack(images), np.uint8)


def face_at(x: float, y: float, width: float, height: float) -> Face:
    """A face with this box and its landmarks where they usually are."""
    points = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    landmarks = np.array([(x + width * u, y + height * v) for u, v in points], np.float32)
    return Face((x, y, width, height), landmarks, 0.9)


def calibration(cells: Sequence[Cell] = (), margin: float = 0.1) -> Calibration:
    """A made-up calibration: 0.5 for galleries of up to a hundred, unless told otherwise."""
    return Calibration(
        v=1,
        model_id="made-up",
        model_sha256="0" * 64,
        fpir=0.001,
        source="made up",
        measured="not at all",
        margin=margin,
        clearly=0.05,
        same_person=0.36,
        cells=tuple(cells) or (Cell(gallery=100, enrol=1, frames=1, threshold=0.5),),
    )


class CountingEncoder(MeteredEncoder):
    """The real gate with a model that only counts how often it ran."""

    def __init__(self) -> None:
        super().__init__("made-up", "0" * 64, 4)
        self.ran = 0

    def _embed(self, image: Image, face: Face) -> NDArray[np.float32]:
        del image, face
        self.ran += 1
        return np.array([3.0, 4.0, 0.0, 0.0], np.float32)
