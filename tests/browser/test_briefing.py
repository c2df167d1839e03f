"""The confirmed card in a real browser: it fits, everything on it can be touched, and it stays."""

from importlib.resources import files

import pytest
from playwright.sync_api import Page, expect

from clienteling.access.devices import live_tills
from clienteling.customers import opinions
from clienteling.customers.opinions import Verdict
from consent.purposes import Purpose
from consent.records import require_grant
from tests.support.arrivals import arrive
from tests.support.browser import open_signed_in
from tests.support.known import join_known
from tests.support.web import LiveHub, pair

pytestmark = pytest.mark.browser

SIZES = ((1280, 800), (390, 844))
_AXE = files("axe_playwright_python").joinpath("axe.min.js")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_SMALL = """() => [...document.querySelectorAll(".arrival a, .arrival button")]
    .filter((target) => target.checkVisibility())
    .map((target) => [target.textContent.trim(), target.getBoundingClientRect()])
    .filter(([, box]) => box.width < 48 || box.height < 47.9)
    .map(([text]) => text)"""


def test_the_card_fits_and_every_act_on_it_can_be_touched(
    browser_page: Page, live: LiveHub, request: pytest.FixtureRequest
) -> None:
    page, customer = browser_page, join_known(live.home, "Robin Marker")
    pair(live.app.test_client(), "till")
    open_signed_in(page, live, "trained", device="tablet")
    page.goto(f"{live.url}/staff")
    arrival = arrive(live.hub, customer)
    page.get_by_role("button", name="Confirm with the customer").click()
    expect(page.get_by_text("Might love")).to_be_visible()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(_SMALL) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(_AXE.read_text())
        found = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", _RULES)
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
        folder = request.config.getoption("--output")
        page.screenshot(path=f"{folder}/briefing-{width}.png", full_page=True)

    page.get_by_role("button", name="Liked: Caramel bar").click()
    expect(page.get_by_text("Noted: liked Caramel bar.")).to_be_visible()
    page.get_by_role("button", name="Start sale").click()
    expect(page.get_by_text("has this customer now.")).to_be_visible()
    with live.home.databases.identity.read() as identity:
        (till,) = live_tills(identity)
    (sent,) = live.hub.till.sent_to(till.id)
    assert (sent.subject_id, sent.confirmed) == (customer.subject_id, True)
    page.get_by_role("button", name="Greeted").click()
    expect(page.locator(".done", has_text="Greeted")).to_be_visible()
    with live.home.databases.identity.read() as identity:
        grant = require_grant(
            identity, customer.subject_id, Purpose.PREFERENCES, live.home.office.now()
        )
    (opinion,) = opinions.read(live.home.office, grant)
    assert opinion.content.verdict is Verdict.LIKED
    assert live.hub.board.get(arrival.id).stays is not None, "touching it keeps it"
