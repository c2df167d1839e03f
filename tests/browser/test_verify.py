"""Checking a receipt in a real browser: a scanned code, a dropped file, on a phone."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from clienteling.home import Home
from consent.models import ReceiptRow
from consent.proof.receipts import fingerprint
from tests.support.people import join
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser

_DROP = """
([text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], "receipt.json", {type: "application/json"}));
  const drop = new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true});
  document.getElementById("check").dispatchEvent(drop);
}
"""


@pytest.fixture
def receipt(shop: Home) -> dict[str, Any]:
    join(shop)
    with shop.databases.identity.read() as session:
        return dict(session.scalars(select(ReceiptRow.body)).all()[0])


def test_a_scanned_code_shows_the_receipt_and_leaves_the_address(
    browser_page: Page, live: LiveHub, receipt: dict[str, Any]
) -> None:
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.set_viewport_size({"width": 390, "height": 844})
    reference = f"{receipt['receipt_id']}.{fingerprint(receipt)}"

    browser_page.goto(f"{live.url}/verify#{reference}")

    expect(browser_page.get_by_role("heading", name="This receipt holds")).to_be_visible()
    assert reference not in browser_page.url
    assert not any(receipt["receipt_id"] in url.partition("#")[0] for url in asked)
    width = browser_page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    with browser_page.expect_download() as taken:
        browser_page.get_by_role("button", name="Save the signed file").click()
    assert json.loads(taken.value.path().read_text()) == receipt


def test_a_dropped_file_is_checked(
    browser_page: Page, live: LiveHub, receipt: dict[str, Any]
) -> None:
    browser_page.goto(f"{live.url}/verify")
    browser_page.evaluate(_DROP, [json.dumps(receipt)])
    expect(browser_page.get_by_role("heading", name="This receipt holds")).to_be_visible()

    browser_page.goto(f"{live.url}/verify")
    receipt["records"][0]["record"]["language"] = "xx"
    browser_page.evaluate(_DROP, [json.dumps(receipt)])
    expect(browser_page.get_by_text("altered after it was signed")).to_be_visible()
    for button in browser_page.get_by_role("link").all():
        box = button.bounding_box()
        assert box is None or box["height"] >= 24
