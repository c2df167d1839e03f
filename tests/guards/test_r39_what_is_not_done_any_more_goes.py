"""R39: what a shop asked for and does not do any more goes, and is accounted for until it has.

Fails when templates for a till that asks nobody stay for good, when they go before the customer's
thirty days or while the shop does it again, or when the Article 30 record leaves them out.
"""

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import func, select

from clienteling.customers.models import TemplateRow
from clienteling.customers.templates import store_template
from clienteling.home import Home
from clienteling.papers.description import describe
from clienteling.region import note_policy
from clienteling.rights.export import Way, export
from consent.models import DataKeyRow
from consent.office import Statement, TemplateMade, change, close_enrolment, withdraw
from consent.purposes import Purpose
from tests.support import retention as job
from tests.support.kiosk import standing
from tests.support.people import MODEL_ID, join
from tests.support.web import ShopClock

FORTNIGHT = 14 * 86_400.0


def started(shop: Home, *, till: bool) -> Home:
    """The shop as a start with this configuration leaves it."""
    processing = replace(shop.office.processing, till=till)
    home = replace(shop, office=replace(shop.office, processing=processing))
    note_policy(home.office, "trigger")
    return home


@pytest.fixture
def subject_id(shop: Home) -> str:
    """A customer with a template for the till."""
    office = started(shop, till=True).office
    customer = join(shop).subject_id
    statement = Statement(
        language="en",
        notice_version=office.notices.current_version,
        method="kiosk",
        collected_by="device:test",
        attestation=None,
        confirmed=True,
        age_confirmed=True,
    )
    changed = change(office, customer, statement, {Purpose.TILL: True})
    assert changed.flow_id is not None
    vector = np.full(128, 128**-0.5, dtype=np.float32)
    grant = changed.grants[Purpose.TILL]
    alias = store_template(office, grant, vector, model_id=MODEL_ID, images=3)
    made = TemplateMade(alias, MODEL_ID, 3, Purpose.TILL)
    close_enrolment(office, changed.flow_id, made)
    return customer


def has_key(shop: Home, subject_id: str) -> bool:
    with shop.databases.keys.read() as keys:
        return keys.get(DataKeyRow, (subject_id, Purpose.TILL.value)) is not None


def templates(shop: Home) -> int:
    with shop.databases.templates.read() as session:
        return session.scalar(select(func.count()).select_from(TemplateRow)) or 0


def in_the_record(shop: Home) -> bool:
    return Purpose.TILL.value in {one.name for one in describe(shop).purposes}


def test_it_is_accounted_for_until_it_has_gone_and_goes_after_thirty_days(
    shop: Home, shop_clock: ShopClock, subject_id: str
) -> None:
    off = started(shop, till=False)
    for lapsed in (0, 0, 1):
        shop_clock.forward(FORTNIGHT)
        assert (in_the_record(off), has_key(off, subject_id)) == (True, True)
        document = export(off.office, subject_id, Way.CUSTOMER, actor="device:k")
        assert Purpose.TILL.value in str(document)
        assert job.run(off.office)["lapsed"] == lapsed
    assert (in_the_record(off), has_key(off, subject_id), templates(off)) == (False, False, 1)
    assert Purpose.TILL not in standing(off, subject_id)
    assert Purpose.RECOGNISE in standing(off, subject_id)


def test_a_shop_that_does_it_again_in_time_keeps_it(
    shop: Home, shop_clock: ShopClock, subject_id: str
) -> None:
    off = started(shop, till=False)
    shop_clock.forward(2 * FORTNIGHT)
    assert job.run(off.office)["lapsed"] == 0
    on = started(shop, till=True)
    shop_clock.forward(FORTNIGHT)
    assert job.run(on.office)["lapsed"] == 0
    started(shop, till=False)  # the days count anew
    shop_clock.forward(2 * FORTNIGHT)
    assert job.run(off.office)["lapsed"] == 0
    assert (has_key(off, subject_id), templates(off)) == (True, 2)


def test_other_changes_of_the_rules_do_not_move_the_days(
    shop: Home, shop_clock: ShopClock, subject_id: str
) -> None:
    off = started(shop, till=False)
    for policy in ("zone", "trigger", "zone"):
        shop_clock.forward(FORTNIGHT)
        note_policy(off.office, policy)
    assert job.run(off.office)["lapsed"] == 1


def test_who_does_not_want_to_wait_withdraws_at_once(shop: Home, subject_id: str) -> None:
    off = started(shop, till=False)
    withdraw(off.office, subject_id, [Purpose.TILL], actor="device:k", method="kiosk")
    assert (in_the_record(off), has_key(off, subject_id), templates(off)) == (False, False, 1)
