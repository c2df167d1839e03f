"""R29: blurred, small and dark faces are refused at enrolment and at the camera."""

import cv2
import numpy as np
import pytest

from clienteling.recognition.detect import PHOTO_SIDE, YuNetDetector
from clienteling.recognition.frames import Image
from clienteling.recognition.quality import (
    ENROL_KIOSK,
    ENROL_PHOTO,
    PROBE,
    QualityCode,
    QualityGate,
    assess,
)
from tests.support.faces import NAMES, photo


def _blurred(image: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), max(image.shape) / 80), np.uint8)


def _small(image: Image) -> Image:
    scale = 45 / 240
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale), np.uint8)


def _dark(image: Image) -> Image:
    return np.asarray(image * 0.12, np.uint8)


@pytest.mark.parametrize("gate", [ENROL_PHOTO, ENROL_KIOSK, PROBE])
@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_blurred, QualityCode.BLURRED),
        (_small, QualityCode.TOO_FAR),
        (_dark, QualityCode.TOO_DARK),
    ],
)
def test_the_spoilt_set_is_refused(spoil: object, code: QualityCode, gate: QualityGate) -> None:
    assert callable(spoil)
    detector = YuNetDetector()
    for name in NAMES:
        image = spoil(photo(name))
        quality = assess(image, detector.detect(image, longest_side=PHOTO_SIDE), gate)
        assert not quality.ok, name
        # A face that is not even found is refused as well, and has no other fault.
        assert code in quality.codes or quality.codes == (QualityCode.NO_FACE,), name
