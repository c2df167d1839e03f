import threading
import time

import numpy as np
import pytest

from camera.newest import NewestFrame
from clienteling.recognition.frames import Frame


def frame(number: int) -> Frame:
    return Frame(np.full((4, 4, 3), 7, np.uint8), float(number), number)


def test_only_the_newest_frame_is_taken_and_the_others_are_overwritten() -> None:
    slot = NewestFrame()
    frames = [frame(number) for number in range(3)]
    for item in frames:
        slot.put(item)
    assert slot.take(0.0) is frames[2]
    assert slot.take(0.0) is None
    assert [bool(item.image.any()) for item in frames] == [False, False, True]


def test_the_last_frame_can_be_taken_after_the_end() -> None:
    slot = NewestFrame()
    slot.put(frame(1))
    slot.end()
    assert not slot.ended
    assert slot.take(0.0) is not None
    assert slot.ended


@pytest.mark.parametrize("waiting", [0.05, 5.0])
def test_a_poke_lets_the_waiting_thread_go(waiting: float) -> None:
    slot = NewestFrame()
    threading.Timer(0.1, slot.poke).start()
    began = time.monotonic()
    assert slot.take(waiting) is None
    assert time.monotonic() - began < 4.0  # well before the five seconds
