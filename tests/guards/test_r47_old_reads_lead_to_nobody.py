"""R47: who read what is unlinked after the region's days; leaves and tree stay."""

from dataclasses import replace

from sqlalchemy import select

from clienteling.customers.overview import overview
from clienteling.home import Home
from clienteling.oversight.search import note
from clienteling.retention.rules import RULES
from consent.log.events import PROOF_KINDS, READ_KINDS, EventKind
from consent.log.verification import verify
from consent.models import LogDetailRow, LogEntryRow
from tests.support import retention as job
from tests.support.people import join
from tests.support.shops import logged
from tests.support.web import ShopClock

DAY = 86_400.0


def details(shop: Home) -> dict[int, LogDetailRow]:
    with shop.databases.identity.read() as identity:
        return {row.leaf_index: row for row in identity.scalars(select(LogDetailRow))}


def test_after_its_days_a_read_is_a_leaf_without_salt(shop: Home, shop_clock: ShopClock) -> None:
    subject_id = join(shop).subject_id
    overview(shop.office, subject_id, reader="user:reader")
    (read,) = logged(shop.office, EventKind.PROFILE_READ)
    with shop.databases.identity.read() as identity:
        leaf = identity.get_one(LogEntryRow, read.leaf_index).leaf
    days = shop.office.profile.retention.access_log
    shop_clock.forward(days * DAY - 5)
    job.sweep(shop.office)
    assert read.leaf_index in details(shop)

    shop_clock.forward(6)
    job.sweep(shop.office)

    assert read.leaf_index not in details(shop)
    assert all(row.actor != "user:reader" for row in details(shop).values())
    (after,) = logged(shop.office, EventKind.PROFILE_READ)
    assert (after.about, after.actor, after.detail) == (None, None, None)
    with shop.databases.identity.read() as identity:
        assert identity.get_one(LogEntryRow, read.leaf_index).leaf == leaf
        found = verify(identity, shop.office.ring.log_public)
    assert found.ok
    assert found.unlinked >= 1


def test_the_number_is_the_profiles(shop: Home, shop_clock: ShopClock) -> None:
    profile = shop.office.profile
    short = replace(profile, retention=replace(profile.retention, access_log=7))
    overview(shop.office, join(shop).subject_id, reader="user:reader")
    shop_clock.forward(8 * DAY)
    assert job.run(shop.office)["reads"] == 0
    assert job.run(replace(shop.office, profile=short))["reads"] == 1


def test_every_kind_of_reading_goes_and_no_proof_does(shop: Home, shop_clock: ShopClock) -> None:
    subject_id = join(shop).subject_id
    for kind in READ_KINDS:
        note(shop.office, kind, actor="user:reader", about=subject_id, detail={})
    proof = {e.leaf_index for kind in PROOF_KINDS for e in logged(shop.office, kind)}
    shop_clock.forward(91 * DAY)
    job.sweep(shop.office)
    left = details(shop)
    assert proof <= left.keys()
    assert all(row.actor != "user:reader" for row in left.values())
    assert not next(rule for rule in RULES if rule.name == "reads").ahead(shop.office).due
