"""Compose clips from photographs: deterministic, small, written where the test says.

compose(path, [empty(1.0), scene(3.0, PHOTOS / "a3.jpg"), scene(2.0, one, other)])
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from clienteling.recognition.frames import Image

PHOTOS = Path(__file__).parents[2] / "clienteling" / "demo" / "photos"
_GREY = 120


@dataclass(frozen=True, slots=True)
class Scene:
    seconds: float
    photos: tuple[Path, ...]
    code: str = ""


def scene(seconds: float, *photos: Path) -> Scene:
    """People beside each other, each in an equal part of the picture, moving a few pixels."""
    return Scene(seconds, photos)


def empty(seconds: float) -> Scene:
    return Scene(seconds, ())


def code_scene(seconds: float, text: str, *photos: Path) -> Scene:
    """A QR code held up, small, in front of whoever is there."""
    return Scene(seconds, photos, text)


def compose(
    path: Path,
    scenes: Sequence[Scene],
    *,
    fps: int = 10,
    size: tuple[int, int] = (640, 480),
) -> Path:
    """Write an AVI of Motion JPEG, readable everywhere; return its path."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), float(fps), size)
    try:
        for part in scenes:
            base = picture(part.photos, size)
            if part.code:
                hold_up(base, part.code)
            for number in range(round(part.seconds * fps)):
                writer.write(_moved(base, number))
    finally:
        writer.release()
    return path


def picture(photos: Sequence[Path], size: tuple[int, int]) -> Image:
    """Return one frame of the size (width, height), with the photos side by side."""
    width, height = size
    frame: Image = np.full((height, width, 3), _GREY, np.uint8)
    for place, photo in enumerate(photos):
        part = width // len(photos)
        image = cv2.imread(str(photo))
        assert image is not None, f"{photo} is missing"
        scale = min(part / image.shape[1], height / image.shape[0])
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        left = place * part + (part - small.shape[1]) // 2
        top = (height - small.shape[0]) // 2
        frame[top : top + small.shape[0], left : left + small.shape[1]] = small
    return frame


def hold_up(frame: Image, text: str, width: int = 150) -> None:
    """Draw a code of so many pixels into the lower left corner of a picture."""
    rows = segno.make(text, error="m", boost_error=False, micro=False).matrix_iter(border=4)
    modules = np.array([[0 if dark else 255 for dark in row] for row in rows], np.uint8)
    code = cv2.resize(modules, (width, width), interpolation=cv2.INTER_AREA)
    frame[-width - 10 : -10, 10 : 10 + width] = code[..., None]


def _moved(image: Image, number: int) -> Image:
    """Sway by up to two pixels, as people do."""
    shift: NDArray[np.float32] = np.array(
        [[1, 0, 2 * np.sin(number / 3)], [0, 1, np.cos(number / 4)]], np.float32
    )
    moved = cv2.warpAffine(
        image, shift, (image.shape[1], image.shape[0]), borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.uint8)


def jpegs(
    photos: Sequence[Path], count: int = 8, size: tuple[int, int] = (640, 480)
) -> list[bytes]:
    """Return the pictures of a short swaying scene, each as a JPEG."""
    base = picture(photos, size)
    return [cv2.imencode(".jpg", _moved(base, number))[1].tobytes() for number in range(count)]
