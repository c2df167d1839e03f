import numpy as np
import pytest

from clienteling.recognition.frames import Frame, decode_image, wipe
from tests.support.faces import PHOTOS


def as_bytes(content: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(content, np.uint8)


def test_a_wiped_picture_is_black() -> None:
    image = np.full((4, 5, 3), 200, np.uint8)
    wipe(image)
    assert not image.any()


def test_a_picture_that_is_not_ours_is_left_alone() -> None:
    image = np.full((4, 5, 3), 200, np.uint8)
    image.flags.writeable = False
    wipe(image)
    assert image.all()


def test_a_frame_does_not_print_its_picture() -> None:
    frame = Frame(np.full((4, 5, 3), 200, np.uint8), 1.5, 3)
    assert repr(frame) == "Frame(5x4, at=1.500, number=3)"


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"GIF89a", bytes(1000), b"BM" * 40])
def test_bytes_that_are_no_photograph_are_none(content: bytes) -> None:
    assert decode_image(as_bytes(content)) is None


def test_a_photograph_is_decoded_to_colour() -> None:
    image = decode_image(as_bytes((PHOTOS / "a1.jpg").read_bytes()))

    assert image is not None
    assert image.shape == (720, 576, 3)
    assert image.dtype == np.uint8
