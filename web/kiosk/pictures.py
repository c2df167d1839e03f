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

import cv2
import numpy as np

from clienteling.errors import ClientelingError
from clienteling.recognition.frames import Image, wipe

MAX_SIDE: Final = 640
MAX_FRAME_BYTES: Final = 400_000
MAX_CAPTURE_BYTES: Final = 500_000
VIEWS: Final = 3

_MARK: Final = 0xFF
_LENGTH = struct.Struct(">I")
_SEGMENT = struct.Struct(">H")
_SIZE = struct.Struct(">HH")
#: Start-of-frame markers of JPEG: they carry the size.
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class PictureError(ClientelingError):
    """The body is not a picture that the kiosk takes; the message says why."""


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
    # The size is read before anything is decoded: a small file can claim a huge picture.
    height, width = _size_of(jpeg)
    if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE):
        raise PictureError(f"Send a picture of at most {MAX_SIDE} pixels on a side.")
    try:
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise PictureError("The picture is damaged. Send another.") from error
    if image is None:
        raise PictureError("The picture is damaged. Send another.")
    return np.asarray(image, np.uint8)


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


def _size_of(jpeg: memoryview) -> tuple[int, int]:
    """Return height and width from the JPEG's header."""
    place = 2
    if bytes(jpeg[:2]) == b"\xff\xd8":
        while place + 9 <= len(jpeg) and jpeg[place] == _MARK:
            marker = jpeg[place + 1]
            if marker in _SOF:
                height, width = _SIZE.unpack_from(jpeg, place + 5)
                return height, width
            place += 2 + _SEGMENT.unpack_from(jpeg, place + 2)[0]
    raise PictureError("This is not a JPEG. Send one.")
