import numpy as np

from clienteling.recognition.frames import Frame, wipe


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
