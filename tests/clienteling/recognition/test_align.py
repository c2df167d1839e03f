import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.recognition.align import align, similarity
from clienteling.recognition.detect import YuNetDetector
from clienteling.recognition.weights import SFACE
from tests.support.faces import photo

_POINTS = np.array([[0, 0], [10, 1], [5, 6], [1, 9], [9, 10]], np.float64)


@given(st.floats(-3, 3), st.floats(0.1, 10), st.floats(-500, 500), st.floats(-500, 500))
def test_a_similarity_is_found_again(angle: float, scale: float, x: float, y: float) -> None:
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    wanted = np.column_stack([turn, [x, y]])
    moved = _POINTS @ turn.T + [x, y]
    assert np.allclose(similarity(_POINTS, moved), wanted, atol=1e-6)


def test_points_on_one_spot_do_not_break_it() -> None:
    assert np.all(np.isfinite(similarity(np.ones((5, 2)), _POINTS)))


@pytest.mark.parametrize("name", ["a1", "a2", "c1"])
def test_the_chip_is_the_one_that_opencv_cuts(name: str) -> None:
    """Within one step of grey: SFace was trained on such chips."""
    image = photo(name)
    (face,) = YuNetDetector().detect(image)
    row = np.array([[*face.box, *face.landmarks.ravel(), face.score]], np.float32)
    chip = align(image, face)
    assert chip.shape == (112, 112, 3)
    assert np.abs(chip.astype(int) - _opencv().alignCrop(image, row).astype(int)).max() <= 1


def _opencv() -> cv2.FaceRecognizerSF:
    from importlib import metadata  # noqa: PLC0415  # a path is all that OpenCV takes here

    path = metadata.distribution(SFACE.distribution).locate_file(SFACE.file)
    return cv2.FaceRecognizerSF.create(str(path), "")
