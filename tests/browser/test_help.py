"""The help bar, the reasons and the smile in a real Chromium; axe finds nothing."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from clienteling.home import Home
from clienteling.service.helpbar import acts
from clienteling.service.helpbar.kinds import Asked, HelpKind, HelpStatus, NewHelp, NoteKind
from clienteling.service.helpbar.reasons import count_reason, months_until
from clienteling.service.smiles import Smile, SmileDesk, set_invitation
from tests.support.axe import violations
from tests.support.browser import Launcher, open_signed_in
from tests.support.people import join
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser

_REASONS = ("did_not_fit", "broke", "instructions", "stock", "late")
_TOUCHED = "main a, main button, main summary, main .choice"
_SIZES = ((1280, 800), (390, 844))


def fill(home: Home) -> str:
    """A help bar on a busy day; returns one of the requests."""
    office, now = home.office, home.office.now()
    robin = join(home, name="Robin Test").subject_id
    for kind, what, due in (
        (HelpKind.REPAIR, "The clock stands still", now - timedelta(hours=3)),
        (HelpKind.COMPLAINT, "The box was crushed", now + timedelta(hours=2)),
    ):
        acts.open_request(office, NewHelp(kind, Asked(what), robin, due_at=due), actor="user:1")
    asked = Asked("A ribbon in green", "Kim", "06 00000000")
    stranger = acts.open_request(
        office, NewHelp(HelpKind.ANYTHING, asked, in_queue=True, owner="user:1"), actor="user:1"
    )
    ready = acts.open_request(
        office, NewHelp(HelpKind.PICKUP, Asked("A cake for twelve"), robin), actor="user:1"
    )
    acts.move(office, ready, HelpStatus.READY, actor="user:1")
    acts.add_note(office, stranger, NoteKind.IDEA, "Ask the florist next door", actor="user:1")
    acts.add_note(office, stranger, NoteKind.NOTE, "Called the florist", actor="user:1")
    months = months_until(now.astimezone().date(), 12)
    with home.databases.identity.write() as identity:
        for place, month in enumerate(months):
            for turn, reason in enumerate(
                ("did_not_fit", "broke", "instructions", "stock", "late")
            ):
                count_reason(identity, month, reason, None, 1 + (place * (turn + 1)) % 7)
        set_invitation(identity, "Tell a friend about us", "https://reviews.example.test/shop")
    desk = SmileDesk(office)
    for smile in (*[Smile.DELIGHTED] * 5, Smile.FINE, Smile.FINE, Smile.DISAPPOINTED):
        desk.answer(desk.ask(), smile)
    return stranger


@pytest.fixture
def page(browser_page: Page) -> Page:
    return browser_page


def test_a_request_in_four_taps_and_closed_in_two(page: Page, live: LiveHub) -> None:
    open_signed_in(page, live, "staff", "trained", device="tablet")
    page.goto(f"{live.url}/staff/requests")
    page.get_by_role("link", name="New request").click()  # 1
    page.get_by_text("Repair", exact=True).click()  # 2
    page.get_by_label("In a few words").fill("The clock stands still")
    page.get_by_text("Tomorrow", exact=True).click()  # 3
    page.get_by_role("button", name="Take it in").click()  # 4
    page.get_by_role("heading", name="No name").wait_for()
    assert page.get_by_text("promised: tomorrow").is_visible()
    page.get_by_label("Your idea").fill("Lend another clock")
    page.get_by_role("button", name="Add the idea").click()
    assert page.get_by_text("Lend another clock").is_visible()
    page.get_by_role("link", name="Service requests").click()
    page.get_by_role("button", name="Ready to pick up").click()
    assert page.locator(".request .badge.good").is_visible()
    page.get_by_role("link", name="Done…").click()
    page.get_by_role("button", name="Broke").click()
    assert page.get_by_text("It was about: Broke").is_visible()
    page.goto(f"{live.url}/staff/requests")
    assert page.get_by_text("Nothing here.").is_visible()


def test_a_visitor_answers_with_one_touch(page: Page, live: LiveHub) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live.url}/smile")
    page.get_by_role("button", name="Disappointed").click()
    page.get_by_label("In your words").fill("It was cold")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="We have it").wait_for()
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


@pytest.mark.parametrize("locale", ["nl-NL", "en-GB"])
def test_axe_finds_nothing(chromium: Launcher, live: LiveHub, locale: str) -> None:
    stranger = fill(live.home)
    page = chromium().new_context(locale=locale).new_page()
    page.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
    open_signed_in(page, live, "staff", "trained", "manager", device="tablet")
    page.context.clear_cookies(name="language")
    found = []
    for width, height in _SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for path in (
            "/staff/requests",
            "/staff/requests/new",
            f"/staff/requests/{stranger}",
            "/queue",
            "/manage/reasons",
            "/manage/smiles",
            "/staff/smile",
            "/smile",
        ):
            page.goto(live.url + path)
            assert page.locator("html").get_attribute("lang") == locale[:2]
            found += [f"{path} {width}: {one}" for one in violations(page)]
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{path} is wider than the screen of {width}"
            found += [f"{path} {width}: {one}" for one in _small(page)]
        page.locator("button[value=disappointed]").click()
        found += [f"thanks {width}: {one}" for one in violations(page)]
    assert found == []


def _small(page: Page) -> list[str]:
    """What can be touched in the page's middle, and is lower than 48 px."""
    return [
        f"{text} is {height} px high"
        for text, height in page.locator(
            "main a, main button, main summary, main .choice"
        ).evaluate_all(
            "all => all.filter(one => one.offsetParent !== null)"
            ".map(one => [one.innerText, one.getBoundingClientRect().height])"
        )
        if height < 47.5
    ]
