"""Codes for a new pass: one use, ten minutes, one a customer; ending a pass at once."""

import pytest
from sqlalchemy import select

from clienteling.customers.models import AliasRow, TemplateRow
from clienteling.customers.passes import is_valid_pass, sealed_passes
from clienteling.home import Home
from clienteling.service.new_passes import CODE_LIFETIME, NewPassDesk
from consent.errors import ConsentMissingError
from consent.keystore.holder import new_holder_secret
from consent.log.events import EventKind
from consent.office import withdraw
from consent.purposes import Purpose
from consent.records import standing
from consent.rights.requests import Identity
from tests.support.mortal import Died, dying_after
from tests.support.people import MODEL_ID, Customer, join
from tests.support.retention import sweep
from tests.support.shops import logged
from tests.support.web import ShopClock

HOLDER = new_holder_secret()
KIOSK, ANNA = "device:kiosk", "user:1"


@pytest.fixture
def robin(shop: Home) -> Customer:
    return join(shop, holder=HOLDER)


@pytest.fixture
def desk(shop: Home) -> NewPassDesk:
    return NewPassDesk(shop.office)


def _allow(desk: NewPassDesk, customer: Customer) -> str:
    return desk.allow(customer.subject_id, Identity.DOCUMENT, actor=ANNA)


def test_a_code_says_once_whose_pass_it_is(shop: Home, desk: NewPassDesk, robin: Customer) -> None:
    code = _allow(desk, robin)
    assert desk.begin(code.lower().replace("-", " "), actor=KIOSK) == robin.subject_id
    assert desk.begin(code, actor=KIOSK) is None
    (allowed,) = logged(shop.office, EventKind.NEW_PASS_ALLOWED)
    (begun,) = logged(shop.office, EventKind.NEW_PASS_BEGUN)
    assert (allowed.actor, allowed.about) == (ANNA, robin.subject_id)
    assert allowed.detail == {"checked": "document"}
    assert (begun.actor, begun.about) == (KIOSK, robin.subject_id)


def test_a_code_is_good_for_ten_minutes(
    desk: NewPassDesk, robin: Customer, shop_clock: ShopClock
) -> None:
    code = _allow(desk, robin)
    shop_clock.forward(CODE_LIFETIME.total_seconds() + 1)
    assert desk.begin(code, actor=KIOSK) is None


def test_another_code_for_a_customer_ends_the_one_before(
    shop: Home, desk: NewPassDesk, robin: Customer
) -> None:
    sam = join(shop, name="Sam Test", holder=new_holder_secret())
    first, other, second = _allow(desk, robin), _allow(desk, sam), _allow(desk, robin)
    assert desk.begin(first, actor=KIOSK) is None
    assert desk.begin(other, actor=KIOSK) == sam.subject_id
    assert desk.begin(second, actor=KIOSK) == robin.subject_id


def test_without_consent_there_is_no_code_and_a_code_given_before_is_worth_nothing(
    shop: Home, desk: NewPassDesk, robin: Customer
) -> None:
    code = _allow(desk, robin)
    withdraw(shop.office, robin.subject_id, [Purpose.RECOGNISE], actor="x", method="test")
    assert desk.begin(code, actor=KIOSK) is None
    with pytest.raises(ConsentMissingError, match="does not stand"):
        _allow(desk, robin)


def _held(shop: Home) -> tuple[list[str], list[str]]:
    with shop.databases.identity.read() as identity:
        aliases = list(identity.scalars(select(AliasRow.alias)))
    with shop.databases.templates.read() as templates:
        return aliases, list(templates.scalars(select(TemplateRow.alias)))


def test_a_stolen_pass_ends_at_once_and_consent_stands(
    shop: Home, desk: NewPassDesk, robin: Customer
) -> None:
    assert len(sealed_passes(shop.office, MODEL_ID)) == 1
    desk.end(robin.subject_id, actor=KIOSK)
    desk.end(robin.subject_id, actor=KIOSK)  # twice is no fault
    assert _held(shop) == ([], [])
    assert sealed_passes(shop.office, MODEL_ID) == ()
    with shop.databases.identity.read() as identity:
        assert not is_valid_pass(identity, shop.office, HOLDER.alias)
        assert Purpose.RECOGNISE in standing(identity, robin.subject_id, shop.office.now())
    (removed,) = logged(shop.office, EventKind.TEMPLATE_REMOVED)
    assert removed.detail == {"aliases": [HOLDER.alias]}


@pytest.mark.parametrize("writes", [0, 1])
def test_ending_a_pass_may_die_anywhere(shop: Home, robin: Customer, writes: int) -> None:
    """Either the pass still works, or it opens nothing and the sweeper finishes."""
    with pytest.raises(Died):
        NewPassDesk(dying_after(shop, writes).office).end(robin.subject_id, actor=KIOSK)
    works = len(sealed_passes(shop.office, MODEL_ID)) == 1
    assert works is (writes == 0)
    sweep(shop.office)
    assert [len(found) for found in _held(shop)] == ([1, 1] if works else [0, 0])
