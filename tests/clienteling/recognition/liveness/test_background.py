"""What moves with a face says something only where the rest of the picture stands still."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from clienteling.recognition.frames import Image
from clienteling.recognition.liveness.background import Background
from clienteling.recognition.liveness.evidence import Checks, LivenessEvidence, Reason
from clienteling.recognition.liveness.place import place
from tests.support.faces import face_at

FRAMES = 16
WIDTH, HEIGHT = 640, 480


def _texture(seed: int, width: int, height: int) -> Image:
    """Something to see everywhere: soft spots of all sizes from a few pixels on."""
    random = np.random.default_rng(seed)
    spots = sum(
        cv2.resize(random.normal(128, 40, (height // cell, width // cell)), (width, height))
        for cell in (10, 40)
    )
    return np.asarray(np.clip(cv2.merge([np.asarray(spots) / 2] * 3), 0, 255), np.uint8)


ROOM = _texture(1, 900, 700)
PRINT = _texture(2, 260, 300)


def _panned(step: float) -> tuple[Image, float, float]:
    """The camera turns: all of the picture slides, the face with it."""
    x, y = round(240 * step), round(60 * step)
    return ROOM[y : y + HEIGHT, x : x + WIDTH].copy(), 380 - x, 200 - y


def _zoomed(step: float) -> tuple[Image, float, float]:
    """The camera zooms in on the middle of the room; the face is left of it."""
    width, height = round(WIDTH * (1.4 - 0.4 * step)), round(HEIGHT * (1.4 - 0.4 * step))
    x, y = (900 - width) // 2, (700 - height) // 2
    seen = cv2.resize(ROOM[y : y + height, x : x + width], (WIDTH, HEIGHT))
    return np.asarray(seen, np.uint8), (300 - x) * WIDTH / width, (250 - y) * HEIGHT / height


def _cut(step: float) -> tuple[Image, float, float]:
    """Two cameras take turns, to each of which the face and its surroundings look the same."""
    first = int(step * FRAMES) % 2
    image = _texture(3 + first, WIDTH, HEIGHT)
    x, y = (240, 120) if first else (300, 130)
    image[y : y + 300, x : x + 260] = PRINT
    return image, x + 80, y + 110


def _carried(step: float) -> tuple[Image, float, float]:
    """The camera stands: a print is carried through the room."""
    x, y = round(60 + 240 * step), round(120 + 30 * step)
    image = ROOM[:HEIGHT, :WIDTH].copy()
    image[y : y + 300, x : x + 260] = PRINT
    return image, x + 80, y + 110


def _watched(scene: Callable[[float], tuple[Image, float, float]]) -> LivenessEvidence:
    evidence = LivenessEvidence(Checks())
    for number in range(FRAMES):
        image, x, y = scene(number / FRAMES)
        evidence.add(image, face_at(x, y, 100, 120), number / 10)
    return evidence


@pytest.mark.parametrize("scene", [_panned, _zoomed, _cut])
def test_where_the_whole_picture_moves_nobody_is_taken_for_a_print(
    scene: Callable[[float], tuple[Image, float, float]],
) -> None:
    evidence = _watched(scene)

    assert Reason.HELD not in evidence.verdict().reasons
    assert not evidence.measures().carried


def test_where_only_the_print_moves_it_is_found_out() -> None:
    assert Reason.HELD in _watched(_carried).verdict().reasons


def test_a_picture_that_stands_still_has_not_changed_and_another_one_has() -> None:
    background = Background()
    place_of = place(face_at(270, 150, 100, 120).landmarks)
    noise = np.random.default_rng(5).normal(0, 4, (HEIGHT, WIDTH, 3))
    room = ROOM[:HEIGHT, :WIDTH]
    noisy = np.asarray(np.clip(0.8 * room + 20 + noise, 0, 255), np.uint8)

    assert not background.has_changed(room, place_of), "nothing to compare with"
    assert not background.has_changed(noisy, place_of), "noise, and less light"
    assert background.has_changed(ROOM[150 : 150 + HEIGHT, 200 : 200 + WIDTH], place_of)
    assert background.has_changed(room[:, :500], place_of), "another size"


def test_the_face_is_not_kept_and_wiping_overwrites_the_rest() -> None:
    background = Background()
    background.has_changed(ROOM[:HEIGHT, :WIDTH], place(face_at(270, 150, 100, 120).landmarks))
    kept = background._kept
    assert kept is not None
    assert kept.values[kept.far].any()
    assert not kept.far.all()
    assert not kept.values[~kept.far].any()

    background.wipe()

    assert not kept.values.any()
