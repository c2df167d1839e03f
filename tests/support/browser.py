"""The pages in a real Chromium, driven by Playwright.

They run where CLIENTELING_REQUIRE_BROWSER=1 asks for them (`make browser-tests`, CI), and there a
missing Chromium is a failure. Elsewhere each is skipped with the reason.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.web import PASSWORD, LiveHub, add_person, pairing_code

#: `--disable-dev-shm-usage`: containers give little shared memory.
ARGS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")

Launcher = Callable[..., Browser]


def chromium_path() -> str | None:
    """Return Debian's Chromium, or another on the path."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what drives a browser, visibly, unless it was asked for."""
    if os.environ.get("CLIENTELING_REQUIRE_BROWSER") == "1":
        return
    reason = "needs Chromium: `apt-get install chromium`, then `make browser-tests`"
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def chromium() -> Iterator[Launcher]:
    """Start a Chromium with extra arguments: `chromium("--use-fake-device-for-media-stream")`."""
    path = chromium_path()
    if path is None:
        pytest.fail("No Chromium is installed: apt-get install chromium.")
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())

        def launch(*extra: str) -> Browser:
            browser = playwright.chromium.launch(executable_path=path, args=[*ARGS, *extra])
            stack.callback(browser.close)
            return browser

        yield launch


@pytest.fixture
def browser_page(chromium: Launcher) -> Page:
    """A page of 1280×800, in English; whatever the page logs as an error fails the test."""
    page = (
        chromium().new_context(viewport={"width": 1280, "height": 800}, locale="en-GB").new_page()
    )
    page.on("pageerror", lambda error: pytest.fail(f"The page raised: {error}"))
    return page


def open_paired(page: Page, live: LiveHub, kind: str, camera: str | None = None) -> None:
    """Pair the browser as a device, the way a person does it."""
    page.goto(f"{live.url}/pair#{pairing_code(live.home, kind, camera)}")
    page.get_by_role("button", name="Pair", exact=True).click()
    page.wait_for_load_state()


def open_signed_in(
    page: Page, live: LiveHub, *roles: str, device: str | None = None, camera: str | None = None
) -> str:
    """Pair (if asked) and sign in with these roles; returns the user name."""
    if device is not None:
        open_paired(page, live, device, camera)
    username = add_person(live.home, *roles)
    page.goto(f"{live.url}/sign-in")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    return username
