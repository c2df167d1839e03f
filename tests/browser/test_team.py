"""The team's pages in a real browser: telling, reacting, surprising; what axe finds (nothing)."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from clienteling.team import compliments, learning, moments, rotation
from clienteling.team.amounts import set_amounts
from clienteling.team.surprises import note_surprise
from tests.support.arrivals import arrive
from tests.support.axe import SIZES, violations
from tests.support.browser import Launcher, open_paired
from tests.support.people import join
from tests.support.team import hire
from tests.support.web import PASSWORD, LiveHub

pytestmark = pytest.mark.browser

_STAFF = ("moments", "surprises", "compliments", "huddle", "learning", "learning/of/2")
_PAGES = {
    "anna": tuple(f"/staff/{page}" for page in _STAFF),
    "mia": ("/manage/team", "/manage/huddle", "/staff/moments"),
}


def _people(live: LiveHub) -> None:
    """Anna, Bram and the manager Mia, with something on each of their pages."""
    hire(live.home, 1, "anna", "staff", "trained")
    hire(live.home, 2, "bram", "staff", "trained")
    hire(live.home, 3, "mia", "manager")
    office = live.home.office
    day = office.now().date() - timedelta(days=1)
    set_amounts(office, 2500, 5000, actor="user:3")
    story = moments.tell(office, "The glove", "We walked it after them.", day, author="user:2")
    moments.react(office, story, person="user:3")
    compliments.give(office, 1, "You stayed late.", giver="user:2", bonus=True)
    rotation.add_value(office, "Warm", "As a friend", actor="user:3")
    rotation.add_case(office, "A wrong size", "What now?", actor="user:3")
    note_surprise(office, "a box of fudge", 900, by="user:1")
    for person in ("user:1", "user:2"):
        learning.write(office, "Look up first.", person=person)
    learning.choose_coach(office, 1, person="user:2")


def _enter(page: Page, live: LiveHub, name: str) -> None:
    open_paired(page, live, "tablet")
    page.goto(f"{live.url}/sign-in")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def test_a_story_is_told_and_makes_somebodys_day(browser_page: Page, live: LiveHub) -> None:
    page = browser_page
    _people(live)
    join(live.home, name="Robin Zeldzaamnaam")
    _enter(page, live, "anna")
    page.goto(f"{live.url}/staff/moments")
    page.get_by_text("Tell one").click()
    page.get_by_label("In a few words").fill("A birthday")
    page.get_by_label("What happened").fill("Robin Zeldzaamnaam got a tower of cream puffs.")
    page.get_by_role("button", name="Tell it").click()
    expect(page.get_by_role("alert")).to_contain_text("Tell it without the name")
    page.get_by_label("What happened").fill("A regular got a tower of cream puffs.")
    page.get_by_role("button", name="Tell it").click()
    card = page.get_by_role("article", name="A birthday")
    expect(card).to_contain_text("tower of cream puffs")
    card.get_by_role("button", name="This made my day").click()
    pressed = page.get_by_role("article", name="A birthday").get_by_role(
        "button", name="This made my day", pressed=True
    )
    expect(pressed).to_contain_text("1")


def test_a_surprise_begins_on_the_card(browser_page: Page, live: LiveHub) -> None:
    page = browser_page
    _people(live)
    robin = join(live.home, name="Robin Zeldzaamnaam")
    _enter(page, live, "anna")
    page.goto(f"{live.url}/staff")
    arrive(live.hub, robin)
    card = page.locator("article.arrival")
    expect(card).to_contain_text("Robin")
    page.wait_for_timeout(700)
    card.get_by_role("button", name="Confirm with the customer").click()
    expect(card.get_by_role("link", name="Surprise")).to_be_visible()
    page.wait_for_timeout(700)  # as a person does: once the card has come to rest
    card.get_by_role("link", name="Surprise").click()
    page.get_by_label("What", exact=True).fill("a bonbon")
    page.get_by_label("What it costs, in euros").fill("16,01")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_role("alert")).to_contain_text("€16.00")
    page.get_by_label("What it costs, in euros").fill("2,50")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("Noted, also with the customer.")).to_be_visible()
    expect(page.locator(".budget")).to_contain_text("€13.50")


def test_the_menu_leads_on_and_moves_nothing(browser_page: Page, live: LiveHub) -> None:
    """On a phone, where there is no bar."""
    page = browser_page
    _people(live)
    _enter(page, live, "anna")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live.url}/staff/moments")
    expect(page.locator(".nav-bar")).to_be_hidden()
    before = page.locator("h1").bounding_box()
    page.locator(".nav-menu > summary").click()
    assert page.locator("h1").bounding_box() == before
    page.locator(".nav-list").get_by_role("link", name="Compliments").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compliments")


@pytest.mark.parametrize("locale", ["nl-NL", "en-GB"])
@pytest.mark.parametrize("name", ["anna", "mia"])
def test_axe_finds_nothing(chromium: Launcher, live: LiveHub, locale: str, name: str) -> None:
    _people(live)
    page = chromium().new_context(locale=locale).new_page()
    # The words of the sign-in are chosen by the cookie; the pages after it by the browser.
    page.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
    _enter(page, live, name)
    page.context.clear_cookies(name="language")
    found = []
    for width, height in ((1280, 800), *SIZES):
        page.set_viewport_size({"width": width, "height": height})
        for path in _PAGES[name]:
            page.goto(live.url + path)
            found += [f"{path} {width}: {one}" for one in violations(page)]
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{path} {width}: {wide} pixels too wide"] if wide > 0 else []
    assert found == []
