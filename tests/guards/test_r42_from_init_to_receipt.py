"""R42: a shop in the USA runs from `init` to the receipt, in the words of its law.

Fails when a record names Europe's law, when a text is another region's, when Washington's health
data could be shared, or when a shop is made in Portland.
"""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.config import load_config, save_config
from clienteling.errors import RefusedError
from clienteling.home import Home, open_home
from clienteling.recognition.engine import Engine
from clienteling.region import admission
from consent import records
from consent.notices import Notices
from consent.purposes import Purpose
from tests.support.kiosk import (
    EVERYTHING,
    detecting_engine,
    good_views,
    only_subject,
    standing,
    walk,
)
from tests.support.shops import Command
from tests.support.web import pair, sign_in

LAWS = {
    "CA": ("us", "United States", "reportfraud.ftc.gov", "express consent"),
    "IL": ("us-il", "Illinois, United States", "illinoisattorneygeneral.gov", "740 ILCS 14/15"),
    "TX": ("us-tx", "Texas, United States", "texasattorneygeneral.gov", "503.001"),
    "WA": ("us-wa", "Washington, United States", "atg.wa.gov", "RCW 19.375.020"),
    "CO": ("us-co", "Colorado, United States", "coag.gov", "HB24-1130"),
}
NAME = "Robin Zeldzaamnaam"
INIT = ("init", "--non-interactive", "--region", "us", "--store", "Candy", "--policy", "trigger")
SIGNS = ("--sign-attested", "2026-11-01")


@pytest.fixture(params=LAWS)
def state(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shop_folder(tmp_path_factory: pytest.TempPathFactory, command: Command, state: str) -> Path:
    folder = tmp_path_factory.mktemp("usa") / "shop"
    done = command(*INIT, *SIGNS, "--state", state, home=folder)
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


def test_joining_is_recorded_in_the_words_of_the_law_there(
    shop: Home, client: FlaskClient, state: str
) -> None:
    region, jurisdiction, authority, basis = LAWS[state]
    today = shop.office.now().date()
    assert admission(shop.config, shop.profile, live=True, today=today).live
    pair(client, "kiosk")
    customer = walk(client)
    customer.signs = NAME if shop.profile.release_needed else ""
    customer.walk(EVERYTHING)
    made = customer.capture(good_views()).json
    assert made is not None
    assert made["made"]
    assert customer.code()
    subject_id = only_subject(shop)
    assert standing(shop, subject_id) >= set(EVERYTHING)
    with shop.databases.identity.read() as identity:
        rows = {row.purpose: row.body for row in records.history(identity, subject_id)}
    for purpose, body in rows.items():
        shown = Notices("eu").get(Notices(region).current_version, "en", Purpose(purpose))
        assert body["privacy_notice"]["sha256"] == shown.sha256
        assert (body["jurisdiction"], authority in body["authority_party"]) == (jurisdiction, True)
        assert body["recipients"] == []
        assert "GDPR" not in str(body)
    assert basis in str(rows["recognise"]["lawful_basis"])
    assert (rows["recognise"]["e_signature"] is not None) == shop.profile.release_needed
    if state == "WA":
        assert "RCW 19.373.030" in str(rows["allergies"]["lawful_basis"])


@pytest.mark.parametrize("state", ["IL"], indirect=True)
def test_the_officer_sees_it_and_anybody_reads_the_texts(
    shop: Home, app: Flask, client: FlaskClient
) -> None:
    pair(client, "kiosk")
    customer = walk(client)
    customer.signs = NAME
    customer.walk(EVERYTHING)
    for text in ("release", "recognise", "preferences"):
        page = client.get(f"/notices/2026-12-us-il/en/{text}")
        assert page.status_code == 200, text
    assert client.get("/notices/2026-12/en/release").status_code == 404
    officer = app.test_client()
    sign_in(officer, "officer")
    page = officer.get(f"/privacy/customers/{only_subject(shop)}")
    assert page.status_code == 200
    assert NAME not in page.text


@pytest.mark.parametrize("state", ["WA"], indirect=True)
def test_washington_s_health_data_is_shared_with_nobody(shop: Home) -> None:
    folder = shop.path
    config = load_config(folder)
    shared = config.processing.model_copy(update={"recipients": ("Hosting LLC",)})
    save_config(folder, config.model_copy(update={"processing": shared}))
    shop.databases.close()
    home = open_home(folder)
    with pytest.raises(RefusedError, match="second consent"):
        admission(home.config, home.profile, live=True, today=home.office.now().date())
    home.databases.close()


def test_no_shop_is_made_in_portland(command: Command, tmp_path: Path) -> None:
    done = command(*INIT, *SIGNS, "--state", "OR", "--place", "Portland", home=tmp_path / "or")
    assert (done.code, "34.10" in done.err) == (3, True)
    assert not (tmp_path / "or").exists()
    elsewhere = command(*INIT, *SIGNS, "--state", "OR", "--place", "Salem", home=tmp_path / "or")
    assert elsewhere.code == 0
