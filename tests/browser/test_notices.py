"""The officer publishes a text of the shop's own, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from consent.purposes import Purpose
from tests.support.browser import open_signed_in
from tests.support.drafts import write_draft
from tests.support.people import join
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_a_draft_is_looked_at_and_published_in_two_acts(
    browser_page: Page, live: LiveHub, size: tuple[int, int]
) -> None:
    join(live.home)
    place = live.home.path / "notices" / "drafts" / "spring"
    write_draft(live.home.office, place, changed=(Purpose.RECOGNISE,))
    open_signed_in(browser_page, live, "officer")
    browser_page.set_viewport_size({"width": size[0], "height": size[1]})
    browser_page.goto(f"{live.url}/privacy/notices")
    browser_page.get_by_role("link", name="Look at spring").click()
    expect(browser_page.get_by_role("heading", name="Draft spring")).to_be_visible()
    expect(browser_page.get_by_text("1 must be given again")).to_be_visible()
    browser_page.get_by_text("What differs from the text that is shown now").click()
    expect(browser_page.locator("ins").first).to_have_text("Onze ")
    wide = browser_page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    browser_page.get_by_role("link", name="Publish…").click()
    expect(browser_page.get_by_role("heading", name="let 1 consent be given again")).to_be_visible()
    for button in browser_page.locator(".question .button, .question button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 48
    browser_page.get_by_role("button", name="Yes, publish").click()
    expect(browser_page.get_by_text("Version shop-2027-01 is published.")).to_be_visible()
    assert live.home.office.notices.current_version == "shop-2027-01"
