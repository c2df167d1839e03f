"""R14: a text of the shop's own that changes what is done ends earlier consents too.

Fails when consents go on to count after such a text was published, when words alone end one, or
when somebody at the kiosk consents to words that no longer hold.
"""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from clienteling.customers.templates import open_gallery
from clienteling.home import Home
from clienteling.recognition.engine import Engine
from clienteling.retention import job
from consent import records
from consent.drafts import read_draft
from consent.log.ledger import gallery_version
from consent.publishing import publish, renewals
from consent.purposes import Purpose
from consent.renewing import renewable
from tests.support.drafts import write_draft
from tests.support.kiosk import NOTHING, Walk, detecting_engine, only_subject, standing, walk
from tests.support.people import MODEL_ID, join
from tests.support.web import ShopClock, pair

DAY = 86_400.0


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


def publish_own(shop: Home, folder: Path, *changed: Purpose) -> int:
    """Publish a text for recognition; return how many consents must be given again."""
    draft = read_draft(shop.office, write_draft(shop.office, folder, changed=changed))
    with shop.databases.identity.read() as identity:
        number = renewals(identity, shop.office, draft)
    return publish(shop.office, draft, actor="user:7", agreed=number).renewals


def offered(shop: Home, subject_id: str) -> dict[Purpose, bool]:
    """What can be renewed, and whether it still stands."""
    with shop.databases.identity.read() as identity:
        found = renewable(identity, shop.office, subject_id, shop.office.now())
    return {purpose: until is not None for purpose, until in found.items()}


def test_what_is_done_otherwise_must_be_agreed_to_anew(
    shop: Home, shop_clock: ShopClock, tmp_path: Path
) -> None:
    subject_id = join(shop).subject_id
    before = standing(shop, subject_id)
    with shop.databases.identity.read() as identity:
        known = gallery_version(identity)
    assert publish_own(shop, tmp_path / "draft", Purpose.RECOGNISE) == 1
    assert standing(shop, subject_id) == before - {Purpose.RECOGNISE}
    assert len(open_gallery(shop.office, MODEL_ID)) == 0
    assert offered(shop, subject_id) == {Purpose.RECOGNISE: False}
    with shop.databases.identity.read() as identity:
        assert gallery_version(identity) > known  # cameras drop what they hold
    for lapsed in (0, 0, 1):  # after thirty days of grace it goes
        shop_clock.forward(14 * DAY)
        assert job.run(shop.office)["lapsed"] == lapsed
    with shop.databases.identity.read() as identity:
        newest = records.newest(identity, subject_id, Purpose)
    assert newest[Purpose.RECOGNISE].state == "expired"
    assert newest[Purpose.PREFERENCES].state == "given"


def test_words_alone_end_nothing_and_invite(shop: Home, tmp_path: Path) -> None:
    subject_id = join(shop).subject_id
    before = standing(shop, subject_id)
    assert publish_own(shop, tmp_path / "draft") == 0
    assert standing(shop, subject_id) == before
    assert offered(shop, subject_id) == {Purpose.RECOGNISE: True}


@pytest.mark.parametrize("until", ["name", "confirm"])
def test_who_is_at_the_kiosk_is_asked_again_by_the_new_text(
    shop: Home, client: FlaskClient, tmp_path: Path, until: str
) -> None:
    pair(client, "kiosk")
    customer: Walk = walk(client)
    customer.walk(NOTHING, until=until)
    publish_own(shop, tmp_path / "draft")
    answer = customer.post(f"{customer.at}/{until}", {"answer": "yes", "name": "Robin"})
    assert answer.location.endswith("/about")
    assert customer.see("confirm").location.endswith("/about")
    assert "Our computer turns" not in customer.see("about").text
    customer.answer("about")
    assert "Our computer turns" in customer.see("recognise").text
    customer.walk(NOTHING)
    rows = standing(shop, only_subject(shop))
    assert rows == {Purpose.ACCOUNT}
    with shop.databases.identity.read() as identity:
        [row] = records.newest(identity, only_subject(shop), [Purpose.ACCOUNT]).values()
    assert row.body["privacy_notice"]["version"] == "shop-2027-01"
