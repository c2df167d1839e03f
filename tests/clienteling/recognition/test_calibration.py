import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.recognition.calibration import Calibration, CalibrationError, Cell, load
from clienteling.recognition.encode_dlib import RESNET
from clienteling.recognition.weights import SFACE
from tests.support.faces import calibration

SHIPPED = {
    "sface-2021dec-mirrored": load(None, "sface-2021dec-mirrored", SFACE.sha256),
    "dlib-resnet-v1": load(None, "dlib-resnet-v1", RESNET.sha256),
}
_SIZES = st.integers(0, 2555)
_IMAGES = st.one_of(st.none(), st.integers(1, 9))
_FRAMES = st.integers(1, 20)


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> Calibration:
    return SHIPPED[request.param]


def test_the_shipped_ones_say_that_they_are_not_the_shops(shipped: Calibration) -> None:
    assert shipped.source == "public benchmark, not your shop"
    assert shipped.fpir == 0.001


def test_never_below_what_was_measured(shipped: Calibration) -> None:
    """At any size up to the cell's, for at most its images and at least its frames."""
    for cell in shipped.cells:
        assert shipped.threshold(cell.gallery, cell.enrol, cell.frames) >= cell.threshold


@given(_SIZES, _SIZES, _IMAGES, _FRAMES)
def test_a_larger_gallery_is_never_easier(
    one: int, other: int, images: int | None, frames: int
) -> None:
    small, large = sorted((one, other))
    for each in SHIPPED.values():
        if large <= each.largest_gallery:
            assert each.threshold(small, images, frames) <= each.threshold(large, images, frames)


@given(_SIZES, st.integers(1, 9), _FRAMES)
def test_not_knowing_the_images_is_never_easier(size: int, images: int, frames: int) -> None:
    for each in SHIPPED.values():
        if size <= each.largest_gallery:
            assert each.threshold(size, images, frames) <= each.threshold(size, None, frames)


def test_more_frames_are_never_harder_and_more_images_never_easier() -> None:
    cells = [
        Cell(gallery=10, enrol=enrol, frames=frames, threshold=threshold)
        for enrol, frames, threshold in ((1, 1, 0.5), (1, 3, 0.45), (3, 1, 0.48), (3, 3, 0.46))
    ]
    made = calibration(cells)
    by_frames = [made.threshold(5, 3, frames) for frames in (1, 2, 3, 9)]
    by_images = [made.threshold(5, images, 3) for images in (1, 2, 3, 9)]
    assert by_frames == [0.5, 0.5, 0.46, 0.46]  # 0.48 was measured below an easier cell
    assert all(a <= b for a, b in pairwise(by_images))


def test_it_stops_above_the_largest_gallery_that_was_measured() -> None:
    made = calibration()
    assert made.largest_gallery == 111
    assert made.threshold(111, None, 1) == 0.5
    with pytest.raises(CalibrationError, match="112 templates and the calibration reaches to 111"):
        made.threshold(112, None, 1)


def test_a_score_without_frames_has_no_threshold() -> None:
    with pytest.raises(CalibrationError, match="at least one frame"):
        calibration().threshold(1, 1, 0)


def _file(folder: Path, **changes: Any) -> Path:
    path = folder / "calibration.json"
    path.write_text(json.dumps(calibration().model_dump() | changes))
    return path


def test_a_shops_own_calibration_is_read(tmp_path: Path) -> None:
    own = load(_file(tmp_path, source="our shop"), "made-up", "0" * 64)
    assert own.source == "our shop"


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"cells": []},
        {"margin": 0},
        {"extra": 1},
        {"cells": [{"gallery": 1, "enrol": 1, "frames": 1, "threshold": 1.5}]},
        {"cells": [{"gallery": 1, "enrol": 1, "frames": 2, "threshold": 0.5}]},
        {
            "cells": [
                {"gallery": 1, "enrol": 1, "frames": 1, "threshold": 0.5},
                {"gallery": 2, "enrol": 2, "frames": 1, "threshold": 0.5},
            ]
        },
    ],
)
def test_a_damaged_calibration_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(CalibrationError, match="is damaged at"):
        load(_file(tmp_path, **changes), "made-up", "0" * 64)


def test_a_calibration_of_another_model_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path)
    for model_id, digest in (("other", "0" * 64), ("made-up", "1" * 64)):
        with pytest.raises(CalibrationError, match="another model"):
            load(path, model_id, digest)


def test_one_that_lets_more_strangers_in_is_refused(tmp_path: Path) -> None:
    assert load(_file(tmp_path, fpir=0.0005), "made-up", "0" * 64).fpir == 0.0005
    with pytest.raises(CalibrationError, match=r"nobody is matched with more than 0\.001"):
        load(_file(tmp_path, fpir=0.0011), "made-up", "0" * 64)


def test_a_missing_calibration_is_named(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match=r"none\.json cannot be read"):
        load(tmp_path / "none.json", "made-up", "0" * 64)
    with pytest.raises(CalibrationError, match="no-model cannot be read"):
        load(None, "no-model", "0" * 64)


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_bytes(b"\xff\x00 not json")
    with pytest.raises(CalibrationError, match="is damaged at the whole"):
        load(path, "made-up", "0" * 64)
