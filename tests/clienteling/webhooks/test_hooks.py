"""Adding webhooks, their secrets, and switching them off and on."""

import base64

import pytest
from sqlalchemy import select, update

from clienteling.egress import place_of
from clienteling.home import Home
from clienteling.retention.job import run
from clienteling.webhooks.addresses import AddressError
from clienteling.webhooks.events import OFFERED, Event
from clienteling.webhooks.hooks import (
    BOTH,
    MOST,
    NoEventError,
    Off,
    TooManyError,
    Webhook,
    WebhookUnknownError,
    add,
    remove,
    require,
    rotate,
    secrets_of,
    switch_off,
    switch_on,
    webhooks,
)
from clienteling.webhooks.models import DeliveryRow, WebhookRow
from clienteling.webhooks.outbox import again, send_test
from consent.errors import SealError
from consent.log.events import EventKind
from tests.clienteling.webhooks.conftest import Hook
from tests.support.receiver import Receiver
from tests.support.shops import logged
from tests.support.web import ShopClock


def listed(shop: Home) -> tuple[Webhook, ...]:
    with shop.databases.identity.read() as identity:
        return webhooks(identity)


def secrets(shop: Home, webhook_id: str) -> tuple[str, ...]:
    with shop.databases.identity.read() as identity:
        return secrets_of(shop.office, require(identity, webhook_id))


def test_a_webhook_is_added_and_logged(shop: Home, hook: Hook, receiver: Receiver) -> None:
    made = hook(receiver, "sale.voided", "sale.kept")

    (one,) = listed(shop)
    assert (one.id, one.url) == (made.id, f"{receiver.url}/hooks")
    assert one.events == (Event.SALE_KEPT, Event.SALE_VOIDED)
    assert (one.off_because, one.waiting) == (None, 0)
    (entry,) = logged(shop.office, EventKind.WEBHOOK_ADDED)
    assert (entry.actor, entry.about) == ("7", None)
    assert entry.detail == {"webhook": made.id, "events": ["sale.kept", "sale.voided"]}


def test_the_secret_is_random_and_sealed(shop: Home, hook: Hook, receiver: Receiver) -> None:
    one, other = hook(receiver), hook(receiver)

    assert one.secret != other.secret
    assert one.secret.startswith("whsec_")
    assert len(base64.b64decode(one.secret.removeprefix("whsec_"), validate=True)) == 32
    assert secrets(shop, one.id) == (one.secret,)
    assert one.secret not in repr(one)
    with shop.databases.identity.read() as identity:
        stored = b"".join(identity.scalars(select(WebhookRow.secret)))
    for secret in (one.secret, other.secret):
        assert secret.encode() not in stored
        assert base64.b64decode(secret.removeprefix("whsec_")) not in stored


def test_a_sealed_secret_opens_for_no_other_webhook(
    shop: Home, hook: Hook, receiver: Receiver
) -> None:
    one, other = hook(receiver), hook(receiver)
    with shop.databases.identity.write() as identity:
        moved = require(identity, one.id).secret
        identity.execute(update(WebhookRow).where(WebhookRow.id == other.id).values(secret=moved))
    with pytest.raises(SealError):
        secrets(shop, other.id)


@pytest.mark.parametrize("events", [(), ("sale.kept", "sale.made"), ("webhook.test",)])
def test_only_what_is_offered_can_be_asked_for(
    shop: Home, receiver: Receiver, events: tuple[str, ...]
) -> None:
    with pytest.raises(NoEventError):
        add(shop.office, receiver.url, events, [place_of(receiver.url, "x")], actor="7")
    assert listed(shop) == ()


def test_an_address_that_is_not_named_is_refused_and_nothing_is_kept(shop: Home) -> None:
    with pytest.raises(AddressError):
        add(shop.office, "https://erp.example/", [OFFERED[0]], (), actor="7")
    assert listed(shop) == ()
    assert not logged(shop.office, EventKind.WEBHOOK_ADDED)


def test_there_is_an_end_to_how_many(shop: Home, hook: Hook, receiver: Receiver) -> None:
    for _ in range(MOST):
        hook(receiver)
    with pytest.raises(TooManyError):
        hook(receiver)


def test_after_a_rotation_both_sign_for_a_day(
    shop: Home, hook: Hook, receiver: Receiver, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    before = hook(receiver)
    now = rotate(shop.office, before.id, actor="7")

    assert secrets(shop, before.id) == (now.secret, before.secret)
    run(shop.office)
    assert secrets(shop, before.id) == (now.secret, before.secret)
    shop_clock.forward(BOTH.total_seconds())
    assert secrets(shop, before.id) == (now.secret,)
    run(shop.office)
    with shop.databases.identity.read() as identity:
        assert require(identity, before.id).old_secret is None
    assert logged(shop.office, EventKind.WEBHOOK_CHANGED)[0].detail == {
        "webhook": before.id,
        "what": "secret",
    }


def test_who_is_switched_off_is_told_nothing_until_switched_on(
    shop: Home, hook: Hook, receiver: Receiver
) -> None:
    made = hook(receiver)
    for _ in range(2):  # the second changes nothing
        with shop.databases.identity.write() as identity:
            switch_off(identity, shop.office, made.id, Off.BY_HAND, actor="7")
    assert listed(shop)[0].off_because is Off.BY_HAND

    for _ in range(2):
        switch_on(shop.office, made.id, [place_of(receiver.url, "x")], actor="7")
    assert listed(shop)[0].off_because is None
    changes = [entry.detail for entry in logged(shop.office, EventKind.WEBHOOK_CHANGED)]
    assert changes == [
        {"webhook": made.id, "what": "on"},
        {"webhook": made.id, "what": "off", "because": "by_hand"},
    ]


def test_who_is_not_named_any_more_is_not_switched_on(
    shop: Home, hook: Hook, receiver: Receiver
) -> None:
    made = hook(receiver)
    with shop.databases.identity.write() as identity:
        switch_off(identity, shop.office, made.id, Off.GONE)
    with pytest.raises(AddressError):
        switch_on(shop.office, made.id, (), actor="7")
    assert listed(shop)[0].off_because is Off.GONE


def test_removing_leaves_nothing(shop: Home, hook: Hook, receiver: Receiver) -> None:
    made = hook(receiver)
    send_test(shop.office, made.id, actor="7")
    remove(shop.office, made.id, actor="7")

    with shop.databases.identity.read() as identity:
        assert identity.scalars(select(DeliveryRow)).all() == []
    assert listed(shop) == ()
    assert logged(shop.office, EventKind.WEBHOOK_REMOVED)[0].detail == {"webhook": made.id}


def test_what_is_not_there_cannot_be_changed(shop: Home) -> None:
    office = shop.office
    for act in (
        lambda: rotate(office, "none", actor="7"),
        lambda: remove(office, "none", actor="7"),
        lambda: switch_on(office, "none", (), actor="7"),
        lambda: send_test(office, "none", actor="7"),
        lambda: again(office, "none", office.now(), actor="7"),
    ):
        with pytest.raises(WebhookUnknownError):
            act()
