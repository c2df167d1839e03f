"""The one way to a window: what refuses a press, whoever brings it, and how often it may be."""

import pytest
from flask.testing import FlaskClient

from clienteling.access.devices import live_edges
from clienteling.bus import Bus
from clienteling.home import Home
from clienteling.service.cameras import topic
from clienteling.service.figures import Figure, figures
from clienteling.service.presses import LOOKING_PER_MINUTE, WINDOWS_PER_MINUTE, PressDesk
from clienteling.service.windows import WINDOW, Outcome, Window, WindowBoard
from tests.support.edges import pair_edge
from tests.support.web import POLICY, ShopClock
from web.context import Hub


@pytest.fixture
def desk(hub: Hub, client: FlaskClient, shop: Home, shop_clock: ShopClock) -> PressDesk:
    """A desk whose camera is paired and listens, at a moment that stands still."""
    shop_clock.freeze()
    pair_edge(client, shop)
    hub.bus.subscribe(topic("door"))
    return hub.presses


def press_and_decide(desk: PressDesk, windows: WindowBoard) -> Window:
    window = desk.press("door")
    assert isinstance(window, Window)
    windows.decide(window.id, Outcome.NOBODY)
    return window


def test_a_finger_that_does_not_let_go_opens_a_bounded_number_of_windows(
    desk: PressDesk, hub: Hub, shop: Home, shop_clock: ShopClock
) -> None:
    for _ in range(WINDOWS_PER_MINUTE):
        press_and_decide(desk, hub.windows)
    assert [desk.press("door") for _ in range(3)] == [Outcome.BUSY] * 3
    with shop.databases.identity.read() as identity:
        counted = figures(identity, shop.office.now().date())
    assert counted[Figure.WINDOW_OPENED] == WINDOWS_PER_MINUTE
    assert counted[Figure.PRESS_REFUSED] == 3
    shop_clock.forward(61)
    press_and_decide(desk, hub.windows)


def test_a_finger_that_does_not_let_go_does_not_keep_the_camera_looking(
    desk: PressDesk, hub: Hub, shop_clock: ShopClock
) -> None:
    """Pressed every second for ten minutes: it looks for two thirds of the time at most."""
    opened: set[str] = set()
    refused = 0
    for _ in range(600):
        answer = desk.press("door")
        if isinstance(answer, Window):
            opened.add(answer.id)
        else:
            refused += 1
        shop_clock.forward(1)
        assert hub.windows.looked_lately("door") <= LOOKING_PER_MINUTE + WINDOW
    assert len(opened) * WINDOW.total_seconds() <= 600 * 2 / 3 + WINDOW.total_seconds()
    assert refused > 150


def test_pressing_while_a_window_is_open_costs_nothing(desk: PressDesk, shop: Home) -> None:
    first = desk.press("door")
    assert {desk.press("door") for _ in range(3 * WINDOWS_PER_MINUTE)} == {first}
    with shop.databases.identity.read() as identity:
        assert figures(identity, shop.office.now().date())[Figure.WINDOW_OPENED] == 1


def test_one_camera_pressed_often_leaves_the_others_alone(
    desk: PressDesk, hub: Hub, client: FlaskClient, shop: Home
) -> None:
    for _ in range(WINDOWS_PER_MINUTE):
        press_and_decide(desk, hub.windows)
    pair_edge(client, shop, "back")
    hub.bus.subscribe(topic("back"))
    assert isinstance(desk.press("back"), Window)


@pytest.mark.parametrize("policy", ["zone", "ambient"])
def test_where_cameras_look_by_themselves_a_press_opens_nothing(
    hub: Hub, client: FlaskClient, shop: Home, policy: str
) -> None:
    other = POLICY.model_copy(update={"policy": policy})
    pair_edge(client, shop)
    hub.bus.subscribe(topic("door"))
    desk = PressDesk(shop.office, other, hub.signs, hub.windows, hub.bus)
    assert desk.press("door") is Outcome.NO_BUTTON
    assert hub.windows.newest("door") is None


def test_a_hub_without_cameras_opens_nothing(hub: Hub, shop: Home) -> None:
    desk = PressDesk(shop.office, None, hub.signs, WindowBoard(shop.office.now), Bus())
    assert desk.press("door") is Outcome.UNAVAILABLE


@pytest.mark.parametrize(
    ("state", "is_pressed"),
    [
        ("ok", True),
        ("connecting", True),
        ("unreachable", False),
        ("black", False),
        ("frozen", False),
    ],
)
def test_a_camera_that_sees_nothing_is_not_pressed(
    desk: PressDesk, shop: Home, state: str, is_pressed: bool
) -> None:
    """Otherwise a frozen picture would greet whoever stood there when it froze."""
    with shop.databases.identity.write() as identity:
        [edge] = live_edges(identity, "door")
        edge.health = {"source": {"state": state}}
    assert isinstance(desk.press("door"), Window) is is_pressed
