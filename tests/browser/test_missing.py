"""What is missing, on a tablet and a phone, in both languages; what axe finds (nothing)."""

import os
from pathlib import Path

import pytest

from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id, put_products
from tests.support.axe import SIZES, violations
from tests.support.browser import Launcher, open_signed_in
from tests.support.people import join
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("locale", ["nl-NL", "en-GB"])
def test_axe_finds_nothing_and_it_fits(chromium: Launcher, live: LiveHub, locale: str) -> None:
    products = [
        Product(id=new_id(), name="Wine gums"),
        Product(id=new_id(), name="Bar", declaration=Declaration.complete()),
    ]
    with live.home.databases.identity.write() as identity:
        put_products(
            identity, live.home.office.ring, products, actor="c", now=live.home.office.now()
        )
    for number in range(12):
        join(live.home, likes=("fudge",) if number < 5 else (), allergies=None)
    page = chromium().new_context(locale=locale).new_page()
    page.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
    open_signed_in(page, live, "manager")
    page.context.clear_cookies(name="language")
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{live.url}/manage/data")
        assert page.locator("html").get_attribute("lang") == locale[:2]
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        found += [f"{width}: {one}" for one in violations(page)]
        if folder := os.environ.get("CLIENTELING_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"data-{locale[:2]}-{width}.png", full_page=True)
    assert found == []
