"""The customer's page in a real browser: found or scanned, written on, cleared, never kept."""

import json
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from playwright.sync_api import Page, expect

from clienteling.customers import dates, lists, notes, sizes, tags, wishes
from clienteling.customers.choices import ChoiceKind, add_choice
from clienteling.customers.profile import Account, stated, write
from clienteling.recognition.frames import Image
from consent.log.events import EventKind
from consent.purposes import Purpose
from consent.records import require_grant
from tests.support import webcam
from tests.support.arrivals import logged
from tests.support.browser import Launcher, open_signed_in
from tests.support.people import EVERYTHING, Customer, join
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser

EMAIL = "robin@example.test"
STAFF = "user:1"
SIZES = ((1280, 800), (390, 844))
_AXE = files("axe_playwright_python").joinpath("axe.min.js")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_SMALL = """() => [...document.querySelectorAll("a, button, summary, select, input, textarea")]
    .filter((target) => target.checkVisibility() && !target.matches(".skip"))
    .map((target) => [target.textContent.trim(), target.getBoundingClientRect()])
    .filter(([, box]) => box.width < 48 || box.height < 47.9)
    .map(([text]) => text)"""


@pytest.fixture
def robin(live: LiveHub) -> Customer:
    """Somebody who shares everything, about whom everything is kept."""
    customer = join(live.home, name="Robin Marker", purposes=EVERYTHING | {Purpose.VISITS})
    office, robin = live.home.office, customer.subject_id
    with live.home.databases.identity.read() as identity:
        grant = require_grant(identity, robin, Purpose.ACCOUNT, office.now())
    write(office, grant, stated(Account, name="Robin Marker", email=EMAIL))
    add_choice(office, ChoiceKind.TAG, "koopt cadeaus", "buys gifts", actor="m")
    tag = add_choice(office, ChoiceKind.TAG, "vaste klant", "regular", actor="m")
    shoe = add_choice(office, ChoiceKind.SIZE, "schoen", "shoe", actor="m")
    tags.add(office, robin, tag, actor=STAFF)
    sizes.add(office, robin, shoe, "42½", actor=STAFF)
    wishes.add(office, robin, "a box as large as possible, for the neighbours", actor=STAFF)
    dates.add(office, robin, (2, 29), "wedding day", actor=STAFF)
    notes.add(office, robin, "Loves a chat about cocoa.", author=STAFF)
    lists.put_on(office, robin, "call about shoes", actor=STAFF, for_all=False)
    lists.put_on(office, robin, "cake is ready", actor=STAFF, for_all=True)
    return customer


def find(page: Page, live: LiveHub) -> None:
    page.goto(f"{live.url}/staff")
    field = page.get_by_role("searchbox", name="Find a customer")
    field.fill("robin mark")
    field.press("Enter")
    page.get_by_role("button", name="Customer’s page: Robin Marker").click()
    expect(page.get_by_role("heading", name="Robin Marker")).to_be_visible()


def test_a_search_opens_it_and_staff_write_on_it(
    browser_page: Page, live: LiveHub, robin: Customer
) -> None:
    page = browser_page
    open_signed_in(page, live, "trained", device="tablet")
    find(page, live)
    assert robin.subject_id not in page.url + page.content()
    assert live.hub.board.live() == ()

    expect(page.get_by_text(EMAIL)).to_have_count(0)
    page.get_by_role("button", name="Show phone and e-mail").click()
    expect(page.get_by_text(EMAIL)).to_be_visible()

    panel = page.get_by_role("region", name="Notes")
    panel.locator("summary").click()
    panel.get_by_label("Note", exact=True).fill("is ziek geweest")
    panel.get_by_role("button", name="Keep").click()
    expect(panel.get_by_role("alert")).to_contain_text("Is this really needed? “ziek”")
    expect(panel.get_by_label("Note", exact=True)).to_have_value("is ziek geweest")
    panel.get_by_label("Note", exact=True).fill("buys for the neighbours")
    panel.get_by_role("button", name="Write it down all the same").click()
    expect(panel).to_contain_text("buys for the neighbours")
    panel.get_by_role("button", name="Remove: buys for the neighbours").click()
    expect(panel).not_to_contain_text("buys for the neighbours")

    page.goto(f"{live.url}/staff/lists")
    page.get_by_role("button", name="cake is ready", exact=False).first.click()
    expect(page.get_by_role("heading", name="Robin Marker")).to_be_visible()


def test_it_clears_itself_and_nothing_stays(
    browser_page: Page, live: LiveHub, robin: Customer
) -> None:
    page = browser_page
    page.clock.install()
    open_signed_in(page, live, "trained", device="tablet")
    find(page, live)
    assert robin.subject_id
    reads = len(logged(live.hub, EventKind.PROFILE_READ))
    page.clock.fast_forward(125_000)
    expect(page.get_by_role("button", name="Touch to go on")).to_be_visible()
    for words in ("Robin", "liquorice", "cocoa", "wedding"):
        assert words not in page.content()
    assert len(logged(live.hub, EventKind.PROFILE_READ)) == reads
    assert page.evaluate(
        """async () => [localStorage.length, sessionStorage.length, document.cookie,
            (await indexedDB.databases()).length, (await caches.keys()).length]"""
    ) == [0, 0, "", 0, 0]
    page.get_by_role("button", name="Touch to go on").click()
    expect(page.get_by_role("heading", name="Robin Marker")).to_be_visible()
    assert len(logged(live.hub, EventKind.PROFILE_READ)) == reads + 1

    page.get_by_role("button", name="Sign out").click()
    page.go_back()
    page.wait_for_load_state()
    assert "Robin" not in page.content()


@pytest.mark.parametrize("locale", ["nl-NL", "en-GB"])
def test_it_is_accessible_and_fits(
    chromium: Launcher, live: LiveHub, robin: Customer, locale: str
) -> None:
    page = chromium().new_context(locale=locale).new_page()
    page.set_default_timeout(30_000)
    page.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
    open_signed_in(page, live, "trained", "manager", device="tablet")
    find(page, live)
    address = page.url
    assert robin.subject_id not in address
    page.context.clear_cookies(name="language")
    script = _AXE.read_text(encoding="utf-8")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for path in (address, f"{live.url}/staff/lists", f"{live.url}/manage/customers"):
            page.goto(path)
            assert page.locator("html").get_attribute("lang") == locale[:2]
            page.evaluate(
                "document.querySelectorAll('main details').forEach(d => { d.open = true })"
            )
            where = f"{path} {width}"
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
            assert page.evaluate(_SMALL) == [], where
            page.evaluate(script)
            found = page.evaluate(
                "axe.run(document, {runOnly: {type: 'tag', values: " + json.dumps(_RULES) + "}})"
            )
            broken = [(one["id"], one["nodes"][0]["target"]) for one in found["violations"]]
            assert broken == [], where


def test_a_code_before_the_tablets_camera_is_searched_for(
    chromium: Launcher, live: LiveHub, tmp_path: Path
) -> None:
    """This Chromium reads no codes itself: the pictures go to the hub, and are dropped there."""
    write_email = join(live.home, name="Robin Marker")
    with live.home.databases.identity.read() as identity:
        office = live.home.office
        grant = require_grant(identity, write_email.subject_id, Purpose.ACCOUNT, office.now())
    write(office, grant, stated(Account, name="Robin Marker", email=EMAIL))
    film = webcam.film(tmp_path / "code.mjpeg", [(webcam.empty(), 2), (_held_up(EMAIL), 4)])
    browser = chromium(*webcam.arguments(film))
    page = browser.new_context(locale="en-GB").new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: pytest.fail(f"The page raised: {error}"))
    open_signed_in(page, live, "trained", device="tablet")
    page.goto(f"{live.url}/staff")
    page.get_by_role("button", name="Scan a code").click()
    expect(page.get_by_role("button", name="Robin Marker", exact=True)).to_be_visible(
        timeout=30_000
    )
    expect(page.locator("#scanner")).to_be_hidden()
    assert page.evaluate("document.querySelector('#scanner video').srcObject === null")

    page.get_by_role("button", name="Scan a code").click()
    expect(page.locator("#scanner")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#scanner")).to_be_hidden()


def _held_up(text: str) -> Image:
    code = np.asarray(
        zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=10), np.uint8
    )
    picture = webcam.empty()
    side = min(code.shape[0], 400)
    picture[40 : 40 + side, 120 : 120 + side] = cv2.cvtColor(code, cv2.COLOR_GRAY2BGR)[:side, :side]
    return picture
