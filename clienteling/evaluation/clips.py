"""Clips for measuring attack checks: a video file, or a folder of successive pictures."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from clienteling.errors import UsageError
from clienteling.recognition.frames import Frame, Image
from clienteling.recognition.pictures import PHOTO, PictureError, read_picture

#: The rate of pictures in a folder, and of a video that does not say.
FOLDER_FPS: Final = 10.0
_PICTURES: Final = frozenset({".jpg", ".jpeg", ".png"})


def read_frames(path: Path, fps: float | None = None) -> Iterator[Frame]:
    """Yield the frames of a clip, in clip seconds.

    Args:
        path: A video file, or a folder whose pictures follow each other by name.
        fps: Of a video, no more frames a second than this; None: all.

    Raises:
        UsageError: it is neither, or a picture cannot be read.
    """
    yield from _read_folder(path) if path.is_dir() else _read_video(path, fps)


def write_clip(path: Path, images: Iterable[Image], fps: float) -> int:
    """Write frames (HxWx3, one size) as Motion JPEG in AVI; return how many.

    Raises:
        UsageError: the file cannot be written.
    """
    writer: cv2.VideoWriter | None = None
    count = 0
    for count, image in enumerate(images, 1):  # noqa: B007  # the count is the answer
        if writer is None:
            size = (image.shape[1], image.shape[0])
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, size)
            if not writer.isOpened():
                raise UsageError(f"{path} cannot be written. Is the disk full?")
        writer.write(image)
    if writer is not None:
        writer.release()
    return count


def read_photo(file: Path) -> Image:
    """Read a photograph, BGR.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return read_picture(file.read_bytes(), PHOTO)
    except (PictureError, OSError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from error


def _read_folder(path: Path) -> Iterator[Frame]:
    files = sorted(file for file in path.iterdir() if file.suffix.casefold() in _PICTURES)
    if not files:
        raise UsageError(f"{path} holds no JPEG or PNG pictures.")
    for number, file in enumerate(files):
        yield Frame(read_photo(file), number / FOLDER_FPS, number)


def _read_video(path: Path, fps: float | None) -> Iterator[Frame]:
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        if not capture.isOpened():
            raise UsageError(f"{path} is no video that can be read.")
        own = capture.get(cv2.CAP_PROP_FPS) or FOLDER_FPS
        step = max(1, round(own / fps)) if fps else 1
        number = 0
        while capture.grab():
            if number % step == 0:
                is_read, image = capture.retrieve()
                if is_read:
                    yield Frame(np.asarray(image, np.uint8), number / own, number)
            number += 1
    finally:
        capture.release()
