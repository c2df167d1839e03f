"""Two accounts compared and merged in a browser, and both pages through axe-core (WCAG 2.2 AA)."""

import pytest
from playwright.sync_api import expect

from tests.support.axe import SIZES, violations
from tests.support.browser import Launcher, open_signed_in
from tests.support.people import join
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "compare", "merge"),
    [
        ("nl", "Vergelijk", "Voeg samen en wis het tweede"),
        ("en", "Compare", "Merge, and erase the second"),
    ],
)
def test_a_manager_merges_in_two_acts(
    chromium: Launcher, live: LiveHub, language: str, compare: str, merge: str
) -> None:
    join(live.home, name="Robin van der Zeldzaam-Voorbeeld", purposes=frozenset())
    join(live.home, name="Zeldzaam-Voorbeeld van der, Robin")
    page = chromium().new_page()
    page.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
    open_signed_in(page, live, "manager")
    page.context.add_cookies([{"name": "language", "value": language, "url": live.url}])
    found = []
    page.goto(f"{live.url}/manage/duplicates")
    for step in ("list", "compare"):
        if step == "compare":
            page.get_by_role("link", name=compare).click()
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            found += [f"{step} {width}: {one}" for one in violations(page)]
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            found += [f"{step} {width}: scrolls sideways"] * wide
    assert found == []
    page.get_by_role("button", name=merge).click()
    expect(page.get_by_role("button", name=merge)).to_be_visible()  # not without the tick
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=merge).click()
    expect(page.locator(".note.good")).to_be_visible()
    expect(page.get_by_role("link", name=compare)).to_have_count(0)
