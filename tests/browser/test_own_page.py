"""The customer's own page on a phone, in a real Chromium."""

from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from clienteling.customers import intents
from tests.support import axe
from tests.support.browser import Launcher
from tests.support.people import Customer, join
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser

expect.set_options(timeout=30_000)


@pytest.fixture
def robin(live: LiveHub) -> Customer:
    return join(live.home)


@pytest.fixture
def phone(chromium: Launcher) -> BrowserContext:
    return chromium().new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="nl-NL"
    )


def enter(page: Page, live: LiveHub, robin: Customer) -> None:
    """Scan the receipt's code with the phone's camera, and go on."""
    page.goto(f"{live.url}/me#{robin.code}")
    page.get_by_role("button", name="Verder").tap()
    page.wait_for_url(f"{live.url}/me/*")


def test_from_the_scanned_code_to_a_cake_on_friday_and_out(
    phone: BrowserContext, live: LiveHub, robin: Customer
) -> None:
    page = phone.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    enter(page, live, robin)

    page.get_by_role("link", name="Zeg waarvoor u komt").tap()
    friday = intents.days(live.home.office)[0] + timedelta(days=3)
    page.get_by_label("Waarvoor?").fill("verjaardagstaart")
    page.get_by_label("Wanneer?").fill(friday.isoformat())
    page.get_by_role("button", name="Vertel het").tap()
    expect(page.get_by_text("verjaardagstaart", exact=True)).to_be_visible()

    page.get_by_role("button", name="Sluiten").tap()
    expect(page.get_by_role("heading", name="Uw pagina is gesloten")).to_be_visible()
    assert "own_page" not in {one.get("name") for one in phone.cookies(f"{live.url}/me")}
    page.go_back()
    expect(page.get_by_text("verjaardagstaart", exact=True)).to_have_count(0)
    assert not any(robin.code in url for url in asked)
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_another_browser_with_the_address_gets_nothing(
    chromium: Launcher, phone: BrowserContext, live: LiveHub, robin: Customer
) -> None:
    mine = phone.new_page()
    enter(mine, live, robin)
    other = chromium().new_context(locale="nl-NL").new_page()
    other.goto(f"{mine.url}/correct")
    assert other.url == f"{live.url}/me/closed"


@pytest.mark.parametrize("size", [(390, 844), (1024, 768)], ids=["phone", "tablet"])
def test_its_pages_are_accessible_and_fit(
    chromium: Launcher, live: LiveHub, robin: Customer, size: tuple[int, int]
) -> None:
    page = (
        chromium()
        .new_context(viewport={"width": size[0], "height": size[1]}, locale="en-GB")
        .new_page()
    )
    page.goto(f"{live.url}/me")
    found = axe.violations(page)
    page.get_by_label("The code on your receipt").fill(robin.code)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(f"{live.url}/me/*")
    at = page.url
    for path in ("", "/lists", "/correct", "/complain", "/leave", "/leave/erase"):
        page.goto(f"{at}{path}")
        found += axe.violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size[0], path
        low = page.evaluate(
            """[...document.querySelectorAll("button, a.button, input:not([type=hidden]), select")]
               .filter((e) => e.checkVisibility() && !e.matches("[type=radio], [type=checkbox]"))
               .filter((e) => e.getBoundingClientRect().height < 48).map((e) => e.outerHTML)"""
        )
        assert low == [], path
    assert found == []
