"""The greeting display in a real browser: pairing by link, the button, and what came of a press."""

from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from clienteling.recognition.liveness.challenge import steps_of
from clienteling.recognition.liveness.gesture import Step
from clienteling.service.cameras import topic
from clienteling.service.presses import WINDOWS_PER_MINUTE
from clienteling.service.stop import resume_recognition, stop
from clienteling.service.windows import Outcome, Window
from tests.support.browser import open_paired
from tests.support.edges import pair_edge
from tests.support.web import POLICY, LiveHub
from web.context import EXTENSION

pytestmark = pytest.mark.browser


@pytest.fixture
def display(browser_page: Page, live: LiveHub) -> Page:
    """A paired display whose camera listens."""
    pair_edge(live.app.test_client(), live.home)
    live.hub.bus.subscribe(topic("door"))
    open_paired(browser_page, live, "greet", "door")
    expect(browser_page).to_have_url(f"{live.url}/greet/door")
    return browser_page


def press_button(display: Page) -> None:
    display.get_by_role("button", name="Greet me").click()


def heading(display: Page, words: str) -> Locator:
    return display.get_by_role("heading", name=words)


def test_a_press_looks_and_then_says_what_came_of_it(display: Page, live: LiveHub) -> None:
    press_button(display)
    for outcome, words in (
        (Outcome.COMING, "We saw you, welcome!"),
        (Outcome.UNKNOWN, "Please ask a colleague"),
        (Outcome.SEVERAL, "One at a time, please"),
        (Outcome.NOBODY, "We did not see you"),
    ):
        expect(heading(display, "Look at the camera")).to_be_visible()
        window = live.hub.windows.standing("door")
        assert window is not None  # the press opened it
        live.hub.windows.decide(window.id, outcome)
        expect(heading(display, words)).to_be_visible()
        expect(display.locator("#say")).to_contain_text(words)
        display.keyboard.press("Enter")  # the next customer need not wait


def test_where_a_challenge_is_asked_its_steps_are_shown_and_said(
    display: Page, live: LiveHub
) -> None:
    asking = POLICY.model_copy(update={"challenge": True})
    live.app.extensions[EXTENSION] = replace(live.hub, policy=asking)
    press_button(display)
    expect(heading(display, "Look at the camera")).to_be_visible()
    window = live.hub.windows.standing("door")
    assert window is not None
    said = {
        Step.LEFT: "Turn your head to the left",
        Step.RIGHT: "Turn your head to the right",
        Step.BLINK: "Close your eyes for a moment",
        Step.SMILE: "Smile broadly, with your teeth",
    }
    words = [said[step] for step in steps_of(window.id)]
    expect(display.get_by_role("listitem")).to_have_text(words)
    expect(display.locator("#say")).to_contain_text(". ".join(words))
    for width, height in ((1280, 800), (1024, 768), (390, 844), (360, 640), (640, 360)):
        display.set_viewport_size({"width": width, "height": height})
        assert display.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0


def test_the_seconds_run_down_in_a_number_and_a_bar(display: Page, live: LiveHub) -> None:
    def bar() -> tuple[float, str]:
        transform, glide = display.locator("#time").evaluate(
            "bar => [bar.style.transform, getComputedStyle(bar).transitionDuration]"
        )
        return float(transform.removeprefix("scaleX(").removesuffix(")")), glide

    press_button(display)
    expect(display.get_by_role("timer")).to_have_text("9")
    part, glide = bar()
    assert 0.7 < part < 1.0
    assert glide != "0s"
    # Where motion is not wanted: whole seconds, and no gliding between them.
    display.emulate_media(reduced_motion="reduce")
    expect(display.get_by_role("timer")).to_have_text("8")
    part, glide = bar()
    assert (part, glide) == (0.8, "0s")


def test_a_button_that_types_a_key_presses_from_anywhere_on_the_page(
    display: Page, live: LiveHub
) -> None:
    """A USB or Bluetooth button is a keyboard: nothing of the page has the focus."""
    display.keyboard.press("Space")
    expect(heading(display, "Look at the camera")).to_be_visible()


def test_another_key_can_be_the_one_that_presses(display: Page, live: LiveHub) -> None:
    display.goto(f"{live.url}/greet/door?keys=F13,KeyG")
    for key in ("Enter", "Space", "x"):
        display.keyboard.press(key)
    expect(heading(display, "Shall we greet you by name?")).to_be_visible()
    assert live.hub.windows.newest("door") is None
    display.keyboard.press("g")
    expect(heading(display, "Look at the camera")).to_be_visible()


def test_a_key_on_a_link_follows_the_link_and_presses_nothing(display: Page, live: LiveHub) -> None:
    display.get_by_role("link", name="Nederlands").focus()
    display.keyboard.press("Enter")
    expect(display.get_by_role("button", name="Begroet mij")).to_be_visible()
    assert live.hub.windows.newest("door") is None


def test_a_press_from_elsewhere_shows_here_too(display: Page, live: LiveHub) -> None:
    """Another button, by HTTP or MQTT, opened the window: the display counts down all the same."""
    window = live.hub.presses.press("door")
    assert isinstance(window, Window)
    expect(heading(display, "Look at the camera")).to_be_visible()
    live.hub.windows.decide(window.id, Outcome.COMING)
    expect(heading(display, "We saw you, welcome!")).to_be_visible()


def test_stopped_shows_by_itself_and_so_does_going_on(display: Page, live: LiveHub) -> None:
    stop(live.home.office, actor="user:1")
    expect(display.locator("main .lead", has_text="Recognition is stopped at")).to_be_visible()
    expect(display.get_by_role("button")).to_have_count(0)
    resume_recognition(live.home.office, actor="user:1")
    expect(display.get_by_role("button", name="Greet me")).to_be_visible()


def test_a_hub_that_was_away_is_found_again(display: Page) -> None:
    display.context.set_offline(True)
    expect(display.locator("main .lead", has_text="The camera is not available")).to_be_visible()
    display.context.set_offline(False)
    expect(display.get_by_role("button", name="Greet me")).to_be_visible()


def test_too_many_presses_are_refused_in_a_friendly_way(display: Page, live: LiveHub) -> None:
    for _ in range(WINDOWS_PER_MINUTE):
        window = live.hub.presses.press("door")
        assert isinstance(window, Window)
        live.hub.windows.decide(window.id, Outcome.NOBODY)
    expect(heading(display, "We did not see you")).to_be_visible()
    display.keyboard.press("Enter")
    expect(heading(display, "One moment, please")).to_be_visible()


def test_a_chosen_language_ends_with_whoever_chose_it(display: Page) -> None:
    display.clock.install()
    display.get_by_role("link", name="Nederlands").click()
    expect(display.get_by_role("button", name="Begroet mij")).to_be_visible()
    display.clock.fast_forward(59_000)
    expect(display.get_by_role("button", name="Begroet mij")).to_be_visible()
    display.clock.fast_forward(5_000)
    expect(display.get_by_role("button", name="Greet me")).to_be_visible()


def test_the_code_leaves_the_address_at_once(browser_page: Page, live: LiveHub) -> None:
    browser_page.goto(f"{live.url}/pair#7K2M-9QTD-XW4R")
    expect(browser_page.get_by_label("Pairing code")).to_have_value("7K2M-9QTD-XW4R")
    assert "#" not in browser_page.url


def test_the_button_fits_and_everything_to_touch_is_large_enough(display: Page) -> None:
    for width, height in ((1280, 800), (800, 1280), (390, 844), (360, 640), (640, 360)):
        display.set_viewport_size({"width": width, "height": height})
        root = "document.documentElement"
        overflow = display.evaluate(
            f"[{root}.scrollWidth - innerWidth, {root}.scrollHeight - innerHeight]"
        )
        assert max(overflow) <= 0, (width, height, overflow)
        box = display.get_by_role("button", name="Greet me").bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 144
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
