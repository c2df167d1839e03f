"""Reading a source at its own pace, and finding it again."""

import itertools
import time
from pathlib import Path

import pytest

from camera.condition import Condition
from camera.newest import NewestFrame
from camera.reader import Reader, pauses
from camera.sources import parse_source
from clienteling.edge_protocol import SourceState
from tests.support.cameras import until
from tests.support.clips import PHOTOS, compose, empty, jpegs
from tests.support.mjpeg import MjpegCamera


def play(clip: Path, *, loop: bool = False, wanted: bool = True) -> tuple[Reader, NewestFrame]:
    slot = NewestFrame()
    reader = Reader(
        parse_source(str(clip)),
        slot,
        wanted=lambda: wanted,
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


def test_each_pass_of_a_looped_clip_says_that_it_begins(tmp_path: Path) -> None:
    """A runner that presses at clip seconds must know when second 0 is, each time."""
    begun: list[float] = []
    clip = compose(tmp_path / "c.avi", [empty(0.1)], fps=30)
    reader = Reader(
        parse_source(str(clip)),
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


def test_a_stream_that_went_away_is_found_again(caplog: pytest.LogCaptureFixture) -> None:
    camera = MjpegCamera(jpegs((PHOTOS / "a1.jpg",)), name="shop", password="secret-word")
    camera.start()
    heard: list[SourceState] = []
    condition = Condition(on_change=heard.append)
    source = parse_source(f"http://shop:secret-word@127.0.0.1:{camera.port}/live")
    reader = Reader(source, NewestFrame(), wanted=lambda: False, condition=condition)
    reader.start()
    until(lambda: reader.frames > 5)
    camera.stop()
    until(lambda: "unreachable" in heard)
    camera.start()
    until(lambda: heard[-1] == "ok")
    reader.finish()
    camera.stop()
    assert not reader.is_alive()
    assert reader.error is None
    assert "does not answer" in caplog.text
    assert "secret-word" not in caplog.text


def test_pauses_grow_and_stay_bounded_and_differ() -> None:
    drawn = list(itertools.islice(pauses(), 12))
    for number, pause in enumerate(drawn):
        longest = min(30.0, 0.5 * 2**number)
        assert longest / 2 <= pause <= longest
    assert drawn != list(itertools.islice(pauses(), 12))
