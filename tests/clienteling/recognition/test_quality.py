from collections.abc import Callable

import cv2
import numpy as np
import pytest

from clienteling.recognition.detect import PHOTO_SIDE
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Image
from clienteling.recognition.quality import (
    ENROL_KIOSK,
    ENROL_PHOTO,
    PROBE,
    Quality,
    QualityCode,
    QualityGate,
    assess,
)
from tests.support.faces import LFW, NAMES, face_at, photo, side_by_side


def _assess(engine: Engine, image: Image, gate: QualityGate = ENROL_PHOTO) -> Quality:
    return assess(image, engine.detector.detect(image, longest_side=PHOTO_SIDE), gate)


@pytest.mark.parametrize("gate", [ENROL_PHOTO, ENROL_KIOSK, PROBE])
@pytest.mark.parametrize("name", NAMES)
def test_the_photographs_pass(engine: Engine, name: str, gate: QualityGate) -> None:
    quality = _assess(engine, photo(name), gate)
    assert quality.codes == ()
    assert quality.ok


def _small(image: Image) -> Image:
    """The photograph in a larger, empty picture, its face about 40 pixels high."""
    reduced = cv2.resize(image, None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)
    canvas = np.full((400, 400, 3), 128, np.uint8)
    canvas[100 : 100 + reduced.shape[0], 100 : 100 + reduced.shape[1]] = reduced
    return canvas


def _close(image: Image) -> Image:
    """Only the face, without anything above and below it."""
    return np.ascontiguousarray(image[60:262, 180:440])


SPOILT: dict[QualityCode, Callable[[Image], Image]] = {
    QualityCode.NO_FACE: lambda image: np.full_like(image, 90),
    QualityCode.TOO_FAR: _small,
    QualityCode.TOO_CLOSE: _close,
    QualityCode.TOO_DARK: lambda image: (image * 0.15).astype(np.uint8),
    QualityCode.TOO_BRIGHT: lambda image: (200 + image * 0.2).astype(np.uint8),
    QualityCode.BLURRED: lambda image: np.asarray(cv2.GaussianBlur(image, (0, 0), 8), np.uint8),
}


@pytest.mark.parametrize("code", SPOILT)
def test_each_fault_has_its_own_code(engine: Engine, code: QualityCode) -> None:
    quality = _assess(engine, SPOILT[code](photo("a1")))
    assert quality.codes[0] is code
    assert not quality.ok


def test_two_faces_of_like_size_are_several(engine: Engine) -> None:
    quality = _assess(engine, side_by_side("a1", "b1"))
    assert quality.codes == (QualityCode.SEVERAL_FACES,)


def test_a_small_face_in_the_background_does_not_matter() -> None:
    image = _textured()
    faces = [face_at(350, 20, 30, 40), face_at(100, 100, 110, 140)]
    assert QualityCode.SEVERAL_FACES not in assess(image, faces, ENROL_PHOTO).codes
    assert assess(image, faces, ENROL_PHOTO).face is faces[1]


def test_a_face_cut_by_the_edge_is_out_of_frame() -> None:
    quality = assess(_textured(), [face_at(-40, 100, 110, 140)], ENROL_PHOTO)
    assert quality.codes[0] is QualityCode.OUT_OF_FRAME


def test_a_turned_face_is_told_from_a_tilted_one() -> None:
    face = face_at(100, 100, 110, 140)
    middle = face.landmarks.mean(axis=0)
    turn = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), 25, 1)
    tilted = np.asarray(cv2.transform(face.landmarks[None], turn)[0], np.float32)
    profile = face.landmarks.copy()
    profile[2, 0] += 30
    for landmarks, turned in ((face.landmarks, False), (tilted, False), (profile, True)):
        face.landmarks[:] = landmarks
        codes = assess(_textured(), [face], ENROL_PHOTO).codes
        assert (QualityCode.TURNED in codes) is turned


def test_a_face_without_any_contrast_is_blurred() -> None:
    grey = np.full((400, 400, 3), 128, np.uint8)
    codes = assess(grey, [face_at(100, 100, 110, 140)], ENROL_PHOTO).codes
    assert codes == (QualityCode.BLURRED,)


def test_sharpness_does_not_depend_on_size_or_light(engine: Engine) -> None:
    """The gate judges the picture, not the resolution of the camera or the lamp."""
    image = photo("b1")
    half = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    dim = (image * 0.5).astype(np.uint8)
    assert _assess(engine, np.asarray(half, np.uint8)).ok
    assert _assess(engine, dim).ok


def test_the_score_ranks_the_frames_of_one_face(engine: Engine) -> None:
    """Blurred, dark or cut small, the same face ranks lower; it never leaves 0 to 1."""
    image = photo("a1")
    faces = engine.detector.detect(image)
    spoilt = [
        np.asarray(cv2.GaussianBlur(image, (0, 0), 3), np.uint8),
        (image * 0.3).astype(np.uint8),
        np.full_like(image, 128),
    ]
    best, *scores = (assess(picture, faces, PROBE).score for picture in (image, *spoilt))
    small = np.asarray(cv2.resize(image, None, fx=0.25, fy=0.25), np.uint8)
    scores.append(assess(small, engine.detector.detect(small), PROBE).score)
    assert 0 < best <= 1
    assert all(0 <= score < best for score in scores)
    assert scores[2] == 0


def _textured() -> Image:
    noise = np.random.default_rng(1).integers(60, 200, (400, 400, 3))
    return noise.astype(np.uint8)


@pytest.mark.skipif(not LFW.is_dir(), reason="the evaluation photographs are not here")
def test_benchmark_photographs_with_one_face_pass(engine: Engine) -> None:
    """250x250 with a face of about 100 pixels: sharp ones pass, blurred ones do not."""
    paths = sorted(LFW.glob("*/*.jpg"))
    images = [np.asarray(cv2.imread(str(path)), np.uint8) for path in paths[:: len(paths) // 60]]
    sharp = [_assess(engine, image) for image in images]
    single = [quality for quality in sharp if QualityCode.SEVERAL_FACES not in quality.codes]
    spoilt = [np.asarray(cv2.GaussianBlur(image, (0, 0), 4), np.uint8) for image in images]
    blurred = [_assess(engine, image) for image in spoilt]
    assert len(single) >= 50
    assert sum(quality.ok for quality in single) >= 0.98 * len(single)
    assert sum(quality.ok for quality in blurred) <= 0.1 * len(blurred)
