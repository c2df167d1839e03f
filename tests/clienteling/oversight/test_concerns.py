"""What is open is named, worst first, and nothing is named that is not."""

from dataclasses import replace

import pytest

from clienteling.access.approvals import ApprovalNeededError, Matter, require
from clienteling.home import Home
from clienteling.oversight.concerns import Concern, Open, Urgency, open_matters
from clienteling.oversight.shop import ShopState, shop_state
from clienteling.oversight.watching import Watch
from clienteling.service.accuracy import accuracy_of
from clienteling.service.stop import stop
from clienteling.service.verify import check_log
from consent.keystore.key_status import KeyStatus, key_status
from consent.log.witnesses import Witness
from consent.rights.request_acts import Received, receive
from consent.rights.requests import Channel, RequestKind
from tests.support.people import join
from tests.support.web import ShopClock

DAY = 86_400.0


def _found(shop: Home) -> dict[Concern, Open]:
    known = accuracy_of(shop, None)
    matters = open_matters(shop, shop_state(shop), key_status(shop.office), known)
    return {one.concern: one for one in matters}


def _quiet(shop: Home) -> tuple[ShopState, KeyStatus]:
    """A shop in order: watched, verified, sealed."""
    check_log(shop.office, None, actor="command")
    state = shop_state(shop)
    witness = Watch(Witness("w", "", state.at, None), None, stale=False)
    return (
        replace(state, watches=(witness,)),
        replace(key_status(shop.office), development=False),
    )


def test_nothing_is_open_in_a_shop_in_order(shop: Home) -> None:
    assert open_matters(shop, *_quiet(shop), accuracy_of(shop, None)) == ()


def test_a_new_shop_lists_what_must_be_put_right(shop: Home) -> None:
    found = _found(shop)
    assert set(found) == {
        Concern.DEVELOPMENT_KEY,
        Concern.WITNESS_NONE,
        Concern.NEVER_VERIFIED,
    }


def test_a_request_becomes_soon_and_then_late(shop: Home, shop_clock: ShopClock) -> None:
    receive(
        shop.office,
        Received(RequestKind.COMPLAINT, Channel.LETTER, None),
        actor="user:1",
    )
    assert _found(shop)[Concern.REQUESTS_OPEN].number == 1
    shop_clock.forward(25 * DAY)
    assert _found(shop)[Concern.REQUESTS_SOON].urgency is Urgency.SOON
    shop_clock.forward(10 * DAY)
    found = _found(shop)
    assert found[Concern.REQUESTS_LATE].number == 1
    assert Concern.REQUESTS_SOON not in found


def test_a_stop_a_proposal_and_lapsing_consents_are_listed(
    shop: Home, shop_clock: ShopClock
) -> None:
    join(shop)
    shop_clock.forward(340 * DAY)
    stop(shop.office, actor="user:1")
    with pytest.raises(ApprovalNeededError):
        require(shop.office, Matter.KEYS, "rotate-store", actor="user:1")
    found = _found(shop)
    assert found[Concern.STOPPED].urgency is Urgency.LATE
    assert found[Concern.APPROVALS].number == 1
    assert found[Concern.CONSENTS_LAPSING].number == 1


def test_a_verification_long_ago_counts_and_one_that_failed_is_the_worst(
    shop: Home, shop_clock: ShopClock
) -> None:
    check_log(shop.office, None, actor="command")
    shop_clock.forward(31 * DAY)
    assert _found(shop)[Concern.NOT_VERIFIED].number == 31
    state = shop_state(shop)
    assert state.verified is not None
    broken = replace(state.verified, detail={"ok": False, "size": 1, "against": None})
    first = open_matters(
        shop, replace(state, verified=broken), key_status(shop.office), accuracy_of(shop, None)
    )[0]
    assert first.concern is Concern.LOG_BROKEN
