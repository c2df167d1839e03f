"""A frame of a camera or a clip. It lives in memory only, and is overwritten after use (R3)."""

from dataclasses import dataclass
from typing import TypeGuard

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


def is_picture(value: object) -> TypeGuard[Image]:
    """Whether it is HxWx3, 8 bits; of a damaged stream OpenCV may make other shapes, or nothing."""
    return (
        isinstance(value, np.ndarray)
        and value.dtype == np.uint8
        and value.ndim == 3  # noqa: PLR2004  # rows, columns, channels
        and value.shape[2] == 3  # noqa: PLR2004  # BGR
        and value.size > 0
    )
