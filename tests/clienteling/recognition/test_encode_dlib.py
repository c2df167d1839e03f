import subprocess
import sys

import numpy as np
import pytest

from clienteling.errors import StartError
from clienteling.recognition.encode_dlib import require_processor
from clienteling.recognition.engine import build_engine
from clienteling.recognition.permit import PermitError, for_files, for_window
from tests.support.faces import photo

_WITH = "processor : 0\nmodel name : x\nflags\t\t: fpu sse sse4_2 avx avx2\n"
_WITHOUT = "processor : 0\nmodel name : has avx in its name\nflags\t\t: fpu sse sse4_2\n"


def test_a_processor_without_avx_is_refused_by_name() -> None:
    require_processor(_WITH)
    require_processor(None)
    with pytest.raises(StartError, match=r"lacks AVX, .* Choose the encoder sface"):
        require_processor(_WITHOUT)


@pytest.mark.xdist_group("dlib")
def test_it_tells_people_apart_and_asks_for_a_permit() -> None:
    engine = build_engine("dlib")
    images = {name: photo(name) for name in ("a1", "a2", "b1")}
    faces = {name: engine.detector.detect(image)[:1] for name, image in images.items()}
    a1, a2, b1 = (
        engine.encoder.encode(for_files("test"), images[name], faces[name], 0.0)[0]
        for name in images
    )
    assert np.linalg.norm(a1) == pytest.approx(1, abs=1e-5)
    assert a1 @ a2 > engine.calibration.same_person > max(a1 @ b1, a2 @ b1)
    closed = for_window("w1", "trigger", 1.0, 2.0)
    with pytest.raises(PermitError):
        engine.encoder.encode(closed, images["a1"], faces["a1"], 3.0)
    assert (engine.encoder.meter.calls, engine.encoder.meter.without_permit) == (3, 1)


@pytest.mark.xdist_group("dlib")
def test_a_missing_part_is_a_sentence_and_not_a_silent_end() -> None:
    """`face_recognition` itself would print a hint and end the process with status 0."""
    script = (
        "import sys; sys.modules['pkg_resources'] = None\n"
        "from clienteling.errors import StartError\n"
        "from clienteling.recognition.encode_dlib import DlibEncoder\n"
        "try:\n    DlibEncoder()\n"
        "except StartError as error:\n    print(error); sys.exit(7)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 7, ended.stderr
    assert ended.stdout.startswith("The dlib encoder cannot be loaded: pkg_resources is missing.")


def test_nothing_imports_dlib_until_it_is_chosen() -> None:
    script = (
        "import sys, clienteling.recognition.engine\n"
        "sys.exit(any(n in sys.modules for n in ('dlib', 'face_recognition', 'onnx')))\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False, timeout=120)
    assert ended.returncode == 0
