"""The zone editor: a real camera's blurred view, the rectangle by mouse and keys, the numbers."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from camera.config import make_config, one_camera
from camera.process import run_box
from clienteling.recognition.engine import Engine
from clienteling.service.cameras import connected
from clienteling.service.zones import policy_of
from tests.support.browser import open_signed_in
from tests.support.cameras import until
from tests.support.clips import PHOTOS, compose, scene
from tests.support.web import POLICY, LiveHub, pairing_code

pytestmark = pytest.mark.browser


@pytest.fixture
def camera(live: LiveHub, real_engine: Engine, tmp_path: Path) -> Iterator[None]:
    """The real camera process, in a thread, before this very hub."""
    code = tmp_path / "code"
    code.write_text(pairing_code(live.home, "edge", "door"))
    config = make_config(
        source=str(compose(tmp_path / "a.avi", [scene(2.0, PHOTOS / "a1.jpg")])),
        hub=live.url,
        state=tmp_path / "edge",
        pair_code_file=code,
        loop=True,
    )
    stopping = threading.Event()
    thread = threading.Thread(
        target=run_box,
        args=(one_camera(config), lambda: real_engine),
        kwargs={"emit": lambda *_, **__: None, "stopping": stopping},
    )
    thread.start()
    until(lambda: connected(live.hub.bus, "door"))
    yield
    stopping.set()
    thread.join(30)


@pytest.fixture
def editor(browser_page: Page, live: LiveHub, camera: None) -> Page:
    open_signed_in(browser_page, live, "manager")
    browser_page.goto(f"{live.url}/manage/cameras/door/zone")
    return browser_page


def numbers(page: Page) -> list[int]:
    return [int(page.locator(f"#{name}").input_value()) for name in ("x", "y", "w", "h")]


def test_the_zone_is_dragged_stepped_typed_and_kept(editor: Page, live: LiveHub) -> None:
    assert numbers(editor) == [0, 0, 100, 100]
    corner = editor.get_by_role("button", name="Bottom right corner")
    corner.scroll_into_view_if_needed()
    spot, stage = corner.bounding_box(), editor.locator(".stage").bounding_box()
    assert spot is not None
    assert stage is not None
    assert min(spot["width"], spot["height"]) >= 48
    x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
    editor.mouse.move(x, y)
    editor.mouse.down()
    editor.mouse.move(x - stage["width"] / 2, y - stage["height"] / 4, steps=4)
    editor.mouse.up()
    assert numbers(editor) == [0, 0, 50, 75]

    editor.get_by_role("button", name="Move the zone").focus()
    editor.keyboard.press("Shift+ArrowRight")
    editor.keyboard.press("ArrowDown")
    editor.keyboard.press("Shift+ArrowLeft")
    editor.keyboard.press("Shift+ArrowLeft")
    assert numbers(editor) == [0, 1, 50, 75], "it never leaves the picture"
    editor.get_by_label("From the left (%)").fill("20")
    assert editor.locator("#zone").evaluate("box => box.style.left") == "20%"
    editor.get_by_role("button", name="Save").click()
    expect(editor.get_by_text("Saved. The camera follows it now.")).to_be_visible()
    with live.hub.databases.identity.read() as identity:
        zone = policy_of(identity, POLICY, "door").zone
    assert [zone.x, zone.y, zone.w, zone.h] == [0.2, 0.01, 0.5, 0.75]


def test_the_view_comes_from_the_camera_and_only_after_the_button(editor: Page) -> None:
    painted = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 32, 18).data].some(Boolean)"
    view = editor.locator("#view")
    assert view.evaluate(painted) is False
    editor.get_by_role("button", name="Show a blurred view").click()
    expect(editor.locator("#left")).to_contain_text("The view closes in", timeout=15_000)
    assert view.evaluate(painted) is True
    shape = editor.locator(".stage").bounding_box()
    assert shape is not None
    assert shape["width"] / shape["height"] == pytest.approx(4 / 3, abs=0.02)
