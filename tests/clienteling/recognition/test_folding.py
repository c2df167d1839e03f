from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from clienteling.errors import StartError
from clienteling.recognition.folding import fold, folded_sface
from clienteling.recognition.weights import SFACE, read_weights


def _run(model: bytes, tensor: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"data": tensor})[0])


def test_the_unfolded_model_gives_what_the_published_one_gives() -> None:
    published = onnx.load_from_string(read_weights(SFACE))
    (data,) = (value for value in published.graph.input if value.name == "data")
    del published.graph.input[:]
    published.graph.input.append(data)
    tensor = np.random.default_rng(1).uniform(0, 255, (1, 3, 112, 112)).astype(np.float32)
    expected = _run(published.SerializeToString(), tensor)
    assert np.allclose(_run(fold(read_weights(SFACE)), tensor), expected, rtol=1e-3, atol=1e-4)


def test_it_is_made_once(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = folded_sface(cache)
    (file,) = cache.iterdir()
    made = file.stat().st_mtime_ns
    assert folded_sface(cache) == first
    assert file.stat().st_mtime_ns == made


@pytest.mark.parametrize("damage", ["cut", "changed", "empty"])
def test_a_damaged_cache_is_replaced(weights: Path, tmp_path: Path, damage: str) -> None:
    whole = folded_sface(weights)
    (kept,) = weights.glob("sface*.onnx")
    content = bytearray(kept.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "changed":
        content[len(content) // 2] ^= 1
    else:
        content.clear()
    (tmp_path / kept.name).write_bytes(content)
    assert folded_sface(tmp_path) == whole
    assert (tmp_path / kept.name).read_bytes() == kept.read_bytes()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(StartError, match="cannot be kept in"):
        folded_sface(blocked / "cache")
