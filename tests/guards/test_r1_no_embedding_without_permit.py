"""R1: no embedding is computed outside of a permit, and a permit has five sources only."""

import ast
from pathlib import Path

import pytest

from clienteling.recognition.permit import PermitError, for_window
from tests.support.faces import CountingEncoder, face_at, photo

_ROOT = Path(__file__).parents[2]
_CODE = [
    path for package in ("camera", "clienteling", "web") for path in (_ROOT / package).rglob("*.py")
]
#: Who may hand out which permit.
_SOURCES = {
    "for_window": ("camera/",),
    "for_zone_dwell": ("camera/",),
    "for_ambient": ("camera/",),
    "for_enrolment": ("clienteling/customers/",),
    "for_files": ("clienteling/evaluation/", "camera/bench/"),
}
#: Other ways to run a face model than through the encoders.
_MODEL_RUNNERS = {
    "InferenceSession",
    "Model",
    "FaceRecognizerSF",
    "face_encodings",
    "onnxruntime",
    "readNetFromONNX",
}
_ENCODERS = {
    "clienteling/evaluation/reference.py",  # the baseline; files only
    "clienteling/recognition/detect.py",  # the detector's network, which gives no vector
    "clienteling/recognition/encode.py",
    "clienteling/recognition/runtime.py",  # what these run a network with
    "clienteling/recognition/encode_dlib.py",
    "clienteling/recognition/liveness/minifasnet.py",  # real or shown: three numbers, no vector
    "clienteling/recognition/liveness/signs.py",  # eyes and mouth: four numbers, no vector
}


def _name(path: Path) -> str:
    return path.relative_to(_ROOT).as_posix()


def test_a_thousand_frames_without_a_window_give_no_embedding() -> None:
    encoder = CountingEncoder()
    image = photo("a1")
    face = face_at(236, 52, 152, 208)
    window = for_window("w1", "trigger", 100.0, 110.0)
    for number in range(1000):
        with pytest.raises(PermitError):
            encoder.encode(window, image, [face], number / 25)
    assert encoder.ran == 0
    assert (encoder.meter.calls, encoder.meter.without_permit) == (0, 1000)


@pytest.mark.parametrize("factory", _SOURCES)
def test_a_permit_is_made_only_where_it_belongs(factory: str) -> None:
    users = {
        _name(path)
        for path in _CODE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Name) and node.id == factory)
        or (isinstance(node, ast.Attribute) and node.attr == factory)
        or (isinstance(node, ast.alias) and node.name == factory)
    }
    assert {user for user in users if not user.startswith(_SOURCES[factory])} == set()


def test_nothing_but_the_encoders_runs_a_face_model() -> None:
    users = {
        _name(path)
        for path in _CODE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Name) and node.id in _MODEL_RUNNERS)
        or (isinstance(node, ast.Attribute) and node.attr in _MODEL_RUNNERS)
        or (isinstance(node, ast.alias) and node.name in _MODEL_RUNNERS)
    }
    assert users == _ENCODERS
