"""What is read of a picture: the project's own photographs, moved, turned flat, and retouched."""

import cv2
import numpy as np
import pytest

from clienteling.recognition.detect import Detector, YuNetDetector
from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.liveness import signs
from clienteling.recognition.liveness.challenge import Challenge, State
from clienteling.recognition.liveness.gesture import Gestures, Step
from clienteling.recognition.liveness.signs import SignReader, Signs
from tests.support.attacks import head, shown
from tests.support.faces import photo

#: Who looks straight ahead.
AHEAD = ("a1", "c1")


@pytest.fixture(scope="module")
def reader() -> SignReader:
    return SignReader()


@pytest.fixture(scope="module")
def detector() -> YuNetDetector:
    return YuNetDetector()


def _read(reader: SignReader, detector: Detector, image: Image) -> Signs:
    return reader.read(image, detector.detect(image)[0])


def _with_shut_eyes(detector: Detector, image: Image) -> Image:
    """Skin instead of the eyes, and the line of the lashes."""
    left, right = detector.detect(image)[0].landmarks[:2]
    reach = float(np.linalg.norm(right - left))
    mask = np.zeros(image.shape[:2], np.uint8)
    wide, high = int(0.27 * reach), int(0.12 * reach)
    for x, y in (left, right):
        cv2.ellipse(mask, (int(x), int(y)), (wide, high), 0, 0, 360, 255, -1)
    shut = np.asarray(cv2.inpaint(image, mask, 3, cv2.INPAINT_TELEA), np.uint8)
    wide, high = int(0.22 * reach), int(0.07 * reach)
    for x, y in (left, right):
        lashes = (int(x), int(y - 0.02 * reach))
        cv2.ellipse(shut, lashes, (wide, high), 0, 20, 160, (30, 35, 45), round(0.02 * reach))
    return shut


@pytest.mark.parametrize("name", AHEAD)
def test_eyes_that_close_and_open_have_blinked(
    reader: SignReader, detector: Detector, name: str
) -> None:
    open_ = photo(name)
    shut = _with_shut_eyes(detector, open_)
    gestures = Gestures()
    frames = [*[open_] * 6, *[shut] * 3, *[open_] * 3]

    told = [gestures.add(_read(reader, detector, image)) for image in frames]

    assert [step for step in told if step is not None] == [Step.BLINK]


@pytest.mark.parametrize("name", AHEAD)
def test_size_and_tilt_of_the_picture_change_little(
    reader: SignReader, detector: Detector, name: str
) -> None:
    image = photo(name)
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 8, 0.6)
    turned = np.asarray(cv2.warpAffine(image, turn, (width, height)), np.uint8)

    first, other = (_read(reader, detector, one) for one in (image, turned))

    assert other.eyes == pytest.approx(first.eyes, rel=0.15)
    assert other.mouth == pytest.approx(first.mouth, abs=0.02)


def test_a_head_that_turns_moves_the_nose_aside_and_a_flat_one_does_not(
    reader: SignReader,
) -> None:
    blank = np.full((480, 640, 3), 128, np.uint8)
    left, right, flat = (
        reader.read(blank, face) for face in (head(30), head(-30), head(30, depth=0.0))
    )
    assert left.aside > 0.19
    assert right.aside < -0.19
    assert abs(flat.aside) < 0.13
    assert (left.eyes, left.mouth) == (None, None)


@pytest.mark.parametrize("kind", ["print", "print_close", "phone", "cutout"])
def test_a_photograph_in_a_hand_does_no_step(
    reader: SignReader, detector: Detector, kind: str
) -> None:
    gestures, challenge = Gestures(), Challenge("n")
    for number, image in enumerate(shown(detector, kind, frames=24)):
        for face in detector.detect(image)[:1]:
            read = reader.read(image, face)
            assert gestures.add(read) is None
            challenge.add(read, number / 10)
    assert challenge.state is State.OPEN


def test_crops_and_points_are_zero_after_use(
    reader: SignReader, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: what was cut from the picture, what the models were given, and what they answered."""
    wiped: list[Image] = []

    def watched(*arrays: Image) -> None:
        wipe(*arrays)
        wiped.extend(arrays)

    monkeypatch.setattr(signs.__name__ + ".wipe", watched)
    _read(reader, detector, photo("a1"))

    shapes = sorted(array.shape for array in wiped)
    assert shapes == sorted(
        [(1, 3, 64, 64), (64, 64, 3), (71, 3)] * 2 + [(1, 3, 192, 192), (192, 192, 3), (468, 3)]
    )
    assert not any(array.any() for array in wiped)
