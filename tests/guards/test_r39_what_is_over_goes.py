"""R39: the retention job goes by the region's profile, for every rule, wherever it is killed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from clienteling.access.approvals import ApprovalNeededError, Matter, require
from clienteling.access.models import ApprovalRow, PairingRow
from clienteling.customers import lists
from clienteling.customers.models import AliasRow, RecordRow, TemplateRow, VisitRow
from clienteling.customers.purchases import Line, Sale, keep_sale
from clienteling.customers.visits import note_visit
from clienteling.home import Home
from clienteling.retention.clock import confirm
from clienteling.retention.models import RetentionRunRow
from clienteling.retention.rules import RULES
from consent import records
from consent.log.events import EventKind
from consent.log.verification import verify
from consent.models import (
    ConsentRow,
    DataKeyRow,
    FlowRow,
    LogDetailRow,
    ReceiptRow,
    RequestRow,
)
from consent.office import Office, erase, resume
from consent.purposes import Purpose
from consent.region.policy import Retention
from consent.region.profiles import load_profile
from consent.renewing import over
from consent.rights.request_acts import Answer, Received, answer, receive
from consent.rights.requests import Channel, Identity, Outcome, RequestKind
from tests.support import retention as job
from tests.support.mortal import Died, dying_at
from tests.support.people import EVERYTHING, join
from tests.support.shops import logged
from tests.support.web import ShopClock, pairing_code
from web.context import Hub

DAY = 86_400.0
ALL = EVERYTHING | {Purpose.VISITS}
EU = load_profile("eu").retention


def count(shop: Home, table: type) -> int:
    with shop.databases.identity.read() as identity:
        return identity.scalar(select(func.count()).select_from(table)) or 0


def swept(shop: Home) -> dict[str, int]:
    return {name: number for name, number in job.run(shop.office).items() if number}


def holds(shop: Home) -> bool:
    with shop.databases.identity.read() as identity:
        return verify(identity, shop.office.ring.log_public).ok


def with_retention(shop: Home, retention: Retention) -> Office:
    return replace(shop.office, profile=replace(shop.office.profile, retention=retention))


def test_a_lapsed_consent_ends_like_a_withdrawal(shop: Home, shop_clock: ShopClock) -> None:
    """Recorded as expired, with a receipt; keys, templates and words go; the account stays."""
    subject_id = join(shop, purposes=ALL).subject_id
    receipts = count(shop, ReceiptRow)
    shop_clock.forward(365 * DAY - 5)
    assert "lapsed" not in swept(shop)
    shop_clock.forward(6)
    assert swept(shop)["lapsed"] == 1
    with shop.databases.identity.read() as identity:
        newest = records.newest(identity, subject_id, Purpose)
    assert {p for p, row in newest.items() if row.state == "expired"} == ALL
    assert newest[Purpose.ACCOUNT].state == "given"
    assert count(shop, ReceiptRow) == receipts + 1
    assert count(shop, AliasRow) == count(shop, VisitRow) == 0
    with shop.databases.templates.read() as templates:
        assert templates.scalars(select(TemplateRow)).all() == []
    with shop.databases.keys.read() as keys:
        assert keys.scalars(select(DataKeyRow.purpose)).all() == [Purpose.ACCOUNT.value]
    assert logged(shop.office, EventKind.TEMPLATE_REMOVED)
    assert holds(shop)
    assert "lapsed" not in swept(shop)


def test_where_the_law_leaves_time_a_lapsed_consent_waits_unused(
    shop: Home, shop_clock: ShopClock
) -> None:
    """Thirty days of grace, and none in the EU; nothing opens in them."""
    office = with_retention(shop, replace(EU, after_purpose=365))
    subject_id = join(shop).subject_id
    shop_clock.forward(366 * DAY)
    with shop.databases.identity.read() as identity:
        assert over(identity, shop.office, office.now())
        assert not over(identity, office, office.now())
        assert set(records.standing(identity, subject_id, office.now())) == {Purpose.ACCOUNT}
    shop_clock.forward(30 * DAY)
    assert job.run(office)["lapsed"] == 1


def test_recognition_that_nobody_uses_ends(shop: Home, shop_clock: ShopClock) -> None:
    office = with_retention(shop, replace(EU, recognise_unused=120))
    used, unused = join(shop), join(shop)
    shop_clock.forward(90 * DAY)
    with shop.databases.identity.write() as identity:
        identity.execute(
            update(AliasRow)
            .where(AliasRow.subject_id == used.subject_id)
            .values(used_in=shop.office.now().strftime("%Y-%m"))
        )
    assert job.run(office)["unused"] == 0
    shop_clock.forward(62 * DAY)
    assert job.run(office)["unused"] == 1
    with shop.databases.identity.read() as identity:
        assert identity.scalars(select(AliasRow.subject_id)).all() == [used.subject_id]
        stands = records.standing(identity, unused.subject_id, shop.office.now())
    assert set(stands) == {Purpose.ACCOUNT, Purpose.PREFERENCES, Purpose.ALLERGIES}


@pytest.mark.parametrize(
    ("region", "state", "days"), [("us", "CO", 730), ("us", "IL", 1095), ("eu", None, None)]
)
def test_a_cap_on_the_last_interaction_bounds_what_is_unused(
    region: str, state: str | None, days: int | None
) -> None:
    kept = load_profile(region, state).retention
    assert kept.last_interaction == days
    assert kept.recognise_unused <= (days or kept.recognise_unused)


def test_a_visit_goes_after_its_days(shop: Home, shop_clock: ShopClock) -> None:
    subject_id = join(shop, purposes=ALL).subject_id
    note_visit(shop.office, subject_id, "door", arrival_id="a")
    shop_clock.forward((EU.visits - 1) * DAY)
    assert "visits" not in swept(shop)
    shop_clock.forward(DAY)
    assert swept(shop)["visits"] == 1


def test_a_purchase_goes_after_its_days(shop: Home, shop_clock: ShopClock) -> None:
    """Also where the consent itself was renewed meanwhile, so that only this rule ends it."""
    office = with_retention(shop, replace(EU, purchases=40))
    subject_id = join(shop, purposes=EVERYTHING | {Purpose.PURCHASES}).subject_id
    sale = Sale(number="1", at=shop.office.now(), lines=(Line(name="Bar"),))
    keep_sale(shop.office, subject_id, sale, actor="c")
    shop_clock.forward(39 * DAY)
    assert job.run(office)["purchases"] == 0
    shop_clock.forward(DAY)
    assert job.run(office)["purchases"] == 1
    assert count(shop, RecordRow) == 0


def test_a_staffs_list_forgets_what_is_long_past_its_day(shop: Home, shop_clock: ShopClock) -> None:
    subject_id, today = join(shop, purposes=ALL).subject_id, shop_clock().date()
    for due in (None, today + timedelta(days=5)):
        lists.put_on(shop.office, subject_id, "call", actor="user:1", for_all=True, due=due)
    shop_clock.forward(89 * DAY)
    assert "lists" not in swept(shop)
    shop_clock.forward(DAY)
    assert swept(shop)["lists"] == 1
    shop_clock.forward(5 * DAY)
    assert swept(shop)["lists"] == 1


def test_proof_goes_years_after_the_end(shop: Home, shop_clock: ShopClock) -> None:
    """Records, receipts, cases, salts. The log still holds, and says which records went."""
    gone, here = join(shop), join(shop)
    erase(shop.office, gone.subject_id, actor="c", method="c")
    shop_clock.forward(EU.proof * DAY - 60)
    assert "proof" not in swept(shop)
    with shop.databases.identity.read() as identity:
        assert records.history(identity, gone.subject_id)
    shop_clock.forward(120)
    assert swept(shop)["proof"] >= 1
    with shop.databases.identity.read() as identity:
        assert not records.history(identity, gone.subject_id)
        for table in (ReceiptRow, FlowRow):
            rows = identity.scalars(select(table.subject_id)).all()
            assert gone.subject_id not in rows
        about = identity.scalars(select(LogDetailRow.about)).all()
        assert records.history(identity, here.subject_id)
    assert gone.subject_id not in about
    assert holds(shop)


def test_a_record_that_somebody_removed_is_still_found(shop: Home) -> None:
    """Only what the log says was swept may be missing."""
    join(shop)
    with shop.databases.identity.write() as identity:
        row = identity.scalars(select(ConsentRow)).first()
        assert row is not None
        detail = identity.get_one(LogDetailRow, row.leaf_index)
        identity.delete(row)
        identity.delete(detail)
    assert not holds(shop)


def test_requests_and_words_of_strangers_go(shop: Home, shop_clock: ShopClock) -> None:
    asked = receive(
        shop.office,
        Received(RequestKind.COMPLAINT, Channel.LETTER, None, Identity.KNOWN, "words"),
        actor="c",
    )
    answer(shop.office, asked.id, Answer(Outcome.DONE, Channel.LETTER, "sorry"), actor="c")
    shop_clock.forward(181 * DAY)
    assert swept(shop)["texts"] == 1
    shop_clock.forward(EU.proof * DAY)
    assert swept(shop)["requests"] == 1
    assert count(shop, RequestRow) == 0


def test_proposals_and_codes_go(shop: Home, shop_clock: ShopClock) -> None:
    pairing_code(shop, "kiosk")
    with pytest.raises(ApprovalNeededError):
        require(shop.office, Matter.EXPORT, "something", actor="user:1")
    shop_clock.forward(3600)
    assert swept(shop)["codes"] == 1
    shop_clock.forward((EU.access_log + 8) * DAY)
    assert swept(shop)["approvals"] == 1
    assert count(shop, PairingRow) == count(shop, ApprovalRow) == 0


def test_the_log_says_what_a_run_did_and_nothing_else(shop: Home, shop_clock: ShopClock) -> None:
    subject_id = join(shop, purposes=ALL).subject_id
    note_visit(shop.office, subject_id, "door", arrival_id="a")
    shop_clock.forward(EU.visits * DAY)
    job.sweep(shop.office)
    (entry,) = (
        one
        for one in logged(shop.office, EventKind.RETENTION_SWEPT)
        if (one.detail or {})["rule"] == "visits"
    )
    assert (entry.about, entry.detail) == (None, {"rule": "visits", "removed": 1})
    with shop.databases.identity.read() as identity:
        runs = {row.rule for row in identity.scalars(select(RetentionRunRow))}
    assert runs == {rule.name for rule in RULES}


def test_killed_anywhere_the_next_run_finishes(shop: Home, shop_clock: ShopClock) -> None:
    subject_id = join(shop, purposes=ALL).subject_id
    note_visit(shop.office, subject_id, "door", arrival_id="a")
    shop_clock.forward(366 * DAY)
    point = 0
    while _dies(shop, point):
        assert holds(shop)
        point += 3
    assert point > 30
    resume(shop.office)
    assert not any(rule.ahead(shop.office).due for rule in RULES)
    with shop.databases.identity.read() as identity:
        assert set(records.standing(identity, subject_id, shop.office.now())) == {Purpose.ACCOUNT}
    assert count(shop, AliasRow) == count(shop, VisitRow) == 0


def _dies(shop: Home, point: int) -> bool:
    with dying_at(shop, point):
        try:
            job.sweep(shop.office)
        except Died:
            return True
    return False


def test_the_hub_runs_it_by_itself(hub: Hub, shop: Home, shop_clock: ShopClock) -> None:
    subject_id = join(shop, purposes=ALL).subject_id
    note_visit(shop.office, subject_id, "door", arrival_id="a")
    shop_clock.forward(timedelta(days=366).total_seconds())
    hub.watcher.step()
    confirm(shop.office, by="manager", actor="command")
    for _ in _rounds(hub):
        if not count(shop, VisitRow) and not count(shop, AliasRow):
            break
    assert not any(rule.ahead(shop.office).due for rule in RULES)


def _rounds(hub: Hub) -> Iterator[None]:
    for _ in range(50):
        hub.watcher._flows_at = 0.0
        hub.watcher.step()
        yield
