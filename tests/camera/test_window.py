from datetime import UTC, datetime, timedelta

import pytest

from camera.window import Opening, Window, WindowGate
from clienteling.edge_protocol import OpenWindow

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def press(
    window_id: str = "w1", *, camera: str = "entrance", ago: float = 0.0, seconds: float = 10.0
) -> OpenWindow:
    opened = NOW - timedelta(seconds=ago)
    return OpenWindow(
        camera=camera,
        window_id=window_id,
        opened_at=opened,
        expires_at=opened + timedelta(seconds=seconds),
    )


def admit(gate: WindowGate, event: OpenWindow) -> Window | Opening:
    return gate.admit(event, longest=10.0, hub_now=NOW, now=100.0)


def test_a_press_opens_for_what_is_left_of_it() -> None:
    window = admit(WindowGate("entrance"), press(ago=4.0))
    assert window == Window("w1", 100.0, 106.0)


def test_a_window_covers_its_time_and_nothing_after() -> None:
    window = Window("w1", 100.0, 110.0)
    assert [window.covers(at) for at in (99.9, 100.0, 109.9, 110.0)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (press(camera="other"), Opening.OTHER_CAMERA),
        (press(seconds=11.0), Opening.TOO_LONG),
        (press(seconds=0.0), Opening.TOO_LONG),
        (press(seconds=-5.0), Opening.TOO_LONG),
        (press(ago=10.0), Opening.EXPIRED),
        (press(ago=-60.0), Opening.TOO_EARLY),
    ],
)
def test_a_press_that_is_not_in_order_opens_nothing(event: OpenWindow, reason: Opening) -> None:
    assert admit(WindowGate("entrance"), event) is reason


def test_the_same_press_twice_opens_once() -> None:
    """A replayed event is refused, also after its window was decided."""
    gate = WindowGate("entrance")
    assert isinstance(admit(gate, press()), Window)
    assert admit(gate, press()) is Opening.REPLAYED
