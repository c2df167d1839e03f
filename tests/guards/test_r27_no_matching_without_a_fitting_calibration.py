"""R27: no threshold is chosen. Without a calibration measured with this very model nothing that
matches starts, and above the gallery that was measured nothing is compared.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import web.server
from clienteling.cli import main
from clienteling.config import PapersConfig, RecognitionConfig, save_config
from clienteling.errors import StartError
from clienteling.home import open_home
from clienteling.recognition import calibration as calibrations
from clienteling.recognition import engine as engines
from clienteling.recognition.calibration import CalibrationError
from clienteling.recognition.decide import decide
from clienteling.recognition.engine import Engine, build_engine
from clienteling.recognition.evidence import Evidence
from clienteling.recognition.gallery import Gallery
from tests.support.faces import PHOTOS, calibration
from tests.support.shops import make_home
from tests.support.web import export_record

#: What is wrong with a file that was right, and in which words it is refused.
UNFIT: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "another build": (lambda file: file.update(model_sha256="0" * 64), "another model"),
    "another model": (lambda file: file.update(model_id="another"), "another model"),
    "no thresholds": (lambda file: file.update(cells=[]), "damaged at cells"),
    "no score": (lambda file: file["cells"][0].update(threshold=1.5), "damaged at cells"),
    "another format": (lambda file: file.update(v=2), "damaged at v"),
    "a gap": (lambda file: file["cells"].pop(), "damaged"),
}


@pytest.fixture(autouse=True)
def loaded_once(monkeypatch: pytest.MonkeyPatch, real_engine: Engine) -> None:
    """The real start, but for the weights, which this process has loaded already."""
    monkeypatch.setattr(engines, "build_encoder", lambda *_args: real_engine.encoder)


@pytest.fixture
def own(tmp_path: Path, real_engine: Engine) -> Callable[[Callable[[dict[str, Any]], Any]], Path]:
    """Write the shipped calibration with a change into a file of the shop's own."""

    def write(change: Callable[[dict[str, Any]], Any]) -> Path:
        shipped = Path(calibrations.__file__).parent / f"{real_engine.encoder.model_id}.json"
        file = json.loads(shipped.read_text(encoding="utf-8"))
        change(file)
        path = tmp_path / "own.json"
        path.write_text(json.dumps(file), encoding="utf-8")
        return path

    return write


def test_the_file_fits_before_it_is_changed(own: Callable[..., Path], real_engine: Engine) -> None:
    built = build_engine("sface", own(lambda _file: None))
    assert built.calibration == real_engine.calibration


@pytest.mark.parametrize("what", UNFIT)
def test_no_engine_is_built_with_a_calibration_that_does_not_fit(
    own: Callable[..., Path], what: str
) -> None:
    change, words = UNFIT[what]
    with pytest.raises(StartError, match=words):
        build_engine("sface", own(change))


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve",),
        ("replay", "{clip}", "--policy", "trigger", "--press", "1"),
        ("enrol", "--name", "Robin", "--purposes", "recognise", "--attest", "1", "--photo", "{a1}"),
        ("camera", "--config", "{camera}", "--calibration", "{own}"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_nothing_that_matches_starts(
    own: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
) -> None:
    """Hub, replay, enrolment and camera end with exit code 4 and a sentence."""
    change, _words = UNFIT["another build"]
    path = own(change)
    home = make_home(tmp_path / "shop")
    today = home.office.now().date()
    papers = PapersConfig(dpia_id="DPIA-7", dpo_signed=today, sign_attested=today)
    recognition = RecognitionConfig(calibration=path)
    changes = {"papers": papers, "recognition": recognition}
    save_config(home.path, home.config.model_copy(update=changes))
    home.databases.close()
    export_record(open_home(home.path))
    clip = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    camera = tmp_path / "camera.toml"
    camera.write_text(f'source = "{clip}"\nhub = "http://127.0.0.1:9"\nstate = "{tmp_path}/edge"\n')
    monkeypatch.setenv("CLIENTELING_HOME", str(home.path))
    monkeypatch.setattr(web.server, "serve", lambda *_args, **_options: 0)  # it would not end
    places = {"clip": clip, "a1": PHOTOS / "a1.jpg", "camera": camera, "own": path}

    code = main([argument.format(**places) for argument in arguments])

    assert code == StartError.exit_code
    assert "was measured with" in capsys.readouterr().err


def test_above_the_gallery_that_was_measured_nothing_is_compared() -> None:
    """A test gallery of at least 90 % of the real one: 100 measured, 111 allowed."""
    matrix = np.eye(112, dtype=np.float32)
    evidence = Evidence(112)
    evidence.add(matrix[0], 1.0)
    aliases = tuple(map(str, range(112)))
    within = Gallery("made-up", 1, aliases[:111], matrix[:111])
    assert decide(evidence, within, calibration(), final=True) is not None
    with pytest.raises(CalibrationError, match="measure with a larger set"):
        decide(evidence, Gallery("made-up", 1, aliases, matrix), calibration(), final=True)
