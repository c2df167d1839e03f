"""The officer's page of notices: the shop's own texts are looked at, and published in two acts."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from consent.purposes import Purpose
from tests.support.drafts import write_draft
from tests.support.people import join
from tests.support.web import post_form

DRAFT = "/privacy/notices/drafts/spring"


@pytest.fixture
def officer(officer: FlaskClient) -> FlaskClient:
    officer.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return officer


@pytest.fixture
def folder(shop: Home) -> Path:
    place = shop.path / "notices" / "drafts" / "spring"
    return write_draft(shop.office, place, changed=(Purpose.RECOGNISE,))


def asked(page: str) -> dict[str, str]:
    """Read the hidden fields of the question."""
    return dict(re.findall(r'name="(draft|renewals)" value="(\w+)"', page))


def test_a_draft_is_shown_beside_what_is_shown_now(
    officer: FlaskClient, shop: Home, folder: Path
) -> None:
    join(shop)
    assert DRAFT in officer.get("/privacy/notices").text
    page = officer.get(DRAFT).text
    assert "<ins>Our </ins>" in page
    assert "<del>The </del>" in page
    assert "1 must be given again" in page
    assert 'lang="nl"' in page
    assert "Yes, publish" not in page  # that is the second act


def test_it_is_published_in_two_acts(officer: FlaskClient, shop: Home, folder: Path) -> None:
    join(shop)
    fields = asked(officer.get(f"{DRAFT}?confirm=1").text)
    assert fields["renewals"] == "1"
    done = post_form(officer, f"{DRAFT}/publish", **fields)
    assert done.status_code == 303
    assert "shop-2027-01 is published" in officer.get(done.location).text
    assert shop.office.notices.current_version == "shop-2027-01"
    assert post_form(officer, f"{DRAFT}/publish", **fields).status_code == 422  # taken by now


def test_what_was_not_looked_at_is_not_published(
    officer: FlaskClient, shop: Home, folder: Path
) -> None:
    before = shop.office.notices.current_version
    fields = asked(officer.get(f"{DRAFT}?confirm=1").text)
    assert post_form(officer, f"{DRAFT}/publish").status_code == 409
    join(shop)  # one more consent
    assert post_form(officer, f"{DRAFT}/publish", **fields).status_code == 409
    fields = asked(officer.get(f"{DRAFT}?confirm=1").text)
    file = folder / "en" / "recognise.md"
    file.write_text(file.read_text(encoding="utf-8") + "\nAnd more.\n", encoding="utf-8")
    refused = post_form(officer, f"{DRAFT}/publish", **fields)
    assert refused.status_code == 409
    assert "changed since you looked" in refused.text
    assert shop.office.notices.current_version == before


def test_what_is_wrong_is_said_and_cannot_be_published(
    officer: FlaskClient, shop: Home, folder: Path
) -> None:
    file = folder / "en" / "recognise.md"
    text = file.read_text(encoding="utf-8").replace("12 months", "a while")
    file.write_text(text + "\n> quoted\n", encoding="utf-8")
    page = officer.get(f"{DRAFT}?confirm=1").text
    assert "It must say how long the consent counts" in page
    assert f"en/recognise.md, line {len(text.splitlines()) + 2}" in page
    assert "Yes, publish" not in page
    assert post_form(officer, f"{DRAFT}/publish", renewals="0").status_code == 422


@pytest.mark.parametrize("name", ["none", "..", "%2e%2e", "..%2f..%2fconfig.toml"])
def test_no_other_folder_can_be_looked_at(officer: FlaskClient, folder: Path, name: str) -> None:
    assert officer.get(f"/privacy/notices/drafts/{name}").status_code == 404
    assert post_form(officer, f"/privacy/notices/drafts/{name}/publish").status_code == 404
