"""Photographs from files: a picture, or a sentence that says why not."""

from pathlib import Path

import numpy as np

from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.pictures import PHOTO, PictureError, PictureLimits, read_picture


def read_photograph(path: Path, limits: PictureLimits = PHOTO) -> Image:
    """Read one file (H x W x 3, BGR, 8 bits), whatever its name ends in; the caller overwrites it.

    Raises:
        PictureError: It is missing, may not be read, or is no picture within the limits.
    """
    try:
        if not path.is_file():
            raise PictureError("There is no such file. Check its name.")
        if path.stat().st_size > limits.max_bytes:
            raise PictureError(limits.too_long)
        content = np.fromfile(path, np.uint8)
    except OSError as error:
        raise PictureError(f"This cannot be read: {error.strerror}.") from error
    try:
        return read_picture(content.data, limits)
    finally:
        wipe(content)
