from pathlib import Path

import pytest

from clienteling.errors import StartError
from clienteling.recognition.engine import Engine, build_engine


def test_the_calibration_fits_the_encoder(engine: Engine) -> None:
    assert engine.calibration.model_id == engine.encoder.model_id == "sface-2021dec-mirrored"
    assert engine.calibration.model_sha256 == engine.encoder.model_sha256


def test_an_unknown_encoder_is_refused_with_the_choice() -> None:
    with pytest.raises(StartError, match="Choose one of: sface, dlib"):
        build_engine("arcface")


def test_a_calibration_that_does_not_fit_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text("{}")
    with pytest.raises(StartError, match="is damaged"):
        build_engine("sface", path)
