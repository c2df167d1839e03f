"""The privacy officer in a real browser: find, read, verify, erase, stop."""

import sqlite3

import pytest
from playwright.sync_api import Page, expect

from clienteling.oversight.copies import copies_of
from clienteling.service.stop import is_stopped
from tests.support.browser import open_signed_in
from tests.support.people import join
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser

PATIENT = 30_000


def test_search_finds_and_leads_to_the_file(browser_page: Page, live: LiveHub) -> None:
    customer = join(live.home, name="Robin Seeded")
    open_signed_in(browser_page, live, "officer")
    browser_page.goto(f"{live.url}/privacy/log")
    browser_page.get_by_label("What happened").select_option("template.made")
    browser_page.get_by_role("button", name="Search").click()
    rows = browser_page.locator("table.entries tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Face template made")
    rows.locator(f"a[href$='{customer.subject_id}']").click()
    expect(browser_page.get_by_text(customer.subject_id)).to_be_visible()


def test_code_leads_to_the_file_and_stays_out_of_the_address(
    browser_page: Page, live: LiveHub
) -> None:
    customer = join(live.home, name="Robin Seeded")
    open_signed_in(browser_page, live, "officer")
    browser_page.goto(f"{live.url}/privacy/customers")
    browser_page.get_by_label("Code, address or number").fill(customer.code.lower())
    browser_page.get_by_role("button", name="Find").click()
    expect(browser_page.get_by_role("heading", name="A customer’s file")).to_be_visible()
    assert browser_page.url == f"{live.url}/privacy/customers/{customer.subject_id}"
    page = browser_page.content()
    assert "Robin" not in page
    assert "milk" not in page
    kept = browser_page.evaluate("[localStorage.length, sessionStorage.length]")
    assert kept == [0, 0]


def test_verify_now_holds_then_names_the_altered_entry(browser_page: Page, live: LiveHub) -> None:
    join(live.home)
    open_signed_in(browser_page, live, "officer")
    browser_page.goto(f"{live.url}/privacy")
    browser_page.get_by_role("button", name="Verify now").click()
    expect(browser_page.get_by_text("The log holds.")).to_be_visible(timeout=PATIENT)
    expect(browser_page.get_by_text("End of log not proven.")).to_be_visible()
    with sqlite3.connect(live.home.path / "identity.db") as database:
        database.execute("DROP TRIGGER log_detail_no_update")
        database.execute("UPDATE log_detail SET actor = 'user:99' WHERE leaf_index = 5")
    browser_page.get_by_role("link", name="Verify again").click()
    browser_page.get_by_role("button", name="Verify now").click()
    expect(browser_page.get_by_text("The log does not hold.")).to_be_visible(timeout=PATIENT)
    cell = browser_page.locator("table.findings tbody tr").filter(has_text="detail was altered")
    expect(cell.locator("td").first).to_have_text("5")


def test_erases_on_request_and_shows_each_copy(browser_page: Page, live: LiveHub) -> None:
    customer = join(live.home)
    open_signed_in(browser_page, live, "officer")
    browser_page.goto(f"{live.url}/privacy/customers/{customer.subject_id}")
    browser_page.get_by_role("link", name="Erase on request…").click()
    browser_page.get_by_label("By letter").check()
    browser_page.get_by_label("I checked that it is this customer").check()
    browser_page.get_by_role("button", name="Erase everything").click()
    expect(browser_page.get_by_text("Complete after")).to_be_visible(timeout=PATIENT)
    assert not copies_of(live.home.office, customer.subject_id).keys
    browser_page.get_by_role("link", name="To the customer’s file").click()
    expect(browser_page.get_by_text("This customer was erased.")).to_be_visible()


def test_stops_and_resumes_in_two_taps_each(browser_page: Page, live: LiveHub) -> None:
    open_signed_in(browser_page, live, "officer")
    browser_page.goto(f"{live.url}/privacy/switch")
    browser_page.get_by_role("link", name="Stop all recognition…").click()
    browser_page.get_by_role("button", name="Yes, stop").click()
    expect(browser_page.get_by_role("heading", name="Recognition is stopped")).to_be_visible()
    with live.home.databases.identity.read() as identity:
        assert is_stopped(identity)
    browser_page.get_by_role("link", name="Resume recognition…").click()
    browser_page.get_by_role("button", name="Yes, resume").click()
    expect(browser_page.get_by_role("heading", name="Recognition is running")).to_be_visible()


@pytest.mark.parametrize("size", [(1280, 800), (800, 1280), (390, 844)])
def test_nothing_runs_off_the_side(
    browser_page: Page, live: LiveHub, size: tuple[int, int]
) -> None:
    """Every page fits its window, and what is touched is at least 48 px high."""
    customer = join(live.home)
    open_signed_in(browser_page, live, "officer", "admin")
    browser_page.set_viewport_size({"width": size[0], "height": size[1]})
    subject = f"/privacy/customers/{customer.subject_id}"
    for path in (
        "/privacy",
        "/privacy/log",
        "/privacy/access",
        "/privacy/recognition",
        "/privacy/notices",
        "/privacy/customers",
        subject,
        f"{subject}/withdraw",
        f"{subject}/erase",
        "/privacy/verify",
        "/privacy/switch",
        "/manage",
    ):
        browser_page.goto(live.url + path)
        over = browser_page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over <= 0, path
        for button in browser_page.locator("main button:visible, main .button:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 48, path
