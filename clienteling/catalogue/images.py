"""Pictures of products: decoded and made anew, so that nothing but a picture is ever served.

They lie in the data folder's `catalogue/images`, each under a name made of what it shows.
"""

import re
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final

import cv2
import numpy as np

from clienteling.errors import ClientelingError, UsageError
from clienteling.recognition.pictures import PictureError, PictureLimits, read_picture
from consent.files import write_whole

#: What a page sends: it makes the picture smaller before.
MAX_BYTES: Final = 500_000
MAX_SIDE: Final = 800
_LIMITS: Final = PictureLimits(MAX_BYTES, 4_000, 12_000_000)
_QUALITY: Final = 85
#: Where they lie in the data folder, and in a backup of it.
IMAGES: Final = PurePosixPath("catalogue/images")
_NAME: Final = re.compile(r"[0-9a-f]{32}\.jpg")


def keep_image(home: Path, content: bytes) -> str:
    """Keep a picture of at most 800 pixels on a side, without what its file told beside it.

    Returns:
        Its name.

    Raises:
        UsageError: it is no picture that is taken; the message says why.
        StorageError: the data folder cannot be written.
    """
    try:
        picture = read_picture(content, _LIMITS)
    except PictureError as error:
        raise UsageError(str(error)) from error
    height, width = picture.shape[:2]
    scale = MAX_SIDE / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    done, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise ClientelingError("This picture cannot be kept. Give another.")
    made = encoded.tobytes()
    name = f"{sha256(made).hexdigest()[:32]}.jpg"
    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / name, made)
    return name


def image_file(home: Path, name: str) -> Path | None:
    """Return where a picture lies; None: there is none of this name."""
    if not _NAME.fullmatch(name):
        return None
    path = _folder(home) / name
    return path if path.is_file() else None


def images_of(home: Path) -> tuple[str, ...]:
    """Return the names of every picture that is kept."""
    folder = _folder(home)
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return tuple(sorted(name for name in names if _NAME.fullmatch(name)))


def is_image_path(path: str) -> bool:
    """Whether a path within the data folder is one that a picture may have."""
    pure = PurePosixPath(path)
    return pure.parent == IMAGES and _NAME.fullmatch(pure.name) is not None


def drop_image(home: Path, name: str) -> None:
    """Delete a picture that no product shows any more."""
    path = image_file(home, name)
    if path is not None:
        path.unlink(missing_ok=True)


def _folder(home: Path) -> Path:
    return home / IMAGES
