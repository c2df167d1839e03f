"""Pictures as bytes: every kind that somebody may bring, made when a test asks."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image as Pillow

_PNG = b"\x89PNG\r\n\x1a\n"

#: A small picture whose four quarters differ, so that every turn and mirror of it does too.
QUARTERS = Pillow.fromarray(
    np.kron(
        np.array([[[220, 30, 30], [30, 200, 30]], [[30, 30, 220], [200, 200, 40]]], np.uint8),
        np.ones((24, 16, 1), np.uint8),
    )
)


def encoded(picture: Pillow.Image, kind: str, **options: Any) -> bytes:
    """Return the picture in a format, as Pillow names it."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def animated(kind: str) -> bytes:
    """Return two pictures as one animation."""
    return encoded(
        QUARTERS,
        kind,
        save_all=True,
        append_images=[QUARTERS.transpose(Pillow.Transpose.ROTATE_180)],
    )


def png(width: int, height: int, rows: bytes = b"", *, depth: int = 8, colour: int = 2) -> bytes:
    """Return a PNG of these rows (each after its filter byte), whatever its header claims."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return _PNG + b"".join(_chunk(name, content) for name, content in parts)


def with_checksums(content: bytes) -> bytes:
    """Return a damaged PNG with right checksums, as an attacker makes it; others as they are."""
    if not content.startswith(_PNG):
        return content
    mended, place = _PNG, len(_PNG)
    while place + 8 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        end = place + 8 + length
        if end > len(content):
            break
        mended += _chunk(content[place + 4 : place + 8], content[place + 8 : end])
        place = end + 4
    return mended + content[place:]


def _chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check
