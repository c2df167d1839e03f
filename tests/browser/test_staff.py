"""The staff tablet in a real browser: what people see, and what the browser keeps (nothing)."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from clienteling.service.stop import resume_recognition, stop
from consent.log.events import EventKind
from consent.office import withdraw
from tests.support.arrivals import arrive, logged
from tests.support.browser import Launcher, open_paired, open_signed_in
from tests.support.people import Customer, join
from tests.support.web import PASSWORD, POLICY, LiveHub, add_person
from tests.support.wire import Wire
from web.app import create_app
from web.server import HubServer

pytestmark = pytest.mark.browser

SIZES = {"landscape": (1280, 800), "portrait": (800, 1280), "phone": (390, 844)}
Tablet = Callable[..., Page]


@pytest.fixture
def chrome(chromium: Launcher) -> Browser:
    return chromium()


@pytest.fixture
def tablet(chrome: Browser, live: LiveHub) -> Tablet:
    """Open a paired tablet with somebody trained: `tablet("anna")`."""

    def open_tablet(name: str, *, size: str = "landscape", clock: bool = False) -> Page:
        width, height = SIZES[size]
        page = chrome.new_context(
            viewport={"width": width, "height": height}, locale="en-GB"
        ).new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: pytest.fail(f"The page raised: {error}"))
        if clock:
            page.clock.install()
        open_paired(page, live, "tablet")
        add_person(live.home, "staff", "trained", username=name)
        _sign_in(page, live.url, name)
        return page

    return open_tablet


@pytest.fixture
def robin(live: LiveHub) -> Customer:
    return join(live.home, name="Robin Marker", likes=("liquorice",), allergies=("milk",))


@pytest.fixture
def wire(live: LiveHub) -> Iterator[Wire]:
    made = Wire(int(live.url.rpartition(":")[2]))
    yield made
    made.close()


def _sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/sign-in?next=/staff")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    _ready(page)


def _ready(page: Page) -> None:
    expect(page.locator("#link")).to_have_attribute("data-link", "live", timeout=20_000)


def _card(page: Page, name: str = "Robin Marker") -> Locator:
    return page.locator("article.arrival").filter(has=page.get_by_role("heading", name=name))


def _press(card: Locator, label: str) -> None:
    """Press as a person does: once the card has come to rest."""
    card.page.wait_for_timeout(700)
    card.get_by_role("button", name=label).click()


def test_two_tablets_share_one_board(tablet: Tablet, live: LiveHub, robin: Customer) -> None:
    """Arrival, claim, confirm, not this person: each shows on both tablets."""
    anna, bram = tablet("anna"), tablet("bram")
    expect(anna.get_by_text("Nobody is waiting")).to_be_visible()
    arrive(live.hub, robin)
    for page in (anna, bram):
        expect(_card(page)).to_contain_text("liquorice")
        expect(_card(page)).to_contain_text("Allergies are closed")

    _press(_card(anna), "I’ll greet")
    expect(_card(anna)).to_contain_text("You are greeting")
    expect(bram.locator("#aside")).to_contain_text("Anna is greeting")
    expect(bram.locator("#here")).not_to_contain_text("Robin")
    expect(_card(bram)).not_to_contain_text("liquorice")

    _press(_card(anna), "Confirm with the customer")
    expect(_card(anna).get_by_role("heading", name="Allergic to")).to_be_focused()
    expect(_card(anna)).to_contain_text("Milk")
    expect(bram.locator("body")).not_to_contain_text("Milk")

    _press(_card(anna), "Not this person")
    for page in (anna, bram):
        expect(_card(page)).to_have_count(0)
        expect(page.get_by_text("Nobody is waiting")).to_be_visible()


def test_a_withdrawal_takes_the_card_off_at_once(
    tablet: Tablet, live: LiveHub, robin: Customer
) -> None:
    page = tablet("anna")
    arrive(live.hub, robin)
    expect(_card(page)).to_be_visible()
    withdraw(live.hub.office, robin.subject_id, None, actor="device:kiosk", method="kiosk")
    expect(_card(page)).to_have_count(0, timeout=5_000)
    assert "Robin" not in page.content()


def test_stopping_recognition_clears_the_board_and_says_so(
    tablet: Tablet, live: LiveHub, robin: Customer
) -> None:
    page = tablet("anna")
    arrive(live.hub, robin)
    expect(_card(page)).to_be_visible()
    stop(live.hub.office, actor="user:9")
    expect(page.get_by_text("Recognition is stopped.")).to_be_visible()
    expect(_card(page)).to_have_count(0)
    page.reload()
    expect(page.get_by_text("Recognition is stopped.")).to_be_visible()
    resume_recognition(live.hub.office, actor="user:9")
    expect(page.get_by_text("Recognition is stopped.")).to_be_hidden()


def test_an_unused_screen_is_emptied_and_a_touch_fetches_anew(
    tablet: Tablet, live: LiveHub, robin: Customer
) -> None:
    page = tablet("anna", clock=True)
    page.clock.fast_forward(100_000)
    arrive(live.hub, robin)
    expect(_card(page)).to_be_visible()
    reads = len(logged(live.hub, EventKind.CARD_READ))
    page.clock.fast_forward(25_000)
    expect(page.get_by_role("button", name="Touch to go on")).to_be_visible()
    assert "Robin" not in page.content()
    assert "liquorice" not in page.content()

    arrive(live.hub, join(live.home, name="Sam Marker"))
    expect(page.get_by_text("Somebody has arrived")).to_be_visible()
    assert "Sam" not in page.content()
    assert len(logged(live.hub, EventKind.CARD_READ)) == reads

    page.get_by_role("button", name="Touch to go on").click()
    expect(_card(page, "Sam Marker")).to_be_visible()
    expect(_card(page)).to_be_visible()
    assert len(logged(live.hub, EventKind.CARD_READ)) == reads + 2


def test_nothing_stays_in_the_browser(tablet: Tablet, live: LiveHub, robin: Customer) -> None:
    """R35: storage is empty while a card is open, and after; the mute lives in the page only."""
    page = tablet("anna")
    arrive(live.hub, robin)
    _press(_card(page), "Confirm with the customer")
    expect(_card(page)).to_contain_text("Milk")
    page.get_by_role("button", name="Sound is on").click()
    expect(page.get_by_role("button", name="Sound is off")).to_be_visible()
    assert page.evaluate(
        """async () => [localStorage.length, sessionStorage.length, document.cookie,
            (await indexedDB.databases()).length, (await caches.keys()).length,
            (await navigator.serviceWorker.getRegistrations()).length]"""
    ) == [0, 0, "", 0, 0, 0]
    kept = {str(cookie["name"]) for cookie in page.context.cookies()}
    assert kept <= {"session", "device_tablet", "language"}
    page.reload()
    expect(page.locator("#sound")).to_have_attribute("data-sound", "waiting")


def test_a_lost_connection_shows_expires_and_resumes_with_nothing_twice(
    tablet: Tablet, live: LiveHub, wire: Wire, robin: Customer
) -> None:
    page = tablet("anna", clock=True)
    page.goto(f"{wire.url}/staff")
    _ready(page)
    arrive(live.hub, robin)
    expect(_card(page)).to_be_visible()

    page.wait_for_timeout(700)
    place = _card(page).bounding_box()
    wire.cut()
    expect(page.get_by_text("This tablet keeps trying.")).to_be_visible()
    assert _card(page).bounding_box() == place
    sam = join(live.home, name="Sam Marker")
    arrive(live.hub, sam)
    wire.mend()
    expect(_card(page, "Sam Marker")).to_be_visible()
    _ready(page)
    expect(page.get_by_text("This tablet keeps trying.")).to_be_hidden()
    assert b"last-event-id" in bytes(wire.sent).lower()
    expect(_card(page)).to_have_count(1)
    expect(_card(page, "Sam Marker")).to_have_count(1)
    expect(page.locator("#here > li")).to_have_count(2)
    expect(page.locator("#here > li").first).to_contain_text("Sam Marker")

    wire.cut()
    page.mouse.click(5, 400)
    page.clock.fast_forward(70_000)
    page.mouse.click(5, 400)
    page.clock.fast_forward(60_000)
    expect(page.locator("#rest")).to_be_hidden()
    expect(_card(page)).to_have_count(0)
    assert "Marker" not in page.content()


def test_after_a_restart_of_the_hub_the_list_is_said_to_be_cleared(
    tablet: Tablet, live: LiveHub, wire: Wire, robin: Customer
) -> None:
    page = tablet("anna")
    page.goto(f"{wire.url}/staff")
    _ready(page)
    arrive(live.hub, robin)
    expect(_card(page)).to_be_visible()
    again = HubServer(create_app(live.home, None, policy=POLICY), host="127.0.0.1", port=0)
    again.start()
    try:
        wire.cut()
        wire.target = int(again.url.rpartition(":")[2])
        wire.mend()
        expect(page.get_by_text("The list was cleared")).to_be_visible()
        expect(_card(page)).to_have_count(0)
    finally:
        again.close()


def test_a_card_does_not_move_under_a_finger(
    tablet: Tablet, live: LiveHub, robin: Customer
) -> None:
    page = tablet("anna")
    arrive(live.hub, robin)
    page.wait_for_timeout(700)
    box = _card(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    arrive(live.hub, join(live.home, name="Sam Marker"))
    page.wait_for_timeout(1_500)
    expect(_card(page, "Sam Marker")).to_have_count(0)
    assert _card(page).bounding_box() == box
    page.mouse.up()
    expect(_card(page, "Sam Marker")).to_be_visible()
    expect(page.locator("#here > li").first).to_contain_text("Sam Marker")


@pytest.mark.parametrize("size", SIZES)
def test_it_fits_every_screen_and_every_target_is_large(
    tablet: Tablet, live: LiveHub, size: str
) -> None:
    page = tablet("anna", size=size)
    long_name = "Alexandra Papadopoulou-Hendriksen van der Meulen"
    arrive(live.hub, join(live.home, name=long_name, own_words=("a" * 60,)))
    _press(_card(page, long_name), "Confirm with the customer")
    expect(_card(page, long_name)).to_contain_text("check the label")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button")]
            .filter((target) => target.checkVisibility() && !target.matches(".skip"))
            .map((target) => [target.textContent.trim(), target.getBoundingClientRect()])
            .filter(([, box]) => box.width < 48 || box.height < 47.9)
            .map(([text]) => text)"""
    )
    assert small == []


def test_somebody_without_the_training_reads_that_it_is_needed(
    browser_page: Page, live: LiveHub
) -> None:
    open_signed_in(browser_page, live, "staff", device="tablet")
    browser_page.goto(f"{live.url}/staff")
    expect(browser_page.get_by_text("Customer cards open after the training.")).to_be_visible()


def test_a_customer_who_tells_a_name_is_found_and_leaves_no_trace(
    tablet: Tablet, live: LiveHub, robin: Customer
) -> None:
    """R6, R35: the same card; what was typed and found is gone when chosen, idle, or 30 s old."""
    page, colleague = tablet("anna", clock=True), tablet("bram")
    field = page.get_by_role("searchbox", name="Find a customer")

    def search() -> None:
        field.fill("robin mark")
        field.press("Enter")
        expect(page.get_by_role("button", name="Robin Marker", exact=True)).to_be_visible()

    search()
    page.clock.fast_forward(31_000)
    expect(page.locator("#found")).to_be_hidden()
    expect(field).to_have_value("")
    assert "Marker" not in page.content()

    search()
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    page.get_by_role("button", name="Touch to go on").click()
    expect(field).to_have_value("")
    assert "Marker" not in page.content()

    search()
    page.get_by_role("button", name="Robin Marker", exact=True).click()
    expect(_card(page)).to_contain_text("asked by name")
    expect(_card(page)).to_contain_text("liquorice")
    expect(_card(page).get_by_role("heading", name="Robin Marker")).to_be_focused()
    expect(page.locator("#found")).to_be_hidden()
    expect(colleague.locator("#aside")).to_contain_text("Anna is greeting")
    assert "robin" not in page.url
    _press(_card(page), "Confirm with the customer")
    expect(_card(page)).to_contain_text("Milk")
    assert robin.subject_id not in page.content()


def test_an_empty_field_offers_whom_one_opened_last_and_clears_as_the_rest(
    tablet: Tablet, live: LiveHub, robin: Customer
) -> None:
    """R35: by touch and by keyboard, and gone like what a search found."""
    page = tablet("anna", clock=True)
    field, name = page.locator("#find-query"), page.locator("#found .wide")
    field.click()
    expect(page.locator("#found")).to_be_hidden()
    arrive(live.hub, robin)
    expect(_card(page)).to_be_visible()
    _press(_card(page), "Not this person")
    expect(_card(page)).to_have_count(0)

    expect(_after(field.click, name)).to_have_text("Robin Marker")
    expect(page.locator("#found")).to_contain_text("Opened last today")
    assert "robin" not in page.url
    page.clock.fast_forward(31_000)
    expect(page.locator("#found")).to_be_hidden()
    assert "Marker" not in page.locator("#found").inner_html()

    field.press("ArrowDown")
    expect(name).to_have_text("Robin Marker")
    field.press("Escape")
    expect(page.locator("#found")).to_be_hidden()
    field.press("r")
    expect(page.locator("#found")).to_be_hidden()
    field.press("Backspace")
    name.click()
    expect(_card(page)).to_contain_text("asked by name")
    expect(page.locator("#found")).to_be_hidden()


def _after(act: Callable[[], None], shown: Locator) -> Locator:
    """Do it again until something is shown: the hub follows its log a moment later."""
    for _ in range(20):
        act()
        shown.page.wait_for_timeout(250)
        if shown.is_visible():
            break
    return shown
