"""Films for Chromium's fake camera: concatenated JPEG frames, made of the demo's photographs."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from clienteling.recognition.frames import Image
from tests.support.faces import photo

WIDTH, HEIGHT = 640, 480

#: Where the face is in each photograph: x, y, width, height, px, as YuNet finds it.
_FACES = {"a1": (235, 57, 151, 209), "b1": (258, 110, 163, 226)}


def arguments(film: Path) -> tuple[str, ...]:
    """Chromium arguments: allow the camera without asking, and show it this film."""
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )


def scene(name: str = "a1", *, face: float = 0.5, light: float = 1.0, blur: float = 0.0) -> Image:
    """One person before a plain wall.

    Args:
        name: Which photograph.
        face: Height of the face as a share of the picture's.
        light: Brightness, 1 is the photograph's.
        blur: Standard deviation of a blur, px.
    """
    picture = _stand([name], face)
    if blur:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), blur), np.uint8)
    return np.asarray(cv2.convertScaleAbs(picture, alpha=light), np.uint8)


def two(face: float = 0.38) -> Image:
    """Two people side by side."""
    return _stand(["a1", "b1"], face)


def empty() -> Image:
    """The wall, nobody there."""
    return np.full((HEIGHT, WIDTH, 3), (176, 182, 186), np.uint8)


def jpeg(image: Image, quality: int = 90) -> bytes:
    """Encode a picture."""
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return data.tobytes()


def film(target: Path, pictures: Iterable[tuple[Image, float]], fps: int = 30) -> Path:
    """Write a film of pictures, each shown for some seconds; the browser repeats it for ever."""
    target.write_bytes(
        b"".join(jpeg(picture) * max(1, round(seconds * fps)) for picture, seconds in pictures)
    )
    return target


def _stand(names: list[str], face: float) -> Image:
    canvas = empty()
    room = WIDTH / len(names)
    for place, name in enumerate(names):
        x, y, w, h = _FACES[name]
        scale = face * HEIGHT / h
        picture = cv2.resize(photo(name), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        left = round(room * (place + 0.5) - (x + w / 2) * scale)
        top = round(HEIGHT * 0.48 - (y + h / 2) * scale)
        _paste(canvas, picture, left, top, round(room * place), round(room * (place + 1)))
    return canvas


def _paste(canvas: Image, picture: np.ndarray, left: int, top: int, start: int, end: int) -> None:
    rows = slice(max(0, top), min(HEIGHT, top + picture.shape[0]))
    columns = slice(max(start, left), min(end, left + picture.shape[1]))
    canvas[rows, columns] = picture[
        rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ]
