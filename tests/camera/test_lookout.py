"""The motion gate: it saves looks at an empty shop, and lets no face by."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camera.lookout import Lookout
from clienteling.recognition.detect import Face
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame, Image
from tests.support.clips import PHOTOS, picture
from tests.support.faces import face_at

SIZE = (640, 480)
SHOP = np.repeat(np.linspace(90, 170, 480).astype(np.uint8), 640 * 3).reshape(480, 640, 3)


class Scripted:
    """A detector that finds what it is told to, and counts."""

    def __init__(self, *found: tuple[Face, ...]) -> None:
        self._found = iter(found)
        self.looks = 0

    def detect(self, image: Image, *, longest_side: int = 320) -> tuple[Face, ...]:
        del image, longest_side
        self.looks += 1
        return next(self._found, ())


def _noisy(image: Image, seed: int) -> Image:
    noise = np.random.default_rng(seed).normal(0, 4, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def test_an_empty_shop_is_looked_at_twice_a_second() -> None:
    detector = Scripted()
    lookout = Lookout(detector)
    pictures = [_noisy(SHOP, seed) for seed in range(3)]
    for number in range(100):
        assert lookout.faces(Frame(pictures[number % 3], number / 25, number)) == ()
    assert detector.looks == 8


def test_whoever_is_in_view_is_looked_at_in_every_frame() -> None:
    """Also when nothing moves: how a face holds still is evidence too."""
    someone = (face_at(100, 100, 80, 100),)
    detector = Scripted(*[someone] * 10)
    lookout = Lookout(detector)
    assert [lookout.faces(Frame(SHOP, n / 25, n)) for n in range(10)] == [someone] * 10


def test_a_change_that_creeps_is_seen_against_the_last_look() -> None:
    detector = Scripted()
    lookout = Lookout(detector)
    for number in range(10):  # 2 grey levels a frame, all within the patience
        image = SHOP.copy()
        image[100:200, 100:200] += np.uint8(2 * number)
        lookout.faces(Frame(image, number / 100, number))
    assert detector.looks == 3


@pytest.mark.parametrize("at", [-1.0, float("nan")])
def test_a_clock_that_is_no_help_means_a_look(at: float) -> None:
    detector = Scripted()
    lookout = Lookout(detector)
    lookout.faces(Frame(SHOP, 0.0, 0))
    lookout.faces(Frame(SHOP, at, 1))
    assert detector.looks == 2


def test_another_size_means_a_look() -> None:
    detector = Scripted()
    lookout = Lookout(detector)
    lookout.faces(Frame(SHOP, 0.0, 0))
    lookout.faces(Frame(SHOP[:400], 0.0, 1))
    assert detector.looks == 2


def test_what_is_remembered_is_overwritten() -> None:
    lookout = Lookout(Scripted())
    lookout.faces(Frame(SHOP, 0.0, 0))
    remembered = lookout._empty
    assert remembered is not None
    assert remembered.any()
    lookout.clear()
    assert not remembered.any()


@settings(max_examples=60)
@given(
    st.sampled_from(["a1", "b1", "c1", "d1"]),
    st.integers(90, 400),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0.2, 1.0),
)
def test_no_face_that_the_detector_finds_is_passed_over(
    real_engine: Engine, name: str, height: int, across: float, down: float, contrast: float
) -> None:
    """A photograph appears anywhere in the picture, of any size, clear or faint."""
    person = picture((PHOTOS / f"{name}.jpg",), (height, height))
    x, y = int(across * (640 - height)), int(down * (480 - height))
    image = SHOP.astype(np.float32)
    part = image[y : y + height, x : x + height]
    part += contrast * (person - part)
    with_person = image.astype(np.uint8)
    expected = real_engine.detector.detect(with_person)
    lookout = Lookout(real_engine.detector)
    assert lookout.faces(Frame(SHOP, 0.0, 0)) == ()
    assert len(lookout.faces(Frame(with_person, 0.1, 1))) == len(expected)
