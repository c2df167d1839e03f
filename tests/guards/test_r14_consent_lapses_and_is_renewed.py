"""R14: consent lapses with its term or with its purpose, and is renewed by the same two acts."""

from datetime import datetime, timedelta

import pytest

from clienteling.customers.profile import Preferences, read
from clienteling.customers.templates import open_gallery
from clienteling.home import Home
from consent import records
from consent.errors import ConsentMissingError
from consent.notice_index import Index, Version, load_index
from consent.notices import LANGUAGES, Notices
from consent.office import Statement
from consent.proof.receipts import PublicKeys, verify_receipt
from consent.purposes import CHOICES, Purpose
from consent.renewing import note_texts, renew, renewable
from tests.support import retention as job
from tests.support.people import EVERYTHING, MODEL_ID, join
from tests.support.web import ShopClock

DAY = 86_400.0
STATEMENT = Statement("en", Notices("eu").current_version, "kiosk", "device:k", None, True, True)


def standing(shop: Home, subject_id: str) -> dict[Purpose, records.Grant]:
    with shop.databases.identity.read() as identity:
        return records.standing(identity, subject_id, shop.office.now())


def offered(shop: Home, subject_id: str) -> dict[Purpose, datetime | None]:
    with shop.databases.identity.read() as identity:
        return renewable(identity, shop.office, subject_id, shop.office.now())


def test_after_twelve_months_nothing_opens(shop: Home, shop_clock: ShopClock) -> None:
    subject_id = join(shop).subject_id
    shop_clock.forward(365 * DAY - 5)
    assert set(standing(shop, subject_id)) == {Purpose.ACCOUNT, *EVERYTHING}
    shop_clock.forward(6)
    assert set(standing(shop, subject_id)) == {Purpose.ACCOUNT}
    assert len(open_gallery(shop.office, MODEL_ID)) == 0


def test_renewing_prolongs_with_all_that_it_covers(shop: Home, shop_clock: ShopClock) -> None:
    """No new pictures, nothing told again; a receipt; what was not chosen ends at once."""
    subject_id = join(shop).subject_id
    assert offered(shop, subject_id) == {}
    shop_clock.forward(340 * DAY)
    assert set(offered(shop, subject_id)) == EVERYTHING
    done = renew(
        shop.office,
        subject_id,
        STATEMENT,
        {Purpose.RECOGNISE: True, Purpose.PREFERENCES: True, Purpose.ALLERGIES: False},
    )
    assert set(done.renewed) == {Purpose.RECOGNISE, Purpose.PREFERENCES}
    assert done.withdrawal is not None
    assert done.withdrawal.purposes == (Purpose.ALLERGIES,)
    assert done.receipt is not None
    ring = shop.office.ring
    keys = PublicKeys(ring.log_public, ring.receipt_public)
    assert verify_receipt(done.receipt, keys).ok
    shop_clock.forward(300 * DAY)
    job.sweep(shop.office)
    grants = standing(shop, subject_id)
    assert set(grants) == {Purpose.ACCOUNT, Purpose.RECOGNISE, Purpose.PREFERENCES}
    assert read(shop.office, grants[Purpose.PREFERENCES], Preferences) == Preferences(
        likes=("dark chocolate",)
    )
    assert len(open_gallery(shop.office, MODEL_ID)) == 1


def test_renewing_takes_both_acts_and_the_current_text(shop: Home, shop_clock: ShopClock) -> None:
    subject_id = join(shop).subject_id
    shop_clock.forward(340 * DAY)
    once = Statement("en", Notices("eu").current_version, "kiosk", "device:k", None, False, True)
    with pytest.raises(ConsentMissingError):
        renew(shop.office, subject_id, once, {Purpose.RECOGNISE: True})
    assert set(offered(shop, subject_id)) == EVERYTHING


def test_what_does_not_end_soon_is_not_offered(shop: Home) -> None:
    subject_id = join(shop).subject_id
    with pytest.raises(ConsentMissingError):
        renew(shop.office, subject_id, STATEMENT, {Purpose.RECOGNISE: True})


def test_what_is_over_is_begun_anew_and_empty(shop: Home, shop_clock: ShopClock) -> None:
    """Nothing of a consent that ended comes back."""
    subject_id = join(shop).subject_id
    shop_clock.forward(366 * DAY)
    choices = {Purpose.PREFERENCES: True}
    done = renew(shop.office, subject_id, STATEMENT, choices)
    assert (done.renewed, done.begun) == ((), (Purpose.PREFERENCES,))
    grants = standing(shop, subject_id)
    assert read(shop.office, grants[Purpose.PREFERENCES], Preferences) is None


def later(monkeypatch: pytest.MonkeyPatch, *changed: str, reworded: bool = True) -> None:
    """Publish a later version of the program's texts."""
    index = load_index(None)
    base = index.current("eu")
    assert base is not None
    names = (Purpose.ACCOUNT.value, *(one.value for one in CHOICES))
    hashes = {one: dict.fromkeys(names, "0" * 64) if reworded else {} for one in LANGUAGES}
    version = Version("2027-03", "eu", (base.name,), frozenset(changed), hashes)
    newer = Index((*index.versions, version))
    monkeypatch.setattr("consent.notices.load_index", lambda _home: newer)


def test_texts_that_were_only_added_are_no_reason(
    shop: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version that leaves a purpose's text as it was asks nobody to renew that purpose."""
    subject_id = join(shop).subject_id
    later(monkeypatch, reworded=False)
    assert shop.office.notices.current_version == "2027-03"
    assert offered(shop, subject_id) == {}


def test_new_words_are_a_reason_to_renew_and_no_more(
    shop: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject_id = join(shop).subject_id
    later(monkeypatch)
    assert set(offered(shop, subject_id)) == EVERYTHING
    assert set(standing(shop, subject_id)) >= EVERYTHING


def test_a_changed_purpose_stops_at_once_and_goes_after_the_grace(
    shop: Home, shop_clock: ShopClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject_id = join(shop).subject_id
    later(monkeypatch, "recognise")
    note_texts(shop.office)
    assert Purpose.RECOGNISE not in standing(shop, subject_id)
    assert offered(shop, subject_id)[Purpose.RECOGNISE] is None
    assert job.run(shop.office)["lapsed"] == 0
    shop_clock.forward(timedelta(days=31).total_seconds())
    assert job.run(shop.office)["lapsed"] == 1
    with shop.databases.identity.read() as identity:
        newest = records.newest(identity, subject_id, Purpose)
    assert newest[Purpose.RECOGNISE].state == "expired"
    assert newest[Purpose.PREFERENCES].state == "given"
