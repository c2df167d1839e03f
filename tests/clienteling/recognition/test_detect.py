from typing import Any, cast

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from clienteling.recognition.detect import PHOTO_SIDE, YuNetDetector, shrink
from clienteling.recognition.frames import Image
from clienteling.recognition.quality import ENROL_KIOSK, QualityCode, assess
from clienteling.recognition.weights import YUNET, read_weights
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


@pytest.mark.parametrize(
    "shape", [(0, 0, 3), (1, 1, 3), (1, 10_000, 3), (10_000, 1, 3), (3, 900, 3), (480, 640, 3)]
)
def test_nobody_in_an_empty_picture(detector: YuNetDetector, shape: tuple[int, int, int]) -> None:
    assert detector.detect(np.zeros(shape, np.uint8)) == ()


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_no_face(wrong: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that went wrong finds nobody; neither a box nor a landmark of it gets out."""
    broken = YuNetDetector()
    real = broken._model.run
    for place in range(12):

        def run(*arguments: Any, spoilt: int = place) -> list[NDArray[np.float32]]:
            values = real(*arguments)
            values[spoilt].fill(wrong)
            return values

        monkeypatch.setattr(broken._model, "run", run)
        with np.errstate(all="ignore"):
            faces = broken.detect(photo("a1"))
        for face in faces:
            assert np.isfinite((*face.box, face.score, *face.landmarks.ravel())).all()


def test_forty_faces_are_found_and_are_too_many(detector: YuNetDetector) -> None:
    small = np.asarray(cv2.resize(photo("a1"), (128, 160), interpolation=cv2.INTER_AREA), np.uint8)
    crowd = np.tile(small, (5, 8, 1))
    faces = detector.detect(crowd, longest_side=max(crowd.shape))
    assert len(faces) == 40
    assert QualityCode.SEVERAL_FACES in assess(crowd, faces, ENROL_KIOSK).codes


def _by_opencv(image: Image) -> NDArray[np.float32]:
    """Rows of OpenCV's own runner, largest first, for a picture that needs no scaling."""
    model = np.frombuffer(read_weights(YUNET), np.uint8)
    before = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    size = (image.shape[1], image.shape[0])
    runner = cv2.FaceDetectorYN.create("onnx", model, np.empty(0, np.uint8), size, 0.8, 0.3, 50)
    cv2.utils.logging.setLogLevel(before)
    rows = cast("NDArray[np.float32] | None", runner.detect(image)[1])
    if rows is None:
        return np.empty((0, 15), np.float32)
    return rows[np.argsort(-rows[:, 2] * rows[:, 3])]


@pytest.mark.parametrize("side", [320, 500, 640])
def test_the_faces_are_those_of_opencvs_runner(detector: YuNetDetector, side: int) -> None:
    """The same network, decoded here: sizes that are no multiple of 32 among them."""
    pictures = [*(photo(name) for name in NAMES), side_by_side("a1", "b1", "c1", "d1")]
    for image in (shrink(picture, side) for picture in pictures):
        faces, expected = detector.detect(image, longest_side=side), _by_opencv(image)
        assert len(faces) == len(expected)
        for face, row in zip(faces, expected, strict=True):
            assert np.allclose(face.box, row[:4], atol=0.05)
            assert np.allclose(face.landmarks.reshape(-1), row[4:14], atol=0.05)
            assert face.score == pytest.approx(float(row[14]), abs=1e-3)


@pytest.mark.parametrize("shape", [(720, 1280), (1081, 1921), (480, 640), (250, 251)])
def test_shrinking_averages(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(1).integers(0, 255, (*shape, 3), np.uint8)
    image = np.asarray(cv2.GaussianBlur(random, (0, 0), 4), np.uint8)
    small = shrink(image, 320)
    assert max(small.shape) == min(320, max(shape))
    at_once = cv2.resize(image, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - at_once).mean() < 1
