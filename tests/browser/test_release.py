"""The release at a kiosk in Illinois, in Chromium: typed, confirmed, and only then a camera."""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clienteling.config import PapersConfig, RegionConfig
from clienteling.home import Home, NewHome, init_home, new_store
from clienteling.recognition.engine import Engine, build_engine
from consent import records
from consent.purposes import Purpose
from tests.support import webcam
from tests.support.browser import Launcher
from tests.support.kiosk import only_subject, standing, subjects
from tests.support.web import LiveHub, pairing_code

pytestmark = pytest.mark.browser

SOON = 30_000
#: At phone size what is asked must not need sideways scrolling (WCAG 2.2, 1.4.10).
SIZES = {"tablet": (1024, 768), "phone": (390, 844)}
WORDS = {
    "en": {
        "before": ("Join", "English", "Yes", "Go on", "Yes", "No", "No", "No", "No"),
        "name": "Name", "on": "Go on", "agree": "I have read this", "sign": "Sign the release",
        "full": "Your full name, as your signature", "consent": "Yes, I consent",
        "title": "Release for my face", "missing": "Type your full name to sign.",
        "take": "Take", "welcome": "Welcome, you have joined",
    },
    "nl": {
        "before": ("Meedoen", "Nederlands", "Ja", "Verder", "Ja", "Nee", "Nee", "Nee", "Nee"),
        "name": "Naam", "on": "Verder", "agree": "Ik heb dit gelezen",
        "sign": "Verklaring ondertekenen",
        "full": "Uw volledige naam, als handtekening", "consent": "Ja, ik geef toestemming",
        "title": "Verklaring over mijn gezicht", "missing": "Typ uw volledige naam",
        "take": "Vastleggen", "welcome": "Welkom, u doet mee",
    },
}  # fmt: skip


@pytest.fixture(scope="session")
def illinois(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("illinois") / "shop"
    new = NewHome(
        store=new_store("Test Candy Shop", demo=True),
        region=RegionConfig(region="us", state="IL", policy="trigger"),
        papers=PapersConfig(sign_attested=date(2026, 1, 1)),
    )
    init_home(folder, new).databases.close()
    return folder


@pytest.fixture
def shop_folder(illinois: Path) -> Path:
    return illinois


@pytest.fixture
def engine() -> Engine | None:
    return build_engine("sface")


def _touch(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    button.or_(page.get_by_role("link", name=name, exact=True)).first.click()
    page.wait_for_load_state()


@pytest.mark.parametrize(("language", "size"), [("en", "tablet"), ("nl", "phone")])
def test_the_release_is_signed_before_the_camera_opens(
    chromium: Launcher, live: LiveHub, shop: Home, tmp_path: Path, language: str, size: str
) -> None:
    words = WORDS[language]
    film = webcam.film(tmp_path / "film.mjpeg", [(webcam.scene(), 1.0)])
    width, height = SIZES[size]
    context = chromium(*webcam.arguments(film)).new_context(
        locale=language, viewport={"width": width, "height": height}
    )
    context.set_default_timeout(SOON)
    page = context.new_page()
    page.goto(f"{live.url}/pair#{pairing_code(live.home, 'kiosk')}")
    page.locator("#code").press("Enter")
    page.wait_for_url("**/kiosk")
    for name in words["before"]:
        _touch(page, name)
    page.get_by_label(str(words["name"]), exact=True).fill("Robin")
    _touch(page, str(words["on"]))
    page.get_by_text(str(words["agree"])).click()
    _touch(page, str(words["on"]))

    expect(page.get_by_role("heading", level=1)).to_have_text(str(words["title"]))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    _touch(page, str(words["sign"]))
    expect(page.get_by_role("alert")).to_contain_text(str(words["missing"]))
    box = page.get_by_role("button", name=str(words["sign"]), exact=True).bounding_box()
    assert box is not None
    assert box["height"] >= 48
    page.get_by_label(str(words["full"]), exact=True).fill("Robin Zeldzaamnaam")
    _touch(page, str(words["sign"]))
    assert subjects(shop) == []

    _touch(page, str(words["consent"]))
    page.wait_for_url("**/camera")
    with shop.databases.identity.read() as identity:
        rows = records.history(identity, only_subject(shop))
    assert [row.purpose for row in rows if row.body["e_signature"]] == ["recognise"]
    take = page.get_by_role("button", name=str(words["take"]), exact=True)
    expect(take).to_be_enabled(timeout=SOON)
    take.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(str(words["welcome"]), timeout=SOON)
    assert Purpose.RECOGNISE in standing(shop, only_subject(shop))
    expect(page.get_by_text("Zeldzaamnaam")).to_have_count(0)
