"""What waits reaches its receiver: signed, tried again, and given up with a reason."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from standardwebhooks.webhooks import WebhookVerificationError

from clienteling.egress import place_of
from clienteling.home import Home
from clienteling.service.stop import resume_recognition, stop
from clienteling.webhooks import outbox
from clienteling.webhooks.courier import Courier
from clienteling.webhooks.events import Event
from clienteling.webhooks.hooks import Off, State, remove, rotate, switch_on, webhooks
from clienteling.webhooks.models import DeliveryRow, WebhookRow
from clienteling.webhooks.outbox import Delivery, again, latest
from clienteling.webhooks.schedule import DELAYS
from clienteling.webhooks.sending import Answer, Failure, Sender
from consent.clock import stamp
from consent.log.events import EventKind
from tests.clienteling.webhooks.conftest import Hook, Rounds
from tests.support.receiver import Receiver, receiving
from tests.support.shops import logged
from tests.support.web import LiveHub, ShopClock, eventually


def deliveries(shop: Home, webhook_id: str) -> list[Delivery]:
    with shop.databases.identity.read() as identity:
        return list(latest(identity, webhook_id, 100))


def off(shop: Home) -> Off | None:
    with shop.databases.identity.read() as identity:
        return webhooks(identity)[0].off_because


def test_it_is_told_signed_and_once(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds
) -> None:
    made = hook(receiver, "recognition.stopped")
    stop(shop.office, actor="7")
    rounds()
    rounds()

    (heard,) = receiver.heard
    (delivery,) = deliveries(shop, made.id)
    told = heard.verified(made.secret)
    assert told == {"type": "recognition.stopped", "timestamp": stamp(delivery.at), "data": {}}
    assert heard.id == delivery.id
    assert heard.headers["content-type"] == "application/json"
    assert (delivery.state, delivery.attempts, delivery.result) == (State.DONE, 1, "204")
    with pytest.raises(WebhookVerificationError):
        replace(heard, body=heard.body + b" ").verified(made.secret)


def test_nobody_is_told_what_they_did_not_ask_for(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds
) -> None:
    hook(receiver, "sale.kept")
    stop(shop.office, actor="7")
    rounds()
    assert not receiver.heard


def test_after_a_rotation_both_secrets_verify(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds
) -> None:
    old = hook(receiver)
    new = rotate(shop.office, old.id, actor="7")
    stop(shop.office, actor="7")
    rounds()
    (heard,) = receiver.heard
    assert heard.verified(old.secret) == heard.verified(new.secret)


def test_tries_follow_the_schedule_and_then_it_is_switched_off(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    receiver.status = 500
    made = hook(receiver)
    stop(shop.office, actor="7")
    rounds()
    for number, delay in enumerate(DELAYS, 1):
        (delivery,) = deliveries(shop, made.id)
        assert (delivery.state, delivery.attempts) == (State.WAITING, number)
        assert delivery.due_at == shop.office.now() + delay
        shop_clock.forward(delay.total_seconds() - 0.001)
        rounds()
        assert len(receiver.heard) == number, "too early"
        shop_clock.forward(0.001)
        rounds()

    (delivery,) = deliveries(shop, made.id)
    assert (delivery.state, delivery.attempts, delivery.due_at) == (State.FAILED, 10, None)
    assert off(shop) is Off.FAILED
    assert len(receiver.heard) == 10
    assert len({heard.id for heard in receiver.heard}) == 1
    assert len({heard.headers["webhook-timestamp"] for heard in receiver.heard}) == 10
    (entry,) = logged(shop.office, EventKind.WEBHOOK_CHANGED)
    assert entry.actor == "clienteling"
    assert entry.detail == {"webhook": made.id, "what": "off", "because": "failed"}

    stop_told = len(deliveries(shop, made.id))
    resume_recognition(shop.office, actor="7")
    assert len(deliveries(shop, made.id)) == stop_told, "nothing waits for who is switched off"


def test_who_is_gone_is_left_alone_at_once(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds
) -> None:
    receiver.status = 410
    made = hook(receiver)
    stop(shop.office, actor="7")
    rounds()
    rounds()
    assert len(receiver.heard) == 1
    assert off(shop) is Off.GONE
    assert deliveries(shop, made.id)[0].state is State.FAILED


def test_a_receiver_that_fails_is_not_battered_with_the_rest(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    receiver.status, receiver.extra = 503, {"retry-after": "60"}
    hook(receiver)
    stop(shop.office, actor="7")
    resume_recognition(shop.office, actor="7")
    rounds()
    assert len(receiver.heard) == 1
    shop_clock.forward(59)
    rounds()
    assert len(receiver.heard) == 1
    receiver.status = 200
    shop_clock.forward(1)
    rounds()
    assert len(receiver.heard) == 3


def test_what_waits_outlives_the_hub(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds, shop_clock: ShopClock
) -> None:
    receiver.status = 500
    made = hook(receiver)
    stop(shop.office, actor="7")
    rounds()
    rounds.courier.stop()

    receiver.status = 204
    shop_clock.forward(5)
    after = Rounds(shop, Sender())
    after()
    after.courier.stop()
    assert len(receiver.heard) == 2
    assert deliveries(shop, made.id)[0].state is State.DONE


def test_whose_answer_was_not_noted_hears_the_same_id_again(
    shop: Home, hook: Hook, receiver: Receiver
) -> None:
    """The hub dies between the answer and the note of it."""
    hook(receiver)
    stop(shop.office, actor="7")

    def die(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        Sender()(url, headers, body)
        raise SystemExit

    dying = Courier(shop.office, die)
    (run,) = dying.step()
    with pytest.raises(SystemExit):
        run.result(timeout=20)
    dying.stop()
    after = Rounds(shop, Sender())
    after()
    after.courier.stop()
    first, second = receiver.heard
    assert (first.id, first.body) == (second.id, second.body)


def test_one_slow_receiver_holds_up_no_other(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds
) -> None:
    with receiving() as slow:
        slow.open.clear()
        hook(slow)
        hook(receiver)
        stop(shop.office, actor="7")
        begun = rounds.courier.step()
        assert len(begun) == 2
        assert eventually(lambda: len(receiver.heard) == 1)
        resume_recognition(shop.office, actor="7")
        assert eventually(lambda: rounds.courier.step() == () or len(receiver.heard) == 2), (
            "the slow one is not asked twice at once"
        )
        assert eventually(lambda: len(receiver.heard) == 2)
        assert len(slow.heard) == 1
        slow.open.set()
        for run in begun:
            run.result(timeout=20)


def test_who_is_removed_during_a_try_leaves_nothing(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds
) -> None:
    receiver.open.clear()
    made = hook(receiver)
    stop(shop.office, actor="7")
    (run,) = rounds.courier.step()
    assert eventually(lambda: len(receiver.heard) == 1)
    remove(shop.office, made.id, actor="7")
    receiver.open.set()
    run.result(timeout=20)
    with shop.databases.identity.read() as identity:
        assert identity.scalars(select(DeliveryRow)).all() == []


def test_a_failed_webhook_goes_on_where_it_stopped(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds, shop_clock: ShopClock
) -> None:
    receiver.status = 410
    made = hook(receiver)
    stop(shop.office, actor="7")
    resume_recognition(shop.office, actor="7")
    rounds()
    receiver.status = 204
    switch_on(shop.office, made.id, [place_of(receiver.url, "x")], actor="7")
    shop_clock.forward(5)
    rounds()
    assert [one.state for one in deliveries(shop, made.id)].count(State.DONE) == 1

    assert again(
        shop.office, made.id, shop.office.now() - timedelta(hours=1), actor="7", only_failed=True
    )
    rounds()
    assert {one.state for one in deliveries(shop, made.id)} == {State.DONE}
    assert len(receiver.heard) == 3
    assert len({heard.id for heard in receiver.heard}) == 2


def test_everything_since_a_moment_is_sent_again(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds, shop_clock: ShopClock
) -> None:
    made = hook(receiver)
    stop(shop.office, actor="7")
    shop_clock.forward(3600)
    since = shop.office.now()
    resume_recognition(shop.office, actor="7")
    rounds()
    assert again(shop.office, made.id, since, actor="7") == 1
    rounds()
    assert [heard.body for heard in receiver.heard[1:]] == [receiver.heard[1].body] * 2


def test_too_much_that_waits_switches_off(
    shop: Home,
    hook: Hook,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "MOST_WAITING", 2)
    made = hook(receiver)
    for _ in range(2):
        stop(shop.office, actor="7")
        resume_recognition(shop.office, actor="7")
    assert off(shop) is Off.CROWDED
    assert len(deliveries(shop, made.id)) == 2


def test_a_secret_that_does_not_open_switches_off_until_there_is_a_new_one(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds
) -> None:
    """A backup of the keys of another time."""
    made = hook(receiver)
    stop(shop.office, actor="7")
    with shop.databases.identity.write() as identity:
        identity.execute(update(WebhookRow).values(secret=b"x" * 60))
    rounds()
    assert (off(shop), receiver.heard) == (Off.UNREADABLE, [])

    new = rotate(shop.office, made.id, actor="7")
    switch_on(shop.office, made.id, [place_of(receiver.url, "x")], actor="7")
    resume_recognition(shop.office, actor="7")
    rounds()
    (heard,) = receiver.heard
    assert heard.verified(new.secret)["type"] == "recognition.resumed"


def test_where_the_configuration_does_not_lead_any_more_says_so(
    shop: Home, hook: Hook, receiver: Receiver
) -> None:
    made = hook(receiver)
    stop(shop.office, actor="7")
    away = Rounds(shop, lambda *_: Answer(failure=Failure.EGRESS))
    away()
    away.courier.stop()
    (delivery,) = deliveries(shop, made.id)
    assert (delivery.state, delivery.result) == (State.WAITING, "egress")


def test_the_hub_brings_it_by_itself(live: LiveHub, hook: Hook, receiver: Receiver) -> None:
    """Also what another process wrote: a test from the command line."""
    made = hook(receiver)
    outbox.send_test(live.home.office, made.id, actor="command")
    assert eventually(lambda: len(receiver.heard) == 1)
    assert receiver.heard[0].verified(made.secret)["type"] == Event.TEST.value


def test_a_hub_that_ends_waits_for_the_try_that_is_made(
    shop: Home, hook: Hook, receiver: Receiver
) -> None:
    receiver.open.clear()
    made = hook(receiver)
    stop(shop.office, actor="7")
    courier = Courier(shop.office, Sender())
    courier.step()
    assert eventually(lambda: len(receiver.heard) == 1)
    ending = threading.Thread(target=courier.stop)
    ending.start()
    receiver.open.set()
    ending.join(timeout=20)
    assert deliveries(shop, made.id)[0].state is State.DONE
