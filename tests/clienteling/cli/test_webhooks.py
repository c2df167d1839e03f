"""`clienteling webhooks`: what it lists, and what the hub then sends."""

from clienteling.home import Home
from clienteling.service.stop import stop
from clienteling.webhooks.hooks import Off, switch_off
from consent.log.events import EventKind
from tests.clienteling.webhooks.conftest import Hook, Rounds, hook, rounds
from tests.support.receiver import Receiver
from tests.support.shops import Command, logged

__all__ = ["hook", "rounds"]  # fixtures of the webhooks' own tests


def test_it_lists_and_says_which_is_off(
    command: Command, shop: Home, hook: Hook, receiver: Receiver
) -> None:
    assert command("webhooks", "list").out == "There are none.\n"
    made = hook(receiver, "sale.kept")
    with shop.databases.identity.write() as identity:
        switch_off(identity, shop.office, made.id, Off.GONE)
    (one,) = command("webhooks", "list", "--json").json["webhooks"]
    assert (one["id"], one["events"], one["off_because"]) == (made.id, ["sale.kept"], "gone")
    assert f"{made.id}  off: gone  0 waiting  {receiver.url}" in command("webhooks", "list").out


def test_a_test_and_a_replay_are_sent_by_the_hub(
    command: Command, shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds
) -> None:
    made = hook(receiver)
    assert command("webhooks", "test", made.id).code == 0
    rounds()
    stop(shop.office, actor="7")
    rounds()
    done = command("webhooks", "replay", made.id, "--since", "2026-01-01", "--json")
    assert done.json == {"webhook": made.id, "again": 2}
    rounds()
    first, second, *rest = [heard.id for heard in receiver.heard]
    assert set(rest) == {first, second}
    details = [entry.detail for entry in logged(shop.office, EventKind.WEBHOOK_CHANGED)]
    assert details == [
        {"webhook": made.id, "what": "again", "count": 2},
        {"webhook": made.id, "what": "test"},
    ]


def test_what_is_not_there_and_no_time_say_so(command: Command, shop: Home) -> None:
    done = command("webhooks", "test", "none")
    assert (done.code, "no such webhook" in done.err) == (1, True)
    done = command("webhooks", "replay", "none", "--since", "yesterday")
    assert (done.code, "not a time like" in done.err) == (2, True)
