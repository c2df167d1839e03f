"""R26: consent to being recognised counts for the way that was described, in both directions.

Fails when a shop that changes between button and passes goes on with the consents to the other
text, or when such a change deletes them.
"""

from dataclasses import replace

import pytest

from clienteling.customers.templates import open_gallery, sealed_templates
from clienteling.home import Home
from clienteling.region import note_policy
from clienteling.retention import job
from consent import records
from consent.keystore.holder import new_holder_secret
from consent.log.ledger import gallery_version
from consent.office import Office
from consent.purposes import Purpose
from consent.region.policy import CapturePolicy
from consent.renewing import note_texts, renewable
from tests.support.people import MODEL_ID, join
from tests.support.web import ShopClock


def under(shop: Home, policy: CapturePolicy) -> Office:
    """Return the shop's office as a start with this policy builds it."""
    processing = replace(shop.office.processing, policy=policy)
    office = replace(shop.office, processing=processing)
    note_policy(office, policy.value)
    note_texts(office)
    return office


def stands(office: Office, subject_id: str) -> set[Purpose]:
    with office.databases.identity.read() as identity:
        return set(records.standing(identity, subject_id, office.now()))


def usable(office: Office, *, by_pass: bool) -> int:
    return len(sealed_templates(office, MODEL_ID, holder=by_pass))


@pytest.mark.parametrize(
    "other", [CapturePolicy.TRIGGER, CapturePolicy.ZONE, CapturePolicy.AMBIENT]
)
@pytest.mark.parametrize("joined_with_pass", [False, True])
def test_a_change_of_way_stops_recognition_until_consent_is_given_again(
    shop: Home, shop_clock: ShopClock, other: CapturePolicy, joined_with_pass: bool
) -> None:
    first, second = other, CapturePolicy.PASS
    if joined_with_pass:
        first, second = second, first
    office = under(shop, first)
    holder = new_holder_secret() if joined_with_pass else None
    subject_id = join(replace(shop, office=office), holder=holder).subject_id
    before = stands(office, subject_id)
    assert Purpose.RECOGNISE in before
    assert usable(office, by_pass=joined_with_pass) == 1
    with office.databases.identity.read() as identity:
        known = gallery_version(identity)

    changed = under(shop, second)
    assert stands(changed, subject_id) == before - {Purpose.RECOGNISE}
    assert usable(changed, by_pass=joined_with_pass) == 0
    assert len(open_gallery(changed, MODEL_ID)) == 0
    with changed.databases.identity.read() as identity:
        assert gallery_version(identity) > known  # cameras ask for another gallery
        offered = renewable(identity, changed, subject_id, changed.now())
    assert offered == {Purpose.RECOGNISE: None}

    for _fortnight in range(3):
        shop_clock.forward(14 * 86_400.0)
        assert job.run(changed)["lapsed"] == 0  # unused, and not deleted
    back = under(shop, first)
    assert stands(back, subject_id) == before
    assert usable(back, by_pass=joined_with_pass) == 1


def test_button_zone_and_everybody_in_view_share_one_text(shop: Home) -> None:
    office = under(shop, CapturePolicy.TRIGGER)
    subject_id = join(replace(shop, office=office)).subject_id
    for policy in (CapturePolicy.ZONE, CapturePolicy.AMBIENT):
        assert Purpose.RECOGNISE in stands(under(shop, policy), subject_id)
