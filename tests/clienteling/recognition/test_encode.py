from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from clienteling.recognition.detect import Face
from clienteling.recognition.encode import MeteredEncoder, NoVectorError, Vectors
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Image
from clienteling.recognition.permit import PermitError, for_files, for_window
from tests.support.faces import NAMES, CountingEncoder, face_at, photo, side_by_side

_IMAGE = np.zeros((200, 200, 3), np.uint8)
_FACE = face_at(50, 50, 90, 110)


def _encode(engine: Engine, name: str) -> Vectors:
    image = photo(name)
    faces = engine.detector.detect(image)[:1]
    return engine.encoder.encode(for_files("test"), image, faces, 0.0)


def test_vectors_have_length_one_and_tell_people_apart(engine: Engine) -> None:
    """Three independent photographs of one man, and three other people."""
    vectors = np.vstack([_encode(engine, name) for name in NAMES])
    assert vectors.shape == (6, engine.encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    scores = vectors @ vectors.T
    genuine = scores[:3, :3][np.triu_indices(3, 1)]
    assert genuine.min() > 0.65
    assert genuine.max() < 0.89  # no two of one sitting
    assert scores[:3, 3:].max() < 0.36
    assert scores[3:, 3:][np.triu_indices(3, 1)].max() < 0.36


def test_every_face_of_a_picture_is_encoded_in_order(engine: Engine) -> None:
    image = side_by_side("a1", "b1")
    faces = engine.detector.detect(image, longest_side=640)
    assert len(faces) == 2
    both = engine.encoder.encode(for_files("test"), image, faces, 0.0)
    second = engine.encoder.encode(for_files("test"), image, faces[1:], 0.0)
    assert np.array_equal(both[1:], second)


def test_threads_may_share_an_encoder(engine: Engine) -> None:
    before = engine.encoder.meter.calls
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: _encode(engine, "a1"), range(8)))
    assert all(np.array_equal(result, results[0]) for result in results)
    assert engine.encoder.meter.calls == before + 8


def test_without_a_valid_permit_nothing_runs_and_it_is_counted() -> None:
    encoder = CountingEncoder()
    window = for_window("w1", "trigger", 10.0, 20.0)
    for at in (9.9, 20.1, float("nan")):
        with pytest.raises(PermitError, match="no permit valid"):
            encoder.encode(window, _IMAGE, [_FACE], at)
    assert (encoder.ran, encoder.meter.calls, encoder.meter.without_permit) == (0, 0, 3)


def test_what_only_looks_like_a_permit_is_none() -> None:
    class Forged:
        def valid_at(self, at: float) -> bool:
            del at
            return True

    encoder = CountingEncoder()
    for forged in (Forged(), None, True):
        with pytest.raises(PermitError):
            encoder.encode(forged, _IMAGE, [_FACE], 0.0)  # type: ignore[arg-type]
    assert (encoder.ran, encoder.meter.without_permit) == (0, 3)


def test_each_face_counts_as_a_call() -> None:
    encoder = CountingEncoder()
    encoder.encode(for_files("test"), _IMAGE, [_FACE, _FACE, _FACE], 0.0)
    assert (encoder.ran, encoder.meter.calls, encoder.meter.without_permit) == (3, 3, 0)


def test_no_faces_give_no_vectors() -> None:
    encoder = CountingEncoder()
    assert encoder.encode(for_files("test"), _IMAGE, [], 0.0).shape == (0, 4)
    assert encoder.meter.calls == 0


@pytest.mark.parametrize("value", [0.0, float("nan"), float("inf")])
def test_a_useless_vector_is_an_error(value: float) -> None:
    """A vector of zeros or NaN would compare with everybody."""

    class Broken(MeteredEncoder):
        def _embed(self, image: Image, face: Face) -> Vectors:
            del image, face
            return np.full(4, value, np.float32)

    with pytest.raises(NoVectorError):
        Broken("broken", "0" * 64, 4).encode(for_files("test"), _IMAGE, [_FACE], 0.0)
