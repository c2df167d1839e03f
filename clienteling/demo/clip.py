"""Render the clip: photographs that walk up to the camera, stand there and leave.

Made at the start of the demo from clip.toml and the photographs, so that no video lies in the
repository and the script cannot differ from the picture. Deterministic.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.demo.script import PHOTOS, Clip, Visit, load_clip
from clienteling.errors import StartError

_WALK_SECONDS = 1.2
_FAR = 0.45  # of the size that a face has when its owner stands at the spot
_ABOVE, _BELOW, _BESIDE = 0.42, 1.0, 0.8  # what is kept around a face, in face heights
_NOISE = 3.0  # grey levels, like a camera indoors

Image = NDArray[np.uint8]


def render(clip: Clip, target: Path) -> Path:
    """Write the clip as Motion JPEG in AVI and return its path.

    Raises:
        StartError: the file cannot be written.
    """
    width, height = clip.size
    fourcc = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(target), fourcc, clip.fps, (width, height))
    if not writer.isOpened():
        raise StartError(f"{target} cannot be written. Is the disk full?")
    people = {name: _person(clip, name) for visit in clip.visit for name in visit.picture}
    scene = _scene(width, height)
    random = np.random.default_rng(20261122)
    noise = random.normal(0.0, _NOISE, (4, height, width, 3)).astype(np.int16)
    try:
        for number in range(round(clip.length * clip.fps)):
            at = number / clip.fps
            frame = scene.copy()
            for visit in clip.visit:
                if visit.start <= at < visit.end:
                    _stand(frame, clip, visit, [people[name] for name in visit.picture], at)
            grain = noise[number % len(noise)]
            writer.write(cv2.add(frame, grain, dtype=cv2.CV_8U))
    finally:
        writer.release()
    return target


def render_three(target: Path, size: tuple[int, int], *, stay: float, empty: float) -> Path:
    """Write ten frames a second of three people side by side, and then of nobody; for the benches.

    Args:
        target: An AVI.
        size: Width and height.
        stay: Seconds for which the three are in view.
        empty: Seconds after that.

    Raises:
        StartError: the file cannot be written.
    """
    visit = Visit.model_validate(
        {
            "person": ("a", "b", "c"),
            "picture": ("a3", "b1", "c1"),
            "from": 0.0,
            "to": stay,
            "independent": False,
            "expected": "none",
        }
    )
    shown = {"size": size, "fps": 10, "length": stay + empty, "visit": (visit,)}
    return render(load_clip().model_copy(update=shown), target)


@dataclass(frozen=True, slots=True)
class _Person:
    """A cut-out photograph and the height of the face in it, px."""

    image: Image
    face: int


def _person(clip: Clip, name: str) -> _Person:
    image = cv2.imread(str(PHOTOS / f"{name}.jpg"), cv2.IMREAD_COLOR)
    if image is None:
        raise StartError(f"The demo photograph {name}.jpg is missing or damaged. Install again.")
    x, y, w, h = clip.faces[name]
    top, bottom = max(0, int(y - _ABOVE * h)), int(y + h + _BELOW * h)
    left, right = max(0, int(x + w / 2 - _BESIDE * h)), int(x + w / 2 + _BESIDE * h)
    return _Person(np.asarray(image[top:bottom, left:right], dtype=np.uint8), h)


def _scene(width: int, height: int) -> Image:
    """Return an empty shop: a wall, a floor, a shelf."""
    wall = np.linspace(150, 185, height, dtype=np.float32)[:, None, None]
    tint = np.array([0.93, 0.98, 1.0], dtype=np.float32)
    scene = np.broadcast_to(wall * tint, (height, width, 3)).astype(np.uint8).copy()
    floor = int(height * 0.82)
    scene[floor:] = (96, 112, 128)
    for y in (0.25, 0.45, 0.65):
        cv2.rectangle(scene, (0, int(height * y)), (width, int(height * y) + 6), (88, 108, 134), -1)
    return scene


def _stand(frame: Image, clip: Clip, visit: Visit, people: list[_Person], at: float) -> None:
    """Draw the visitors at this moment: they approach, sway a little, and go."""
    here, left = at - visit.start, visit.end - at
    nearness = min(1.0, here / _WALK_SECONDS, left / _WALK_SECONDS)
    share = clip.face if len(people) == 1 else clip.face_of_two
    height, width = frame.shape[:2]
    room = width / len(people)
    for place, person in enumerate(people):
        factor = share * height * (_FAR + (1.0 - _FAR) * nearness) / person.face
        size = (int(person.image.shape[1] * factor), int(person.image.shape[0] * factor))
        picture = cv2.resize(person.image, size, interpolation=cv2.INTER_AREA)
        sway = 4.0 * np.sin(2.1 * here + place)
        x = min(max(int(room * (place + 0.5) - size[0] / 2 + sway), 0), max(0, width - size[0]))
        y = max(0, height - size[1])
        shown = picture[: height - y, : width - x]
        frame[y : y + shown.shape[0], x : x + shown.shape[1]] = shown
