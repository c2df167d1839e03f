"""R39: the public policy, the records and the job say the same number: they read it once."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from clienteling.backups.manifest import KEYS_LIVE
from clienteling.customers.visits import note_visit
from clienteling.home import Home
from consent import records
from consent.purposes import Purpose
from consent.region.policy import Retention
from consent.region.profiles import load_profile
from tests.support import retention as job
from tests.support.people import EVERYTHING, join
from tests.support.web import POLICY, ShopClock
from web.app import create_app

DAY = 86_400.0


def changed(shop: Home, consent_days: int = 365, **_days: int) -> Home:
    """The same shop under a profile with 41 days for visits and 17 for who looked."""
    profile = shop.office.profile
    retention: Retention = replace(profile.retention, visits=41, access_log=17)
    other = replace(profile, retention=retention, consent_days=consent_days)
    return replace(shop, profile=other, office=replace(shop.office, profile=other))


def page(home: Home, language: str = "en") -> str:
    client: FlaskClient = create_app(home, None, policy=POLICY).test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    answer = client.get("/privacy-policy")
    assert answer.status_code == 200
    return answer.text


def test_a_changed_profile_changes_page_record_and_job(shop: Home, shop_clock: ShopClock) -> None:
    home = changed(shop, consent_days=200)
    before, after = page(shop), page(home)
    assert "90 days" in before
    assert "200 days" not in before
    for words in ("41 days", "17 days", "consent lapses after 200 days"):
        assert words in after
    subject_id = join(home, purposes=EVERYTHING | {Purpose.VISITS}).subject_id
    with home.databases.identity.read() as identity:
        rows = records.newest(identity, subject_id, Purpose)
    assert rows[Purpose.VISITS].body["retention_period"] == "41 days"
    assert rows[Purpose.RECOGNISE].body["validity_duration"] == "P200D"
    note_visit(home.office, subject_id, "door", arrival_id="a")
    shop_clock.forward(41 * DAY)
    assert job.run(home.office)["visits"] == 1
    shop_clock.forward(160 * DAY)
    assert job.run(home.office)["lapsed"] == 1


def test_the_page_says_the_same_in_dutch(shop: Home) -> None:
    text = page(changed(shop), "nl")
    assert "Privacybeleid" in text
    assert "41 dagen" in text


@pytest.mark.parametrize("region", ["eu", "us"])
def test_the_page_names_sources_authority_and_rights(shop: Home, region: str) -> None:
    profile = load_profile(region, "IL" if region == "us" else None)
    home = replace(shop, profile=profile, office=replace(shop.office, profile=profile))
    text = page(home)
    assert profile.authority.split(";")[0].split(",")[0] in text
    sources = {rule.source for rule in profile.rules if rule.name == "proof_days"}
    assert all(source in text for source in sources)
    if region == "us":
        assert "three years since the last interaction" in text
        assert "1095 days" in text
    for words in ("What the camera does", "Your rights", "Recipients", "Legal basis"):
        assert words in text


@pytest.mark.parametrize("state", [None, "IL", "TX", "WA", "CO"])
def test_no_region_keeps_copies_of_keys_longer_than_a_restore_takes(state: str | None) -> None:
    profile = load_profile("us" if state else "eu", state)
    assert profile.retention.key_backup <= KEYS_LIVE.days


@pytest.mark.parametrize("state", [None, "IL", "TX", "WA", "CO"])
def test_no_region_keeps_more_than_the_notices_say(state: str | None) -> None:
    """Their texts say twelve months and 90 days; a profile may only keep less."""
    profile = load_profile("us" if state else "eu", state)
    assert profile.consent_days <= 365
    assert profile.retention.visits <= 90
