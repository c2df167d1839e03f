"""The simulated till in a real browser: a sale with a warning, and axe on what it shows."""

import pytest
from playwright.sync_api import Page, expect

from clienteling.access.devices import live_tills
from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id, put_products
from clienteling.home import Home
from clienteling.till.attaching import send
from consent.log.events import EventKind
from consent.purposes import Purpose
from tests.support.axe import SIZES, violations
from tests.support.browser import open_paired
from tests.support.people import EVERYTHING, join
from tests.support.shops import logged
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def goods(shop: Home) -> None:
    milk = Declaration.complete([Allergen.MILK])
    products = [
        Product(
            id=new_id(),
            name="Milk bar",
            name_nl="Melkreep",
            sku="1",
            price_cents=250,
            declaration=milk,
        ),
        Product(
            id=new_id(),
            name="Dark bar",
            name_nl="Pure reep",
            sku="2",
            price_cents=275,
            declaration=Declaration.complete(),
        ),
        Product(id=new_id(), name="Gift box of the season", sku="3"),
    ]
    with shop.databases.identity.write() as identity:
        put_products(identity, shop.office.ring, products, actor="c", now=shop.office.now())


def test_a_sale_is_warned_of_paid_and_kept(browser_page: Page, live: LiveHub) -> None:
    page = browser_page
    customer = join(live.home, purposes=EVERYTHING | {Purpose.PURCHASES}, allergies=("milk",))
    open_paired(page, live, "till")
    page.wait_for_url("**/till")
    found = _look(page, "empty")
    warnings = page.locator("#warnings")

    page.get_by_role("button", name="Milk bar").first.click()
    page.get_by_role("button", name="Dark bar").first.click()
    expect(warnings).to_be_hidden()
    page.get_by_label("Barcode, or").fill(f"https://shop.example/receipt#{customer.code}")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_have_text("Robin Test")
    expect(warnings).to_contain_text("Milk bar: contains")
    expect(warnings).not_to_contain_text("Dark bar")
    found += _look(page, "warned")

    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("The terminal takes the payment (simulated)")
    found += _look(page, "terminal")
    page.get_by_role("button", name="Paid", exact=True).click()
    expect(page.locator("#outcome")).to_have_text("The sale is in the customer’s history.")
    page.get_by_role("button", name="Next customer").click()
    expect(page.locator("#customer")).to_be_hidden()
    expect(warnings).to_be_hidden()
    assert len(logged(live.home.office, EventKind.RECORD_KEPT)) == 1
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert found == []


def test_who_tells_a_name_is_asked_before_anything_is_warned_of(
    browser_page: Page, live: LiveHub
) -> None:
    page = browser_page
    join(live.home, name="Robin Janssen", allergies=("milk",))
    open_paired(page, live, "till")
    page.wait_for_url("**/till")
    page.get_by_role("button", name="Milk bar").first.click()
    page.get_by_label("Barcode, or").fill("Janssen")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Robin J.").click()
    expect(page.locator("#name")).to_contain_text("Are you Robin")
    found = _look(page, "asked")
    expect(page.locator("#warnings")).to_be_hidden()
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.locator("#warnings")).to_contain_text("Milk bar: contains")
    page.get_by_role("button", name="One less: Milk bar").click()
    expect(page.locator("#warnings")).to_be_hidden()
    assert found == []


def test_whom_a_colleague_sends_is_offered_and_taken_with_one_touch(
    browser_page: Page, live: LiveHub
) -> None:
    page, home = browser_page, live.home
    customer = join(home, name="Robin Janssen", allergies=("milk",))
    open_paired(page, live, "till")
    page.wait_for_url("**/till")
    with home.databases.identity.read() as identity:
        (till,) = live_tills(identity)
    send(
        home.office, live.hub.till, customer.subject_id, till=till.id, confirmed=True, actor="user"
    )
    page.get_by_role("button", name="Robin Janssen").click(timeout=10_000)
    expect(page.locator("#name")).to_have_text("Robin Janssen")
    expect(page.locator("#sent")).to_be_hidden()
    page.get_by_role("button", name="Milk bar").first.click()
    expect(page.locator("#warnings")).to_contain_text("Milk bar: contains")
    page.get_by_role("button", name="Detach the customer").click()
    expect(page.locator("#customer")).to_be_hidden()
    assert live.hub.till.sent_to(till.id) == ()


def _look(page: Page, name: str) -> list[str]:
    """Run axe in both sizes."""
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{name} {width}: {one}" for one in violations(page)]
    return found
