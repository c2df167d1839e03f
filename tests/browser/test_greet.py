"""The greeting display in a real browser: pairing by link, the button, and what came of a press."""

import pytest
from playwright.sync_api import Page, expect

from clienteling.service.cameras import topic
from clienteling.service.stop import stop
from clienteling.service.windows import Outcome
from tests.support.browser import open_paired
from tests.support.edges import pair_edge
from tests.support.web import LiveHub, eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def display(browser_page: Page, live: LiveHub) -> Page:
    """A paired display whose camera listens."""
    pair_edge(live.app.test_client(), live.home)
    live.hub.bus.subscribe(topic("door"))
    open_paired(browser_page, live, "greet", "door")
    expect(browser_page).to_have_url(f"{live.url}/greet/door")
    return browser_page


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.COMING, "A colleague is on the way to you."),
        (Outcome.UNKNOWN, "We did not recognise you"),
        (Outcome.SEVERAL, "One at a time, please"),
        (Outcome.NOBODY, "We did not see you"),
    ],
)
def test_a_press_looks_and_then_says_what_came_of_it(
    display: Page, live: LiveHub, outcome: Outcome, words: str
) -> None:
    display.get_by_role("button", name="Greet me").click()
    expect(display.get_by_role("heading", name="Look at the camera")).to_be_visible()
    assert eventually(lambda: bool(live.hub.windows._windows))
    window, new = live.hub.windows.open("door")
    assert not new  # the press opened it
    live.hub.windows.decide(window.id, outcome)
    expect(display.locator("main").get_by_text(words).first).to_be_visible()


def test_stopped_says_so_and_names_the_other_way(display: Page, live: LiveHub) -> None:
    stop(live.home.office, actor="user:1")
    display.get_by_role("button", name="Greet me").click()
    expect(display.get_by_role("heading", name="Recognition is stopped")).to_be_visible()


def test_a_lost_hub_is_a_camera_that_is_not_available(display: Page) -> None:
    display.context.set_offline(True)
    display.get_by_role("button", name="Greet me").click()
    expect(display.get_by_role("heading", name="The camera is not available")).to_be_visible()


def test_the_code_leaves_the_address_at_once(browser_page: Page, live: LiveHub) -> None:
    browser_page.goto(f"{live.url}/pair#7K2M-9QTD-XW4R")
    expect(browser_page.get_by_label("Pairing code")).to_have_value("7K2M-9QTD-XW4R")
    assert "#" not in browser_page.url


@pytest.mark.parametrize("size", [(1280, 800), (800, 1280), (390, 844)])
def test_the_button_fits_and_everything_to_touch_is_large_enough(
    display: Page, size: tuple[int, int]
) -> None:
    display.set_viewport_size({"width": size[0], "height": size[1]})
    assert display.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = display.get_by_role("button", name="Greet me").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= size[1]
    small = display.evaluate(
        """() => [...document.querySelectorAll("a, button, input:not([type=hidden])")]
            .map((element) => [element, element.getBoundingClientRect()])
            .filter(([element, box]) => box.width && !element.classList.contains("skip"))
            .filter(([, box]) => box.width < 48 || box.height < 48)
            .map(([element]) => element.outerHTML)"""
    )
    assert small == []


def test_dutch_is_one_touch_away(display: Page) -> None:
    display.get_by_role("link", name="Nederlands").click()
    expect(display.get_by_role("button", name="Begroet mij")).to_be_visible()


def test_nothing_stays_in_the_browser(display: Page) -> None:
    kept = display.evaluate(
        """async () => [localStorage.length, sessionStorage.length,
            (await indexedDB.databases()).length, (await caches.keys()).length,
            document.cookie]"""
    )
    assert kept == [0, 0, 0, 0, ""]
