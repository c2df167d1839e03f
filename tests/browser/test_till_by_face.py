"""By face at the simulated till, in a real browser: the steps, how it ends, and axe."""

import pytest
from playwright.sync_api import Page, expect

from clienteling.home import Home
from clienteling.recognition.liveness.challenge import steps_of
from clienteling.service.windows import Outcome
from tests.support.axe import SIZES, violations
from tests.support.browser import open_paired
from tests.support.edges import Edge
from tests.support.people import Customer, join
from tests.support.tills import AT_BOTH, COUNTER, identifying, pair_till_camera
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(shop: Home) -> Home:
    return identifying(shop)


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(shop, purposes=AT_BOTH)


@pytest.fixture
def edge(customer: Customer, live: LiveHub) -> Edge:
    return pair_till_camera(live.app.test_client(), live.home)


def window(live: LiveHub) -> str:
    found = live.hub.windows.standing(COUNTER)
    assert found is not None
    return found.id


def test_the_customer_hears_what_to_do_and_is_asked_whether_it_is_them(
    browser_page: Page, live: LiveHub, edge: Edge, customer: Customer
) -> None:
    page = browser_page
    open_paired(page, live, "till", COUNTER)
    page.wait_for_url("**/till")
    version, found = edge.pull().version, _look(page, "before")
    by_face = page.get_by_role("button", name="Identify by face")

    by_face.click()
    expect(page.locator("#steps li")).to_have_count(3)
    expect(by_face).to_be_disabled()
    found += _look(page, "steps")
    assert len(steps_of(window(live))) == 3
    edge.close(window(live), "spoof")
    expect(page.locator("#says")).to_contain_text("The movements were not made as asked")
    expect(page.locator("#looking")).to_be_hidden()

    by_face.click()
    expect(page.locator("#looking")).to_be_visible()
    assert edge.send(edge.sighting(window(live), customer.till, version)) == (1, 0)
    expect(page.locator("#name")).to_have_text("Ask: “Are you Robin Test?”")
    expect(by_face).to_be_hidden()
    found += _look(page, "asked")
    page.get_by_role("button", name="No", exact=True).click()
    expect(by_face).to_be_enabled()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert found == []


def test_the_display_beside_it_has_no_button_and_shows_the_steps(
    browser_page: Page, live: LiveHub, edge: Edge
) -> None:
    page = browser_page
    open_paired(page, live, "greet", COUNTER)
    expect(page.get_by_role("heading", name="Shall we look you up by your face?")).to_be_visible()
    expect(page.get_by_role("button", name="Greet me")).to_be_hidden()
    found = violations(page)
    for outcome, words in (
        (Outcome.ATTACHED, "We found you"),
        (Outcome.NOT_ALIVE, "That did not work"),
    ):
        opened = live.hub.presses.ask(COUNTER, "a till")
        assert not isinstance(opened, Outcome)
        expect(page.locator("#steps li")).to_have_count(3)
        found += violations(page)
        live.hub.windows.decide(opened.id, outcome)
        expect(page.get_by_role("heading", name=words)).to_be_visible()
        found += violations(page)
    assert found == []


def _look(page: Page, name: str) -> list[str]:
    """Run axe in both sizes."""
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{name} {width}: {one}" for one in violations(page)]
    return found
