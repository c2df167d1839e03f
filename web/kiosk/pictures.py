"""Pictures that the kiosk posts: read into memory of ours, checked before decoding, overwritten.

A frame is a JPEG of at most 640 pixels and 400 kB as the whole body (`image/jpeg`). A capture is
one body (`application/octet-stream`) with three JPEGs, each after its length (4 bytes, big-endian),
so that the three arrive together and none waits for the next. Neither is multipart: form parsers
spool to disk, and a face must never lie there (R3, R24).
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.pictures import PictureError, PictureLimits, read_picture

MAX_SIDE: Final = 640
MAX_FRAME_BYTES: Final = 400_000
MAX_CAPTURE_BYTES: Final = 500_000
VIEWS: Final = 3

_LENGTH = struct.Struct(">I")
_LIMITS: Final = PictureLimits(MAX_CAPTURE_BYTES, MAX_SIDE, MAX_SIDE**2, ("JPEG",))


class Body(Protocol):
    """What a request's body can do: fill a buffer of ours."""

    def readinto(self, buffer: bytearray | memoryview, /) -> int | None:
        """Read into `buffer`, return how many bytes."""


@contextmanager
def body_of(stream: Body, length: int | None, limit: int) -> Iterator[memoryview]:
    """Read a body into a buffer that is overwritten at the end of the block.

    Raises:
        PictureError: no length was declared, it is beyond the limit, or the body broke off.
    """
    if length is None or not 0 < length <= limit:
        raise PictureError(f"Send between 1 and {limit} bytes, and say how many.")
    buffer = bytearray(length)
    try:
        with memoryview(buffer) as view:
            filled = 0
            while filled < length:
                count = stream.readinto(view[filled:])
                if not count:
                    raise PictureError("The picture broke off. Send it again.")
                filled += count
            yield view
    finally:
        buffer[:] = bytes(length)


@contextmanager
def decoded(jpeg: memoryview) -> Iterator[Image]:
    """Decode a JPEG for the length of the block (HxWx3, BGR); then it is overwritten.

    Raises:
        PictureError: not a JPEG, damaged, or more than 640 pixels on a side.
    """
    image = decode(jpeg)
    try:
        yield image
    finally:
        wipe(image)


def decode(jpeg: memoryview) -> Image:
    """Decode a JPEG (HxWx3, BGR); the caller overwrites it.

    Raises:
        PictureError: not a JPEG, damaged, or more than 640 pixels on a side.
    """
    return read_picture(jpeg, _LIMITS)


def split_views(body: memoryview) -> list[memoryview]:
    """Return the three JPEGs of a capture.

    Raises:
        PictureError: the lengths do not fit the body.
    """
    views = []
    place = 0
    for _ in range(VIEWS):
        if place + _LENGTH.size > len(body):
            raise PictureError("A capture holds three pictures, each after its length.")
        (length,) = _LENGTH.unpack_from(body, place)
        place += _LENGTH.size
        views.append(body[place : place + length])
        place += length
    if place != len(body) or any(len(view) == 0 for view in views):
        raise PictureError("A capture holds three pictures, each after its length.")
    return views
