"""A frame of a camera or a clip. It lives in memory only, and is overwritten after use (R3)."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture.

    Attributes:
        image: HxWx3, BGR, 8 bits.
        at: Seconds on the source's own clock: monotonic for a camera, clip seconds for a file.
            Permits are checked on the same clock.
        number: Counts frames of the source, starting at 0; skipped frames are counted.
    """

    image: Image
    at: float
    number: int

    def __repr__(self) -> str:
        height, width = self.image.shape[:2]
        return f"Frame({width}x{height}, at={self.at:.3f}, number={self.number})"


def wipe(*arrays: Image | NDArray[np.float32]) -> None:
    """Overwrite pictures or vectors of ours with zeros. What we may not write to is left alone."""
    for array in arrays:
        if array.flags.writeable:
            array.fill(0)


def decode_image(data: NDArray[np.uint8]) -> Image | None:
    """Return the picture (H × W × 3, BGR), or None when the bytes are not one."""
    if not data.size:
        return None
    try:
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if image is None else np.asarray(image, dtype=np.uint8)
