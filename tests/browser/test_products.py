"""A manager looks after products in a real Chromium: allergens, a picture, an import."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import AllergenStatus
from tests.clienteling.catalogue.test_images import picture
from tests.clienteling.catalogue.test_products import BAR, kept, put
from tests.support.axe import SIZES, violations
from tests.support.browser import Launcher, open_signed_in
from tests.support.web import LiveHub
from tests.web.products.test_products import GUMS

pytestmark = pytest.mark.browser

PATH = "/manage/products"


def choose(page: Page, allergen: str, status: str) -> None:
    page.get_by_role("group", name=allergen, exact=True).get_by_text(status, exact=True).click()


def test_allergens_are_set_by_touch_and_by_keyboard(browser_page: Page, live: LiveHub) -> None:
    page = browser_page
    put(live.home, GUMS)
    open_signed_in(page, live, "manager")
    page.goto(live.url + PATH)
    page.get_by_role("link", name="Wine gums").click()

    choose(page, "Milk", "Free from")
    choose(page, "Nuts", "Contains")
    page.get_by_role("group", name="Eggs", exact=True).get_by_role(
        "radio", name="Not known"
    ).focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    [product] = kept(live.home)
    assert product.status(Allergen.MILK) is AllergenStatus.FREE
    assert product.status(Allergen.NUTS) is AllergenStatus.CONTAINED
    assert product.status(Allergen.EGGS) is AllergenStatus.FREE
    assert product.status(Allergen.FISH) is AllergenStatus.NOT_KNOWN


def test_a_picture_is_made_smaller_and_shown(
    browser_page: Page, live: LiveHub, tmp_path: Path
) -> None:
    page = browser_page
    put(live.home, GUMS)
    open_signed_in(page, live, "manager")
    page.goto(f"{live.url}{PATH}/{GUMS.id}")
    chosen = tmp_path / "bar.png"
    chosen.write_bytes(picture("PNG", (3000, 2000)))

    page.locator("#picture").set_input_files(chosen)

    shown = page.get_by_role("img", name=GUMS.name)
    expect(shown).to_be_visible()
    assert shown.evaluate("one => one.decode().then(() => one.naturalWidth)") == 800
    chosen.write_text("no picture", encoding="utf-8")
    page.locator("#picture").set_input_files(chosen)
    expect(page.get_by_role("alert")).to_contain_text("cannot be used")


def test_a_file_is_tried_and_then_kept(browser_page: Page, live: LiveHub, tmp_path: Path) -> None:
    page = browser_page
    open_signed_in(page, live, "manager")
    page.goto(live.url + PATH)
    page.get_by_role("link", name="Import…").first.click()
    chosen = tmp_path / "goods.csv"
    lines = [f"S{number},Product {number},milk,{'x' * 300}" for number in range(1500)]
    chosen.write_text("\n".join(("sku,name,contains,description", *lines, "B,,mlik,")), "utf-8")

    page.locator("#file").set_input_files(chosen)

    page.get_by_role("button", name="Keep these products").click()
    expect(page.get_by_text("Imported", exact=True)).to_be_visible(timeout=20_000)
    expect(page.get_by_text("left out").first).to_be_visible()
    assert len(kept(live.home)) == 1500


@pytest.mark.parametrize("locale", ["nl-NL", "en-GB"])
def test_axe_finds_nothing(chromium: Launcher, live: LiveHub, locale: str) -> None:
    put(live.home, BAR, GUMS)
    page = chromium().new_context(locale=locale).new_page()
    page.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
    open_signed_in(page, live, "manager")
    page.context.clear_cookies(name="language")
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for path in (PATH, f"{PATH}/new", f"{PATH}/{BAR.id}", f"{PATH}/import"):
            page.goto(live.url + path)
            assert page.locator("html").get_attribute("lang") == locale[:2]
            found += [f"{path} {width}: {one}" for one in violations(page)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} wide"
            if folder := os.environ.get("CLIENTELING_SCREENSHOTS"):
                name = f"products-{path.rpartition('/')[2][:8]}-{locale[:2]}-{width}.png"
                page.screenshot(path=Path(folder) / name, full_page=True)
    assert found == []
