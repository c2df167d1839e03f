import cv2
import numpy as np
import pytest

from clienteling.recognition.detect import PHOTO_SIDE, YuNetDetector
from tests.support.faces import NAMES, photo, side_by_side


@pytest.fixture(scope="module")
def detector() -> YuNetDetector:
    return YuNetDetector()


@pytest.mark.parametrize("name", NAMES)
def test_the_one_face_of_each_photograph_is_found(detector: YuNetDetector, name: str) -> None:
    """With its landmarks inside of its box, the eyes from left to right and above the mouth."""
    (face,) = detector.detect(photo(name), longest_side=PHOTO_SIDE)
    x, y, width, height = face.box
    left, right, nose, mouth_left, mouth_right = face.landmarks
    assert np.all(face.landmarks > (x, y))
    assert np.all(face.landmarks < (x + width, y + height))
    assert left[0] < nose[0] < right[0]
    assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])


def test_a_face_is_where_it_is_whatever_the_scale(detector: YuNetDetector) -> None:
    """Coordinates are those of the picture given, not of the one that is looked at."""
    image = photo("a1")
    (small,) = detector.detect(image)
    (large,) = detector.detect(np.asarray(cv2.resize(image, None, fx=2, fy=2), np.uint8))
    assert np.allclose(np.array(large.box) / 2, small.box, atol=6)
    assert np.allclose(large.landmarks / 2, small.landmarks, atol=4)


def test_several_faces_come_largest_first(detector: YuNetDetector) -> None:
    faces = detector.detect(side_by_side("c1", "a2", "d1"), longest_side=PHOTO_SIDE)
    areas = [face.box[2] * face.box[3] for face in faces]
    assert len(faces) == 3
    assert areas == sorted(areas, reverse=True)


@pytest.mark.parametrize("shape", [(0, 0, 3), (1, 1, 3), (3, 900, 3), (480, 640, 3)])
def test_nobody_in_an_empty_picture(detector: YuNetDetector, shape: tuple[int, int, int]) -> None:
    assert detector.detect(np.zeros(shape, np.uint8)) == ()
