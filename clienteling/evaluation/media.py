"""What a photograph looks like when it is shown to a camera: printed, cut out, on a screen.

A simulation, for want of a camera: the medium's own marks (grid of a screen, fibre of paper, black
level, border, glare) are drawn on the flat picture, which is then moved by a hand before a scene
and sampled by a camera with noise. The grid of a screen is drawn finer than the camera resolves, so
that moiré comes about as it does before a real screen, by sampling, and is not painted on.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.detect import Face
from clienteling.recognition.frames import Image

Float = NDArray[np.float32]
#: A flat picture, HxWx4: BGR and how opaque.
Flat = NDArray[np.uint8]

#: Pixels of the flat picture for one of the camera's, about.
FINENESS: Final = 3


@dataclass(frozen=True, slots=True)
class Medium:
    """One way to show a photograph.

    Attributes:
        name: The attack's kind, in the report.
        around: What is kept of the photograph around the face, in face heights; 0: cut out along
            the head.
        border: Width of the border, as a share of the picture's width.
        border_grey: Its grey, 0 to 255.
        black: The darkest that it shows, as a share of white.
        gamma: Its tone curve.
        tint: Factors for blue, green and red.
        grid: Depth of a screen's grid, 0 to 1; 0: none.
        fibre: Grain of paper, grey levels; 0: none.
        glare: The brightest reflection, grey levels.
    """

    name: str
    around: float
    border: float
    border_grey: int
    black: float
    gamma: float
    tint: tuple[float, float, float]
    grid: float
    fibre: float
    glare: float


MEDIA: Final = (
    Medium("print", 1.3, 0.06, 235, 0.10, 0.9, (0.94, 0.98, 1.0), 0.0, 5.0, 25.0),
    Medium("print_close", 0.55, 0.03, 235, 0.12, 0.9, (0.94, 0.98, 1.0), 0.0, 6.0, 20.0),
    Medium("cutout", 0.0, 0.0, 0, 0.10, 0.9, (0.94, 0.98, 1.0), 0.0, 5.0, 15.0),
    Medium("phone", 0.7, 0.05, 18, 0.05, 1.1, (1.08, 1.0, 0.94), 0.35, 0.0, 60.0),
    Medium("tablet", 1.5, 0.08, 18, 0.05, 1.1, (1.06, 1.0, 0.95), 0.30, 0.0, 50.0),
)


def flat_picture(
    photo: Image,
    face: Face,
    medium: Medium,
    face_height: float,
    random: np.random.Generator,
    *,
    whole: bool = False,
) -> Flat:
    """The medium with the photograph on it, HxWx4 (BGR and how opaque), `FINENESS` times as fine.

    Args:
        photo: The photograph, BGR, or a frame of a film.
        face: The face in it.
        medium: How it is shown.
        face_height: Height of the face as the camera will see it, pixels.
        random: For grain and reflections.
        whole: Show all of the picture, and not what is around the face.
    """
    everything = np.array([0, 0, *face.box[2:]])
    kept, box = (photo, everything) if whole else _kept(photo, face, medium.around)
    factor = FINENESS * face_height / face.box[3]
    size = (round(kept.shape[1] * factor), round(kept.shape[0] * factor))
    shown = cv2.resize(kept, size, interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
    shown = medium.black + (1 - medium.black) * np.power(shown, np.float32(medium.gamma))
    shown *= np.array(medium.tint, np.float32)
    shown *= _grid(shown.shape[:2], medium.grid, random)[..., None]
    shown = shown * 255 + _fibre(shown.shape[:2], medium.fibre, random)[..., None]
    shown += _glare(shown.shape[:2], medium.glare, random)[..., None]
    opaque = np.full(shown.shape[:2], 255, np.uint8)
    if not medium.around:
        opaque = _head(shown.shape[:2], box * factor)
    picture = np.dstack([np.clip(shown, 0, 255).astype(np.uint8), opaque])
    width = round(medium.border * size[0])
    colour = (float(medium.border_grey),) * 3 + (255.0,)
    framed = cv2.copyMakeBorder(
        picture, width, width, width, width, cv2.BORDER_CONSTANT, value=colour
    )
    return np.asarray(framed, np.uint8)


def _kept(photo: Image, face: Face, around: float) -> tuple[Image, NDArray[np.float64]]:
    """The part of the photograph that is shown, and the face's box in it."""
    height, width = photo.shape[:2]
    x, y, w, h = face.box
    reach = h * (around or 0.6)
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    right, bottom = min(width, int(x + w + reach)), min(height, int(y + h + reach))
    return photo[top:bottom, left:right], np.array([x - left, y - top, w, h])


def _grid(size: tuple[int, int], depth: float, random: np.random.Generator) -> Float:
    """The gaps between a screen's pixels; their pitch is near to what the camera resolves."""
    if not depth:
        return np.ones(size, np.float32)
    pitch = FINENESS * random.uniform(0.9, 1.6)
    rows = np.cos(2 * np.pi * np.arange(size[0], dtype=np.float32) / np.float32(pitch))
    columns = np.cos(2 * np.pi * np.arange(size[1], dtype=np.float32) / np.float32(pitch))
    return np.asarray(1 - depth * (2 - rows[:, None] - columns[None, :]) / 4, np.float32)


def _fibre(size: tuple[int, int], strength: float, random: np.random.Generator) -> Float:
    if not strength:
        return np.zeros(size, np.float32)
    grain = cv2.GaussianBlur(random.normal(0, 1, size).astype(np.float32), (0, 0), 1.5)
    return np.asarray(grain * (strength / max(1e-6, float(grain.std()))), np.float32)


def _glare(size: tuple[int, int], strength: float, random: np.random.Generator) -> Float:
    """One soft reflection of a lamp, longer than wide."""
    height, width = size
    x, y = random.uniform(0.1, 0.9) * width, random.uniform(0.0, 0.6) * height
    rows = ((np.arange(height, dtype=np.float32) - y) / (0.15 * height)) ** 2
    columns = ((np.arange(width, dtype=np.float32) - x) / (0.3 * width)) ** 2
    return np.asarray(strength * np.exp(-(rows[:, None] + columns[None, :])), np.float32)


def _head(size: tuple[int, int], box: NDArray[np.float64]) -> NDArray[np.uint8]:
    """A head cut out with scissors: an ellipse around the face's box, and a piece of neck."""
    mask = np.zeros(size, np.uint8)
    x, y, w, h = box
    centre = (round(x + w / 2), round(y + 0.42 * h))
    cv2.ellipse(mask, centre, (round(0.68 * w), round(0.72 * h)), 0, 0, 360, 255, -1)
    neck = (round(x + 0.25 * w), round(y + h)), (round(x + 0.75 * w), round(y + 1.3 * h))
    cv2.rectangle(mask, *neck, 255, -1)
    return mask
