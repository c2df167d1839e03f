import numpy as np
import pytest

from clienteling.recognition.frames import Frame, is_picture, wipe


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


def test_pictures_are_rows_columns_and_three_channels_of_a_byte() -> None:
    assert is_picture(np.zeros((2, 3, 3), np.uint8))


@pytest.mark.parametrize(
    "other",
    [
        None,
        np.zeros((2, 3), np.uint8),
        np.zeros((2, 3, 1), np.uint8),
        np.zeros((2, 3, 4), np.uint8),
        np.zeros((0, 3, 3), np.uint8),
        np.zeros((2, 3, 3), np.uint16),
    ],
)
def test_other_shapes_are_no_pictures(other: object) -> None:
    assert not is_picture(other)
