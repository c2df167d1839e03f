"""A flat picture in a hand before a camera: how it moves, what is around it, how it is sampled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.evaluation.media import FINENESS, Flat
from clienteling.recognition.frames import Image

#: The camera's picture: width, height; frames a second.
SIZE: Final = (640, 480)
FPS: Final = 10
_FOCAL: Final = 600.0  # pixels
_NOISE: Final = 2.5  # grey levels, like a camera indoors
_SKIN: Final = ((140, 165, 205), (95, 125, 175), (60, 80, 120))

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sway:
    """A hand's movement: brought nearer, then held, never quite still.

    Attributes:
        approach: Share of the final size at the start.
        tremor: Shift of the whole, pixels (standard deviation of each of three slow waves).
        tilt: Turning out of the picture's plane, degrees (the same).
    """

    approach: float
    tremor: float
    tilt: float


def draw_sway(random: np.random.Generator) -> Sway:
    """One attacker's hand: some bring it near and hold still, some turn it to look alive."""
    return Sway(random.uniform(0.6, 0.95), random.uniform(2.0, 7.0), random.uniform(1.0, 8.0))


def show(flats: Sequence[Flat], sway: Sway, random: np.random.Generator) -> Iterator[Image]:
    """Yield the camera's frames (HxWx3) of flat pictures held in a hand, one after the other.

    A photograph is the same flat picture again and again; a film on a screen is another each time.
    """
    frames = len(flats)
    scene = _draw_scene(random)
    waves = _waves(frames, random)
    skin = _SKIN[int(random.integers(len(_SKIN)))]
    for number, flat in enumerate(flats):
        if number == 0 or flat is not flats[0]:
            _hold(flat, skin)
        nearness = min(1.0, sway.approach + (1 - sway.approach) * number / (0.6 * frames))
        pose = _pose(flat, nearness, sway, waves[:, number])
        yield _sampled(_laid_over(scene, flat, pose), random)


def _sampled(picture: NDArray[np.float32] | Image, random: np.random.Generator) -> Image:
    """What the sensor makes of it: a little blur and noise."""
    soft = cv2.GaussianBlur(picture, (0, 0), 0.6).astype(np.float32)
    noisy = soft + random.normal(0, _NOISE, soft.shape)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def _draw_scene(random: np.random.Generator) -> Image:
    """A shop without people: wall, shelves, goods on them; nothing of it moves."""
    width, height = SIZE
    low = random.normal(0, 1, (6, 8, 3)).astype(np.float32)
    wall = cv2.resize(low, SIZE, interpolation=cv2.INTER_CUBIC) * 14
    scene = np.clip(wall + random.uniform(90, 190), 0, 255).astype(np.uint8)
    for shelf in range(int(random.integers(2, 5))):
        floor = int(height * (shelf + 1) / 5)
        cv2.rectangle(scene, (0, floor), (width, floor + 6), _colour(random, 40, 120), -1)
        left = int(random.integers(0, 30))
        while left < width:
            wide, high = int(random.integers(12, 48)), int(random.integers(18, 70))
            colour = _colour(random, 20, 240)
            cv2.rectangle(scene, (left, floor - high), (left + wide, floor), colour, -1)
            left += wide + int(random.integers(2, 40))
    return np.asarray(cv2.GaussianBlur(scene, (0, 0), random.uniform(0.8, 2.0)), np.uint8)


def _colour(random: np.random.Generator, low: float, high: float) -> list[float]:
    """A rather grey one, as most goods are."""
    grey = random.uniform(low, high)
    return [float(grey + shade) for shade in random.uniform(-25, 25, 3)]


def _waves(frames: int, random: np.random.Generator) -> Matrix:
    """Six slow movements (6, frames), about one in standard deviation."""
    at = np.arange(frames) / FPS
    speed = random.uniform(0.2, 1.2, (6, 3, 1))
    start = random.uniform(0, 2 * np.pi, (6, 3, 1))
    return np.asarray(np.sin(2 * np.pi * speed * at + start).sum(axis=1) / np.sqrt(1.5))


def _pose(flat: Flat, nearness: float, sway: Sway, wave: Matrix) -> Matrix:
    """The homography (3x3) from the flat picture to the camera's, by a pinhole camera."""
    height, width = flat.shape[:2]
    yaw, pitch, roll = np.radians(sway.tilt * wave[:3] * np.array([1.0, 0.6, 0.4]))
    turn = cv2.Rodrigues(np.array([pitch, yaw, 0.0]))[0] @ cv2.Rodrigues(np.array([0, 0, roll]))[0]
    far = _FOCAL * FINENESS / nearness
    shift = np.array([sway.tremor * wave[3], sway.tremor * wave[4], 0.0]) * FINENESS
    camera = np.array([[_FOCAL, 0, SIZE[0] / 2], [0, _FOCAL, SIZE[1] / 2], [0, 0, 1.0]])
    centre = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1.0]])
    plane = np.column_stack([turn[:, 0], turn[:, 1], shift + np.array([0, 0, far])])
    return np.asarray(camera @ plane @ centre)


def _laid_over(scene: Image, flat: Flat, pose: Matrix) -> Image:
    # Linear sampling without a filter before it: a grid finer than the camera's gives moiré.
    placed = cv2.warpPerspective(flat, pose, SIZE, flags=cv2.INTER_LINEAR)
    opaque = placed[..., 3:].astype(np.float32) / 255
    mixed = scene * (1 - opaque) + placed[..., :3] * opaque
    return np.asarray(mixed, np.uint8)


def _hold(flat: Flat, skin: tuple[int, int, int]) -> None:
    """Draw the fingers that hold the sides; a cut-out is held behind it."""
    if not flat[:, 0, 3].any():
        return
    height, width = flat.shape[:2]
    size = (round(0.10 * width), round(0.045 * height))
    for side in (0, width):
        for finger in range(4):
            centre = (side, round(height * (0.62 + 0.08 * finger)))
            cv2.ellipse(flat, centre, size, 0, 0, 360, (*skin, 255), -1, cv2.LINE_AA)
