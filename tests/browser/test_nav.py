"""The bar of places in a real browser: a place is shown whole, or is found in the menu."""

import pytest

from tests.support.browser import Launcher, open_signed_in
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1024, 1180, 1280])
def test_no_place_in_the_bar_is_cut(chromium: Launcher, live: LiveHub, width: int) -> None:
    context = chromium().new_context(locale="nl-NL", viewport={"width": width, "height": 768})
    page = context.new_page()
    page.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
    open_signed_in(page, live, "manager")
    page.context.clear_cookies(name="language")
    page.goto(live.url + "/manage")
    bar = page.locator(".nav-bar").bounding_box()
    assert bar is not None
    for place in page.locator(".nav-bar a").all():
        box = place.bounding_box()
        assert box is not None
        on_the_shown_line = box["y"] < bar["y"] + bar["height"] - 1
        assert not on_the_shown_line or box["x"] + box["width"] <= bar["x"] + bar["width"] + 1
