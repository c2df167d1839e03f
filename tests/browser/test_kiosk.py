"""The kiosk in a real Chromium, with a film instead of a camera."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from clienteling.home import Home
from clienteling.recognition.engine import Engine, build_engine
from clienteling.recognition.frames import Image
from consent.purposes import Purpose
from tests.support import webcam
from tests.support.browser import Launcher
from tests.support.kiosk import only_subject, standing, subjects
from tests.support.web import LiveHub, pairing_code

pytestmark = pytest.mark.browser

#: The machine that runs the tests may be busy.
SOON = 30_000
expect.set_options(timeout=SOON)

#: Counts what a page asks of the camera and of the browser's storage, from its first line on.
_WATCH = """
window.cameraCalls = 0;
const open = navigator.mediaDevices?.getUserMedia?.bind(navigator.mediaDevices);
if (open) navigator.mediaDevices.getUserMedia = (...wish) => {
  window.cameraCalls += 1;
  return open(...wish);
};
"""

Kiosk = Callable[..., "Visit"]


@pytest.fixture(scope="session")
def real_engine() -> Engine:
    return build_engine("sface")


@pytest.fixture
def engine(real_engine: Engine) -> Engine | None:
    return real_engine


class Visit:
    """Somebody before the kiosk. Counts the touches; typing into one field counts as one act."""

    def __init__(self, page: Page, live: LiveHub) -> None:
        self.page = page
        self.live = live
        self.touches = 0
        self.typed = 0
        self.screens: list[str] = []
        self.camera_calls = 0

    def touch(self, name: str) -> None:
        self._note()
        button = self.page.get_by_role("button", name=name, exact=True)
        link = self.page.get_by_role("link", name=name, exact=True)
        button.or_(link).first.click()
        self.touches += 1
        self.page.wait_for_load_state()

    def type(self, label: str, words: str) -> None:
        self.page.get_by_label(label, exact=True).fill(words)
        self.typed += 1

    def tick(self, words: str) -> None:
        self.page.get_by_text(words).click()
        self.touches += 1

    def _note(self) -> None:
        self.screens.append(self.page.url.rpartition("/")[2])
        self.camera_calls += int(self.page.evaluate("window.cameraCalls"))


@pytest.fixture
def kiosk(chromium: Launcher, live: LiveHub, tmp_path: Path) -> Kiosk:
    """Open a kiosk whose camera shows a film of these pictures."""

    def opened(
        pictures: Iterable[tuple[Image, float]] = (), *, language: str = "en", **context: object
    ) -> Visit:
        film = webcam.film(tmp_path / "film.mjpeg", list(pictures) or [(webcam.scene(), 1.0)])
        browser = chromium(*webcam.arguments(film))
        options = {"viewport": {"width": 1280, "height": 800}, **context}
        made: BrowserContext = browser.new_context(locale=language, **options)  # type: ignore[arg-type]
        made.set_default_timeout(SOON)
        made.add_init_script(_WATCH)
        page = made.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"The page raised: {error}"))
        page.goto(f"{live.url}/pair#{pairing_code(live.home, 'kiosk')}")  # in either language
        page.locator("#code").press("Enter")
        page.wait_for_url("**/kiosk")
        return Visit(page, live)

    return opened


ENGLISH = {
    "join": "Join", "language": "English", "yes": "Yes", "no": "No", "on": "Go on",
    "name": "Name", "agree": "I have read this", "consent": "Yes, I consent", "take": "Take",
    "ready": "Good. Touch “Take”", "welcome": "Welcome, you have joined", "done": "I have it, done",
    "none": "None that I know of",
}  # fmt: skip
DUTCH = {
    "join": "Meedoen", "language": "Nederlands", "yes": "Ja", "no": "Nee", "on": "Verder",
    "name": "Naam", "agree": "Ik heb dit gelezen", "consent": "Ja, ik geef toestemming",
    "take": "Vastleggen", "ready": "Goed zo. Druk op “Vastleggen”", "welcome": "Welkom, u doet mee",
    "done": "Ik heb hem, klaar", "none": "Geen, voor zover ik weet",
}  # fmt: skip


def _to_camera(visit: Visit, words: dict[str, str], answers: str = "yyynn") -> None:
    """Walk every screen up to the camera (or, without a face, the receipt)."""
    visit.touch(words["join"])
    visit.touch(words["language"])
    visit.touch(words["yes"])
    visit.touch(words["on"])
    for answer in answers:
        visit.touch(words["yes" if answer == "y" else "no"])
    visit.type(words["name"], "Robin")
    visit.touch(words["on"])
    if answers[1] == "y":
        visit.touch(words["on"])
    if answers[2] == "y":
        visit.touch(words["none"])
    visit.tick(words["agree"])
    visit.touch(words["on"])
    visit.touch(words["consent"])


def _code(visit: Visit) -> str:
    return visit.page.locator("#code").inner_text().strip()


@pytest.mark.parametrize(
    ("language", "words"), [("en", ENGLISH), ("nl", DUTCH)], ids=["English", "Dutch"]
)
def test_joining_makes_a_template(
    kiosk: Kiosk, shop: Home, engine: Engine, language: str, words: dict[str, str]
) -> None:
    before = engine.encoder.meter.calls
    visit = kiosk(language=language)
    _to_camera(visit, words)
    assert visit.camera_calls == 0, "the camera opened before the consent was recorded"
    expect(visit.page.locator("#guidance")).to_have_text(words["ready"])
    assert visit.page.evaluate("window.cameraCalls") == 1
    assert engine.encoder.meter.calls == before, "guidance must not encode"
    visit.touch(words["take"])
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(words["welcome"])
    assert engine.encoder.meter.calls == before + 3
    assert engine.encoder.meter.without_permit == 0
    assert Purpose.RECOGNISE in standing(shop, only_subject(shop))
    for code in visit.page.locator(".qr svg").all():  # one that stops everything, one that checks
        expect(code).to_be_visible()
    assert visit.page.locator("html").get_attribute("lang") == language


def test_without_a_face_the_camera_never_opens(kiosk: Kiosk, shop: Home) -> None:
    visit = kiosk()
    _to_camera(visit, ENGLISH, answers="nyyyy")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(ENGLISH["welcome"])
    visit.touch(ENGLISH["done"])
    assert visit.camera_calls == 0
    assert "camera" not in visit.screens
    assert Purpose.VISITS in standing(shop, only_subject(shop))


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (webcam.scene(face=0.18), "Come a little closer"),
        (webcam.scene(light=0.2), "It is too dark. Turn to the light"),
        (webcam.scene(blur=5), "Hold still for a moment"),
        (webcam.two(), "One person at a time, please"),
        (webcam.empty(), "Look into the camera"),
    ],
    ids=["far", "dark", "blurred", "two", "nobody"],
)
def test_guidance(kiosk: Kiosk, picture: Image, sentence: str) -> None:
    visit = kiosk([(picture, 1.0)])
    _to_camera(visit, ENGLISH, answers="ynnnn")
    expect(visit.page.locator("#guidance")).to_have_text(sentence)
    expect(visit.page.get_by_role("button", name="Take", exact=True)).to_be_disabled()


def test_giving_up_before_the_picture(kiosk: Kiosk, shop: Home) -> None:
    visit = kiosk([(webcam.empty(), 1.0)])
    _to_camera(visit, ENGLISH, answers="yyynn")
    visit.touch("Go on without my face")
    expect(visit.page.get_by_text("No picture was made")).to_be_visible()
    assert standing(shop, only_subject(shop)) == {
        Purpose.ACCOUNT,
        Purpose.PREFERENCES,
        Purpose.ALLERGIES,
    }


def test_leaving_takes_fewer_touches_and_screens_than_joining(kiosk: Kiosk, shop: Home) -> None:
    """Without staff and without a face, by the code alone (R12)."""
    visit = kiosk()
    _to_camera(visit, ENGLISH, answers="nnnnn")  # the shortest way to join
    code = _code(visit)
    joining = (visit.touches, visit.typed, len(visit.screens))
    visit.touch(ENGLISH["done"])
    visit.touches, visit.typed, visit.screens, visit.camera_calls = 0, 0, [], 0
    visit.touch("I want to leave")
    visit.type("The code on your receipt", code.lower().replace("-", " "))
    visit.touch("Go on")
    visit.touch("Erase everything about me Your name and contact, too. This cannot be undone.")
    visit.touch("Yes, erase")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(
        "Everything about you is erased"
    )
    leaving = (visit.touches, visit.typed, len(visit.screens))
    assert leaving == (4, 1, 4)
    assert joining == (13, 1, 12)
    assert visit.camera_calls == 0
    assert subjects(shop) == []


def test_a_scanned_address_fills_the_code_in_and_leaves_the_address_bar(kiosk: Kiosk) -> None:
    visit = kiosk()
    visit.page.goto(f"{visit.live.url}/kiosk/leave#AAAA-BBBB-CCCC-DDDD")
    expect(visit.page.get_by_label("The code on your receipt")).to_have_value("AAAA-BBBB-CCCC-DDDD")
    assert visit.page.url.endswith("/kiosk/leave")


def test_the_browser_keeps_nothing(kiosk: Kiosk) -> None:
    visit = kiosk()
    _to_camera(visit, ENGLISH)
    expect(visit.page.locator("#guidance")).to_have_text(ENGLISH["ready"])
    visit.touch(ENGLISH["take"])
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(ENGLISH["welcome"])
    kept = visit.page.evaluate(
        """async () => [localStorage.length, sessionStorage.length,
          (await indexedDB.databases()).length, (await caches.keys()).length]"""
    )
    assert kept == [0, 0, 0, 0]
    names = {cookie["name"] for cookie in visit.page.context.cookies()}
    assert names <= {"device_kiosk", "session", "language"}
    visit.touch(ENGLISH["done"])
    visit.page.go_back()
    expect(visit.page.get_by_text("Robin")).to_have_count(0)
    expect(visit.page.locator("#code")).to_have_count(0)


def test_the_language_switch_keeps_what_was_typed(kiosk: Kiosk) -> None:
    visit = kiosk()
    for words in ("Join", "English", "Yes", "Go on", "No", "No", "No", "No", "No"):
        visit.touch(words)
    visit.type("Name", "Robin")
    visit.page.get_by_role("link", name="Nederlands").click()
    expect(visit.page.get_by_label("Naam")).to_have_value("Robin")


def test_nobody_there_is_asked_and_then_forgotten(kiosk: Kiosk) -> None:
    visit = kiosk()
    visit.page.clock.install()
    for words in ("Join", "English", "Yes"):
        visit.touch(words)
    visit.page.clock.run_for(91_000)
    dialog = visit.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Yes, I need more time").click()
    expect(dialog).to_be_hidden()
    visit.page.clock.run_for(91_000)
    expect(dialog).to_be_visible()
    visit.page.clock.run_for(31_000)
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Forgotten")


def test_yes_and_no_are_equally_prominent(kiosk: Kiosk) -> None:
    """Same size, same height, same colours (R16)."""
    visit = kiosk()
    _equal(visit, "Join", "I want to leave")
    for words in ("Join", "English"):
        visit.touch(words)
    _equal(visit, "Yes", "No")
    for words in ("Yes", "Go on"):
        visit.touch(words)
    for _ in range(5):
        _equal(visit, "Yes", "No")
        visit.touch("No")
    visit.type("Name", "Robin")
    visit.touch("Go on")
    visit.tick("I have read this")
    visit.touch("Go on")
    _equal(visit, "Yes, I consent", "No, forget everything")


_LOOK = """e => { const s = getComputedStyle(e), b = e.getBoundingClientRect();
  return [Math.round(b.width), Math.round(b.height), Math.round(b.top), s.backgroundColor, s.color,
          s.borderColor, s.fontSize, s.fontWeight]; }"""


def _equal(visit: Visit, *names: str) -> None:
    looks = []
    for name in names:
        button = visit.page.get_by_role("button", name=name, exact=True)
        link = visit.page.get_by_role("link", name=name, exact=True)
        looks.append(button.or_(link).first.evaluate(_LOOK))
    assert looks[0] == looks[1]


@pytest.mark.parametrize("size", [(1280, 800), (800, 1280), (390, 844)], ids=str)
def test_every_target_is_large_and_nothing_overflows(kiosk: Kiosk, size: tuple[int, int]) -> None:
    visit = kiosk(viewport={"width": size[0], "height": size[1]})
    _check_targets(visit)
    for words in ("Join", "English", "Yes", "Go on", "No", "No", "Yes", "No", "No"):
        visit.touch(words)
        _check_targets(visit)
    visit.type("Name", "Robin")
    visit.touch("Go on")
    _check_targets(visit)  # the allergens
    visit.touch("Skip: not recorded")
    _check_targets(visit)


def _check_targets(visit: Visit) -> None:
    small = visit.page.evaluate(
        """() => [...document.querySelectorAll('button, a.button, .toggle, .choice, input')]
          .filter(e => !['checkbox', 'hidden'].includes(e.type))
          .filter(e => e.checkVisibility() && !e.closest('dialog') && !e.closest('[popover]'))
          .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert small == [], visit.page.url
    wider = visit.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wider, visit.page.url
