"""Webhooks in a real browser: added, tried, given up; what axe finds (nothing)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from clienteling.config import Config, WebhooksConfig, save_config
from clienteling.home import Home, open_home
from clienteling.service.stop import resume_recognition, stop
from clienteling.webhooks.hooks import webhooks
from tests.support.axe import SIZES, violations
from tests.support.browser import Launcher, open_signed_in
from tests.support.receiver import Receiver
from tests.support.web import LiveHub, ShopClock, eventually

pytestmark = pytest.mark.browser

PAGE = "/manage/integrations"


@pytest.fixture
def shop(shop: Home, receiver: Receiver, shop_clock: ShopClock) -> Iterator[Home]:
    """The shop, whose configuration names the receiver."""
    config = shop.config.model_dump() | {"webhooks": WebhooksConfig(to=(receiver.url,))}
    save_config(shop.path, Config.model_validate(config))
    shop.databases.close()
    made = open_home(shop.path, now=shop_clock)
    yield made
    made.databases.close()


def add(page: Page, live: LiveHub, receiver: Receiver) -> None:
    page.goto(live.url + PAGE)
    page.locator("#url").fill(f"{receiver.url}/hooks/clienteling")
    for event in ("recognition.stopped", "recognition.resumed", "sale.kept"):
        page.locator(f'input[value="{event}"]').check()
    page.locator("form.two-columns button[type=submit]").click()
    page.wait_for_load_state()


def given_up(live: LiveHub, receiver: Receiver) -> None:
    """Told once, then refused for good."""
    stop(live.home.office, actor="7")
    assert eventually(lambda: len(receiver.heard) == 1)
    receiver.status = 410
    resume_recognition(live.home.office, actor="7")
    assert eventually(lambda: _is_off(live))


def _is_off(live: LiveHub) -> bool:
    with live.home.databases.identity.read() as identity:
        return webhooks(identity)[0].off_because is not None


def _waits_for_nothing(live: LiveHub) -> bool:
    """The answer was heard and noted: the page does not renew itself."""
    with live.home.databases.identity.read() as identity:
        return webhooks(identity)[0].waiting == 0


def test_a_manager_adds_tries_and_removes_a_webhook(
    browser_page: Page, live: LiveHub, receiver: Receiver
) -> None:
    page = browser_page
    open_signed_in(page, live, "manager")
    add(page, live, receiver)
    expect(page.get_by_text("whsec_")).to_be_visible()
    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="Send a test").click()
    assert eventually(lambda: len(receiver.heard) == 1)
    assert eventually(lambda: _waits_for_nothing(live))
    page.goto(live.url + PAGE)
    expect(page.get_by_text("answer 204")).to_be_visible()
    page.get_by_text("Remove…").click()
    page.get_by_role("button", name="Yes, remove it").click()
    expect(page.get_by_text("Removed, with what waited for it.")).to_be_visible()


@pytest.mark.parametrize("locale", ["nl-NL", "en-GB"])
def test_axe_finds_nothing(
    chromium: Launcher, live: LiveHub, receiver: Receiver, locale: str
) -> None:
    page = chromium().new_context(locale=locale).new_page()
    page.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
    open_signed_in(page, live, "manager")
    page.context.clear_cookies(name="language")
    found: list[str] = []

    def look(step: str) -> None:
        assert page.locator("html").get_attribute("lang") == locale[:2]
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), step
            found.extend(f"{step} {width}: {one}" for one in violations(page))

    page.goto(live.url + PAGE)
    look("empty")
    add(page, live, receiver)
    look("secret")
    given_up(live, receiver)
    page.goto(live.url + PAGE)
    look("given up")
    assert found == []
