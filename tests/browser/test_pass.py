"""The pass in a real browser: handed over at the kiosk once, asked for on the greeting display."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from clienteling.access.models import DeviceRow
from clienteling.config import RegionConfig
from clienteling.home import Home
from clienteling.service.cameras import topic
from clienteling.service.windows import Outcome
from consent.keystore.holder import HolderSecret, new_holder_secret
from consent.notices import Notices
from consent.purposes import Purpose
from tests.support.browser import open_paired
from tests.support.edges import pair_edge
from tests.support.passes import code_on_pass
from tests.support.web import POLICY, LiveHub
from web.app import create_app
from web.context import EXTENSION
from web.kiosk.sessions import KioskSessions, Membership

pytestmark = pytest.mark.browser

SIZES = ((1280, 800), (1024, 768), (390, 844), (360, 640))


@pytest.fixture
def app(shop: Home) -> Iterator[Flask]:
    config = shop.config.model_copy(update={"region": RegionConfig(region="eu", policy="pass")})
    policy = POLICY.model_copy(update={"policy": "pass"})
    built = create_app(replace(shop, config=config), None, policy=policy)
    yield built
    built.extensions[EXTENSION].bus.close()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def made_a_pass(live: LiveHub) -> tuple[str, HolderSecret]:
    """A visit to the kiosk that has just made one; returns its address."""
    with live.home.databases.identity.read() as identity:
        device = identity.scalars(select(DeviceRow.id).where(DeviceRow.kind == "kiosk")).one()
    sessions: KioskSessions = live.app.extensions["clienteling.kiosk"]
    session = sessions.join(device, Notices("eu").current_version)
    session.holder, session.template = new_holder_secret(), True
    session.member = Membership("s", "f", frozenset({Purpose.RECOGNISE}), "AAAA-BBBB", {})
    return f"{live.url}/kiosk/session/{session.id}/pass", session.holder


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_kiosk_shows_the_pass_until_the_customer_has_it(
    browser_page: Page, live: LiveHub, language: str
) -> None:
    open_paired(browser_page, live, "kiosk")
    browser_page.goto(f"{live.url}/language/{language}?next=/kiosk")
    address, holder = made_a_pass(live)
    for width, height in SIZES:
        browser_page.set_viewport_size({"width": width, "height": height})
        browser_page.goto(address)
        assert fits(browser_page)
        box = browser_page.locator("#pass").bounding_box()
        assert box is not None
        assert box["width"] >= 200
    assert code_on_pass(browser_page.content()) == holder.text
    assert holder.text not in browser_page.content(), "it stands in the drawing only"
    assert browser_page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})") == "{}"


def test_the_display_asks_for_the_pass_and_says_when_it_opens_nothing(
    browser_page: Page, live: LiveHub
) -> None:
    pair_edge(live.app.test_client(), live.home)
    live.hub.bus.subscribe(topic("door"))
    open_paired(browser_page, live, "greet", "door")
    asking = browser_page.get_by_role("heading", name="Show your pass to the camera")
    expect(asking).to_be_visible()
    browser_page.keyboard.press("Enter")  # nobody presses here
    expect(asking).to_be_visible()
    for width, height in SIZES:
        browser_page.set_viewport_size({"width": width, "height": height})
        assert fits(browser_page)
    live.hub.windows.refuse("door", Outcome.UNKNOWN_PASS)
    told = browser_page.get_by_role("heading", name="This code does not open anything here")
    expect(told).to_be_visible()
    window, _ = live.hub.windows.open("door", "alias")
    expect(browser_page.locator("p.lead", has_text="Put your pass away.")).to_be_visible()
    live.hub.windows.decide(window.id, Outcome.NOBODY)
    expect(browser_page.locator("p.lead", has_text="Stand on the mark, show your")).to_be_visible()
