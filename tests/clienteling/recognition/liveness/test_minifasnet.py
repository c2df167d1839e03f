"""An operator's model: run only if it is the file that the configuration names."""

import base64
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

from clienteling.errors import StartError
from clienteling.recognition.detect import Face
from clienteling.recognition.frames import Image
from clienteling.recognition.liveness.evidence import Checks, LivenessEvidence, Reason, VerdictKind
from clienteling.recognition.liveness.minifasnet import MiniFasNet
from clienteling.recognition.liveness.settings import AttackModel, AttackSettings, build_checks
from tests.support.faces import face_at

#: ONNX of the same form, 1x3x80x80 in and so many logits out: pooled, times 0, plus 1.5, 2.5, 3.5.
_FORMS = {
    3: base64.b64decode(
        "CAgSADrPAQodCgVpbnB1dBIBcCIRR2xvYmFsQXZlcmFnZVBvb2wKDwoBcBIBZiIHRmxhdHRlbgoXCgFmCgF3CgFi"
        "EgZvdXRwdXQiBEdlbW0SAWcqLwgDCAMQAUIBd0okAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "KhUIAxABQgFiSgwAAMA/AAAgQAAAYEBaHwoFaW5wdXQSFgoUCAESEAoCCAEKAggDCgIIUAoCCFBiGAoGb3V0cHV0"
        "Eg4KDAgBEggKAggBCgIIA0IECgAQDQ=="
    ),
    2: base64.b64decode(
        "CAgSADq/AQodCgVpbnB1dBIBcCIRR2xvYmFsQXZlcmFnZVBvb2wKDwoBcBIBZiIHRmxhdHRlbgoXCgFmCgF3CgFi"
        "EgZvdXRwdXQiBEdlbW0SAWcqIwgDCAIQAUIBd0oYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAKhEIAhABQgFiSggA"
        "AMA/AAAgQFofCgVpbnB1dBIWChQIARIQCgIIAQoCCAMKAghQCgIIUGIYCgZvdXRwdXQSDgoMCAESCAoCCAEKAggC"
        "QgQKABAN"
    ),
}
GREY: Image = np.full((480, 640, 3), 128, np.uint8)
FACE = face_at(250, 150, 140, 180)


def _model(path: Path, *logits: float) -> str:
    """Write a model that answers these logits to every picture; return its digest."""
    content = _FORMS[len(logits)]
    for usual, wanted in zip((1.5, 2.5, 3.5), logits, strict=False):
        content = content.replace(struct.pack("<f", usual), struct.pack("<f", wanted))
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("logits", "kind", "reasons"),
    [
        ([0.0, 5.0, 0.0], VerdictKind.UNDECIDED, ()),
        ([0.0, 0.0, 5.0], VerdictKind.SPOOF, (Reason.MODEL,)),
    ],
)
def test_a_model_can_refuse_and_takes_no_other_check_away(
    tmp_path: Path, logits: list[float], kind: VerdictKind, reasons: tuple[Reason, ...]
) -> None:
    digest = _model(tmp_path / "model.onnx", *logits)
    settings = AttackSettings(
        attack_model=(AttackModel(path=tmp_path / "model.onnx", sha256=digest, scale=2.7),)
    )
    checks = build_checks(settings)
    assert checks is not None
    assert checks.level == "passive+model"

    evidence = LivenessEvidence(checks)
    evidence.add(GREY, FACE, 0.0)

    assert (evidence.verdict().kind, evidence.verdict().reasons) == (kind, reasons)


def test_a_visitor_costs_a_few_runs_of_the_model_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = MiniFasNet(tmp_path / "m.onnx", _model(tmp_path / "m.onnx", 0.0, 9.0, 0.0), scale=4.0)
    ran: list[Image] = []

    def real(image: Image, _face: Face) -> float:
        ran.append(image)
        return 1.0

    monkeypatch.setattr(model, "real", real)
    evidence = LivenessEvidence(Checks((model,)))

    for number in range(20):
        evidence.add(GREY, FACE, number / 10)

    assert len(ran) == 3


def test_a_face_larger_than_the_picture_is_looked_at_whole(tmp_path: Path) -> None:
    model = MiniFasNet(tmp_path / "m.onnx", _model(tmp_path / "m.onnx", 1.0, 1.0, 1.0), 4.0)

    assert model.real(GREY[:50, :40], face_at(-40, -40, 200, 240)) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read"), (b"no model", "is no model"), (b"", "is no model")],
)
def test_what_is_no_model_stops_the_start(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(StartError, match=words):
        MiniFasNet(path, hashlib.sha256(content or b"").hexdigest(), 2.7)


def test_another_file_than_was_named_stops_the_start(tmp_path: Path) -> None:
    _model(tmp_path / "model.onnx", 0.0, 1.0, 0.0)

    with pytest.raises(StartError, match="is not the file that the configuration names"):
        MiniFasNet(tmp_path / "model.onnx", "0" * 64, 2.7)


def test_a_model_with_other_answers_stops_the_start(tmp_path: Path) -> None:
    digest = _model(tmp_path / "model.onnx", 0.0, 1.0)

    with pytest.raises(StartError, match="three classes"):
        MiniFasNet(tmp_path / "model.onnx", digest, 2.7)


def test_off_and_a_model_contradict_each_other() -> None:
    model = {"path": "/x.onnx", "sha256": "0" * 64, "scale": 2.7}

    with pytest.raises(ValueError, match="leave attack_model away"):
        AttackSettings.model_validate({"attack_check": "off", "attack_model": [model]})
    assert build_checks(AttackSettings(attack_check="off")) is None
