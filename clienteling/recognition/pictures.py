"""Pictures from people and devices, decoded in one place: a picture, or a sentence that says why.

Pillow reads the header and lets three formats through; OpenCV decodes them into an array of ours
that can be overwritten, which Pillow's own pictures are not (docs/decisions/0096).
"""

import io
import re
import warnings
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from PIL import Image as Pillow

from clienteling.recognition.errors import RecognitionError
from clienteling.recognition.frames import Image

# A damaged picture is answered with our sentence, not with the libraries' on standard error; and
# our own limit on pixels is below Pillow's, which warns.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
warnings.filterwarnings("ignore", module=r"PIL\.")
Pillow.MAX_IMAGE_PIXELS = None

#: ISO/IEC 23008-12: brands of the pictures that iPhones and some Android phones make.
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})
_DAMAGED: Final = "This picture is damaged or incomplete. Give another."
_JPEG: Final = b"\xff\xd8"
_NAMES: Final = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP"}
#: Pillow calls a JPEG with a second picture behind it (a preview, a depth map) by this name.
_JPEG_AND_MORE: Final = "MPO"
_CHANNELS: Final = 3
#: Each scan of a progressive JPEG is one more pass over the whole picture: cameras and programs
#: make about ten, and sixty kilobytes can hold five thousand.
_MAX_SCANS: Final = 100
#: ITU-T T.81, B.1.1.2: a marker that is neither a stuffed byte, a restart nor filling.
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_START_OF_SCAN: Final = 0xDA
_END_OF_IMAGE: Final = 0xD9


class PictureError(RecognitionError):
    """This is no picture that can be used here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What is taken.

    Attributes:
        max_bytes: Length of the file or body.
        max_side: Pixels of the longer side.
        max_pixels: Width times height; three bytes each once decoded.
        formats: As Pillow names them, of JPEG, PNG and WEBP.
    """

    max_bytes: int
    max_side: int
    max_pixels: int
    formats: tuple[str, ...] = tuple(_NAMES)

    @property
    def too_long(self) -> str:
        """What to say of a file or body that is longer."""
        kilo = self.max_bytes // 1000
        amount = f"{kilo // 1000} MB" if kilo >= 1000 else f"{kilo} kB"  # noqa: PLR2004  # kilo
        return f"This is larger than {amount}. Give a smaller picture."


#: A photograph that somebody brings: up to what a phone's main camera makes (48 megapixels).
PHOTO: Final = PictureLimits(20_000_000, 12_000, 50_000_000)


def read_picture(content: bytes | bytearray | memoryview, limits: PictureLimits) -> Image:
    """Decode one picture (H x W x 3, BGR, 8 bits), turned as its EXIF orientation says.

    1. Its length, then its kind and its size by the header, are within the limits; nothing is
       decoded before.
    2. It is a single picture.
    3. A JPEG has no more scans than real ones have.
    4. It decodes as a whole, and to the size that its header said.

    Transparency is dropped, 16 bits become 8, grey and CMYK become BGR. The picture is the
    caller's to overwrite, and so is `content`; nothing is written to disk.

    Raises:
        PictureError: Anything else, with a sentence for the person who gave it.
    """
    if not content:
        raise PictureError("This is empty. Choose the photograph again.")
    if len(content) > limits.max_bytes:
        raise PictureError(limits.too_long)
    width, height = _checked_size(content, limits)
    if bytes(content[:2]) == _JPEG and _scans(content) > _MAX_SCANS:
        raise PictureError(_DAMAGED)
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        image = None
    if image is None or sorted(image.shape) != sorted((height, width, _CHANNELS)):
        raise PictureError(_DAMAGED)
    return np.asarray(image, np.uint8)


def _checked_size(
    content: bytes | bytearray | memoryview, limits: PictureLimits
) -> tuple[int, int]:
    """Width and height by the header, within the limits."""
    with io.BytesIO(content) as file:
        try:
            kind, (width, height), frames = _header(file, limits)
        finally:
            file.getbuffer()[:] = bytes(len(content))  # a copy of the picture, like any other
    if frames > 1 and kind != _JPEG_AND_MORE:
        raise PictureError("This is an animation. Give a single photograph.")
    if max(width, height) > limits.max_side or width * height > limits.max_pixels:
        raise PictureError(
            f"This picture has {width} × {height} pixels. Give one of at most {limits.max_side} "
            f"on a side and {limits.max_pixels} in all."
        )
    return width, height


def _header(file: io.BytesIO, limits: PictureLimits) -> tuple[str | None, tuple[int, int], int]:
    """Format, size and number of pictures, with nothing decoded."""
    start = bytes(file.getbuffer()[:12])
    if start[4:8] == b"ftyp" and start[8:12] in _HEIF_BRANDS:
        raise PictureError(
            "This is a HEIC photograph, as iPhones make them. Save it as JPEG and give that "
            "(on the iPhone: Settings, Camera, Formats, Most Compatible)."
        )
    try:
        picture = Pillow.open(file, formats=limits.formats)
        header = picture.format, picture.size, getattr(picture, "n_frames", 1)
        # Of a PNG, each part's length and checksum: OpenCV takes 2 GB for a part that claims them.
        picture.verify()
    except Exception as error:  # whatever a parser says of bytes from anywhere
        names = ", ".join(_NAMES[name] for name in limits.formats)
        raise PictureError(
            f"This is no picture that can be read here, or it is damaged. What is taken: {names}."
        ) from error
    return header


def _scans(jpeg: bytes | bytearray | memoryview) -> int:
    """How many scans a JPEG has, up to one too many; what lies behind its end does not count."""
    place, scans = len(_JPEG), 0
    while scans <= _MAX_SCANS and (marker := _MARKER.search(jpeg, place)) is not None:
        kind, place = jpeg[marker.start() + 1], marker.end()
        if kind == _END_OF_IMAGE:
            break
        scans += kind == _START_OF_SCAN
        place += int.from_bytes(jpeg[place : place + 2], "big")
    return scans
