"""The mosaic on which a manager marks the zone: when it is shown, and how little it shows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from camera.view import View, cells
from clienteling.edge_protocol import (
    MOSAIC_CELLS,
    MOSAIC_COLUMNS,
    MOSAIC_LEVELS,
    MOSAIC_ROWS,
    ShowView,
)
from clienteling.recognition.engine import Engine
from tests.support.cameras import SIZE, StartCamera, until
from tests.support.clips import PHOTOS, compose, picture, scene
from tests.support.hub_simulator import HubSimulator

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
SCENE = picture((PHOTOS / "a1.jpg",), SIZE)
SMALL = picture((), (64, 36))


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


class Shown:
    """A view with a clock of the test's."""

    def __init__(self, engine: Engine) -> None:
        self.clock = Clock()
        self.is_stopped = False
        self.ready = 0
        self.view = View(
            "door",
            engine.detector,
            hub_now=lambda at: NOW + timedelta(seconds=at - 50.0),
            is_stopped=lambda: self.is_stopped,
            on_ready=self._on_ready,
            clock=self.clock,
        )

    def _on_ready(self) -> None:
        self.ready += 1

    def asked(self, **changes: object) -> ShowView:
        values = {"camera": "door", "view_id": "v1", "opened_at": NOW}
        values |= {"expires_at": NOW + timedelta(seconds=60)}
        return ShowView.model_validate(values | changes)


@pytest.fixture
def shown(engine: Engine) -> Shown:
    return Shown(engine)


def test_nothing_is_looked_at_unasked_and_then_once_a_second_for_a_minute(shown: Shown) -> None:
    assert not shown.view.wants_look()
    assert shown.view.show(shown.asked())
    looks = 0
    for _ in range(280):
        if shown.view.wants_look():
            shown.view.look(SMALL)
            looks += 1
            assert shown.view.take() is not None
            assert shown.view.take() is None, "each mosaic once"
        shown.clock.now += 0.25
    assert looks == 60
    assert shown.ready == looks


@pytest.mark.parametrize(
    "changes",
    [
        {"camera": "till"},
        {"expires_at": NOW + timedelta(seconds=61)},
        {"expires_at": NOW},
        {"opened_at": NOW - timedelta(seconds=70), "expires_at": NOW - timedelta(seconds=10)},
    ],
)
def test_an_event_that_is_not_in_order_shows_nothing(
    shown: Shown, changes: dict[str, object]
) -> None:
    assert not shown.view.show(shown.asked(**changes))
    assert not shown.view.wants_look()


def test_a_view_is_shown_once(shown: Shown) -> None:
    assert shown.view.show(shown.asked())
    shown.clock.now += 61
    assert not shown.view.show(shown.asked(expires_at=NOW + timedelta(seconds=90)))


def test_nothing_is_shown_while_recognition_is_stopped(shown: Shown) -> None:
    shown.view.show(shown.asked())
    shown.view.look(SCENE)
    shown.is_stopped = True
    assert not shown.view.wants_look()
    assert shown.view.take() is None


def test_a_mosaic_that_was_not_fetched_in_time_is_gone(shown: Shown) -> None:
    shown.view.show(shown.asked())
    shown.view.look(SCENE)
    shown.clock.now += 60
    assert shown.view.take() is None


def test_faces_are_painted_out_before_anything_is_averaged(engine: Engine) -> None:
    faces = engine.detector.detect(SCENE)
    assert len(faces) == 1
    mosaic = np.frombuffer(cells(SCENE, faces), np.uint8).reshape(MOSAIC_ROWS, MOSAIC_COLUMNS)
    x, y, w, h = faces[0].box
    across = slice(int(x / 640 * 32), int((x + w) / 640 * 32) + 1)
    down = slice(int(y / 480 * 18), int((y + h) / 480 * 18) + 1)
    assert len(np.unique(mosaic[down, across])) == 1, "one grey where the face was"
    bare = np.frombuffer(cells(SCENE, ()), np.uint8).reshape(MOSAIC_ROWS, MOSAIC_COLUMNS)
    assert len(np.unique(bare[down, across])) > 3, "so that the line above can fail"


def test_a_mosaic_is_a_few_hundred_cells_of_a_few_greys() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
    made = cells(noise, ())
    assert len(made) == MOSAIC_CELLS == 576
    assert max(made) < MOSAIC_LEVELS == 16


def test_a_camera_shows_its_scene_when_it_is_asked_and_only_then(
    hub: HubSimulator, start_camera: StartCamera, tmp_path: Path
) -> None:
    """The whole camera: no mosaic before the event, some after it, and no face was encoded."""
    camera = start_camera(compose(tmp_path / "a.avi", [scene(3.0, PHOTOS / "a1.jpg")]))
    until(hub.connected)
    until(lambda: len(hub.healths) > 0)
    assert hub.mosaics == []
    asked = hub.show_view(seconds=2.0)
    until(lambda: len(hub.mosaics) >= 1)
    camera.stop()
    assert {mosaic.view_id for mosaic in hub.mosaics} == {asked.view_id}
    assert (hub.mosaics[0].width, hub.mosaics[0].height) == SIZE
    assert len(hub.mosaics) <= 3
    assert camera.encoder_calls == 0
