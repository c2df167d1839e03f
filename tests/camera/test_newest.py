import threading
import time
from pathlib import Path

import numpy as np
import pytest

from camera.newest import NewestFrame, Reader
from camera.sources import Video, parse_source
from clienteling.recognition.frames import Frame
from tests.support.clips import compose, empty


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


def play(clip: Path, *, loop: bool = False, wanted: bool = True) -> tuple[Reader, NewestFrame]:
    slot = NewestFrame()
    reader = Reader(
        Video(parse_source(str(clip))),
        slot,
        wanted=lambda: wanted,
        on_start=lambda: None,
        loop=loop,
    )
    reader.start()
    return reader, slot


def test_a_file_plays_at_its_own_pace(tmp_path: Path) -> None:
    began = time.monotonic()
    reader, slot = play(compose(tmp_path / "c.avi", [empty(1.0)], fps=10))
    reader.join(5)
    assert time.monotonic() - began > 0.85  # how much later depends on the machine's load
    assert reader.frames == 10
    assert slot.take(0.0) is not None


def test_a_slow_reader_of_the_slot_misses_frames_rather_than_falling_behind(tmp_path: Path) -> None:
    reader, slot = play(compose(tmp_path / "c.avi", [empty(1.2)], fps=20))
    numbers = []
    while not slot.ended:
        taken = slot.take(0.1)
        if taken is not None:
            assert time.monotonic() - taken.at < 0.2
            numbers.append(taken.number)
        time.sleep(0.25)
    reader.join(5)
    assert len(numbers) < 8 < reader.frames


def test_no_picture_is_made_that_nobody_wants(tmp_path: Path) -> None:
    reader, slot = play(compose(tmp_path / "c.avi", [empty(0.3)]), wanted=False)
    reader.join(5)
    assert reader.frames == 3
    assert slot.take(0.0) is None


def test_a_loop_starts_again_until_it_is_stopped(tmp_path: Path) -> None:
    reader, _ = play(compose(tmp_path / "c.avi", [empty(0.2)]), loop=True)
    while reader.frames < 7:
        assert reader.is_alive()
        time.sleep(0.01)
    reader.stop()
    reader.join(5)
    assert not reader.is_alive()
    assert reader.error is None


@pytest.mark.parametrize("waiting", [0.05, 5.0])
def test_a_poke_lets_the_waiting_thread_go(waiting: float) -> None:
    slot = NewestFrame()
    threading.Timer(0.1, slot.poke).start()
    began = time.monotonic()
    assert slot.take(waiting) is None
    assert time.monotonic() - began < 4.0  # well before the five seconds


def test_each_pass_of_a_looped_clip_says_that_it_begins(tmp_path: Path) -> None:
    """A runner that presses at clip seconds must know when second 0 is, each time."""
    begun: list[float] = []
    clip = compose(tmp_path / "c.avi", [empty(0.1)], fps=30)
    reader = Reader(
        Video(parse_source(str(clip))),
        NewestFrame(),
        wanted=lambda: False,
        on_start=lambda: begun.append(time.monotonic()),
        loop=True,
    )
    reader.start()
    end = time.monotonic() + 30
    while len(begun) < 3 and time.monotonic() < end:
        time.sleep(0.01)
    reader.finish()
    assert len(begun) >= 3
