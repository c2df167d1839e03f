"""What is said of a source: measured, and judged by an occasional picture."""

import gc
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from camera.condition import LOOK_SECONDS, Condition
from clienteling.edge_protocol import SourceState

Picture = Callable[[int], NDArray[np.uint8]]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def noisy(number: int) -> NDArray[np.uint8]:
    """A shop that does not move, before a sensor that is never quite still."""
    rng = np.random.default_rng(number)
    return rng.integers(90, 120, (144, 256, 3), dtype=np.uint8)


def dark(number: int) -> NDArray[np.uint8]:
    return np.asarray(noisy(number) // 20, np.uint8)


def grey(_: int) -> NDArray[np.uint8]:
    return np.full((144, 256, 3), 128, np.uint8)


def still(_: int) -> NDArray[np.uint8]:
    return noisy(1)


def tiny(number: int) -> NDArray[np.uint8]:
    """A thumbnail: alive, bright, and of no use."""
    return noisy(number)[:72]


def two_forms(number: int) -> NDArray[np.uint8]:
    return noisy(number % 2)


def watch(picture: Picture, looks: int) -> tuple[Condition, list[SourceState]]:
    clock = Clock()
    heard: list[SourceState] = []
    condition = Condition(on_change=heard.append, clock=clock)
    for number in range(looks):
        condition.arrived()
        assert condition.wants_look()
        condition.look(picture(number))
        assert not condition.wants_look()
        clock.now += LOOK_SECONDS
    return condition, heard


@pytest.mark.parametrize(
    ("picture", "looks", "state"),
    [
        (noisy, 20, "ok"),
        (dark, 1, "ok"),
        (dark, 2, "black"),
        (grey, 2, "black"),
        (still, 12, "ok"),
        (still, 13, "frozen"),
        (two_forms, 13, "frozen"),
        (tiny, 1, "too_small"),
    ],
)
def test_what_is_of_no_use_is_told_from_a_quiet_shop(
    picture: Picture, looks: int, state: SourceState
) -> None:
    condition, heard = watch(picture, looks)
    assert condition.report().state == state
    assert heard == ([] if state == "ok" else [state])


def test_whoever_steps_before_a_still_scene_shows_that_it_was_not_frozen() -> None:
    """An encoder that repeats a still scene bit by bit costs the next customer half a second."""
    condition, heard = watch(still, 13)
    assert condition.is_frozen
    condition.look(noisy(99))
    assert heard == ["frozen", "ok"]
    assert not condition.is_frozen


def test_light_ends_black() -> None:
    condition, heard = watch(lambda number: dark(number) if number < 3 else noisy(number), 5)
    assert condition.report().state == "ok"
    assert heard == ["black", "ok"]


def test_rate_and_size_are_measured() -> None:
    clock = Clock()
    condition = Condition(clock=clock)
    for number in range(80):
        condition.arrived()
        if number == 0:
            condition.look(noisy(0))
        clock.now += 0.1
    report = condition.report()
    assert report.fps == pytest.approx(10.0, abs=0.3)
    assert (report.width, report.height) == (256, 144)


def test_a_source_that_falls_silent_is_named_though_it_is_still_open() -> None:
    clock = Clock()
    condition = Condition(clock=clock)
    condition.arrived()
    clock.now += 20
    assert condition.report().state == "no_pictures"
    condition.arrived()
    assert condition.report().state == "ok"


def test_a_failure_is_named_and_forgets_what_was_measured() -> None:
    condition, heard = watch(noisy, 3)
    condition.failed("refused")
    condition.failed("refused")
    report = condition.report()
    assert (report.state, report.fps, report.width) == ("refused", 0.0, 0)
    assert heard == ["refused"]
    condition.arrived()
    assert heard == ["refused", "ok"]


def test_nothing_of_a_picture_is_kept() -> None:
    """Sixteen bytes under a key of this process are all that stays of a look (R3)."""
    condition, _ = watch(noisy, 14)
    kept = [item for item in gc.get_referents(condition) if isinstance(item, np.ndarray)]
    assert kept == []
    assert {len(digest) for digest in condition._digests} == {16}
    assert not set(condition._digests) & set(watch(noisy, 14)[0]._digests)


def test_what_comes_and_is_no_picture_is_a_wrong_format_until_one_comes() -> None:
    clock = Clock()
    condition = Condition(clock=clock)
    for _ in range(3):
        condition.arrived()
        condition.cannot_read()
        assert condition.report().state == "wrong_codec"
        clock.now += LOOK_SECONDS
    condition.arrived()
    condition.look(noisy(1))
    assert condition.report().state == "ok"
