"""Events: heard once, resumed within two minutes, `reset` when that is not possible."""

import threading

import pytest

from clienteling.bus import KEEP_SECONDS, RESET, Bus


class Time:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def bus(time: Time) -> Bus:
    return Bus(time)


def test_a_listener_hears_what_comes_after_it_began(bus: Bus) -> None:
    bus.publish("tablets", "before", {})
    with bus.subscribe("tablets") as listener:
        bus.publish("tablets", "after", {"arrival_id": "a"})
        event = listener.next(0)
        assert event is not None
        assert (event.name, event.data) == ("after", {"arrival_id": "a"})
        assert listener.next(0) is None


def test_other_topics_are_not_heard(bus: Bus) -> None:
    with bus.subscribe("tablets") as listener:
        bus.publish("camera:door", "stop", {})
        assert listener.next(0) is None


def test_every_listener_hears_every_event(bus: Bus) -> None:
    with bus.subscribe("tablets") as one, bus.subscribe("tablets") as two:
        bus.publish("tablets", "arrival", {})
        assert one.next(0) is not None
        assert two.next(0) is not None


def test_who_comes_back_hears_what_was_missed_and_nothing_twice(bus: Bus) -> None:
    with bus.subscribe("tablets") as listener:
        bus.publish("tablets", "first", {})
        heard = listener.next(0)
    assert heard is not None
    bus.publish("tablets", "second", {})
    bus.publish("camera:door", "stop", {})
    bus.publish("tablets", "third", {})
    with bus.subscribe("tablets", heard.id) as again:
        names = [event.name for event in (again.next(0), again.next(0), again.next(0)) if event]
    assert names == ["second", "third"]


def test_after_two_minutes_a_resume_is_a_reset(bus: Bus, time: Time) -> None:
    first = bus.publish("tablets", "first", {})
    bus.publish("tablets", "second", {})
    time.seconds += KEEP_SECONDS + 1
    with bus.subscribe("tablets", first.id) as listener:
        event = listener.next(0)
        assert event is not None
        assert event.name == RESET
        bus.publish("tablets", "third", {})
        event = listener.next(0)
        assert event is not None
        assert event.name == "third"


def test_a_resume_that_missed_nothing_is_no_reset_however_late(bus: Bus, time: Time) -> None:
    last = bus.publish("tablets", "only", {})
    time.seconds += KEEP_SECONDS + 1
    with bus.subscribe("tablets", last.id) as listener:
        assert listener.next(0) is None


@pytest.mark.parametrize("event_id", ["", "x", "deadbeef-1", "deadbeef-", "-1", "1", "é-1"])
def test_an_id_of_another_boot_or_none_at_all_is_a_reset(bus: Bus, event_id: str) -> None:
    with bus.subscribe("tablets", event_id) as listener:
        event = listener.next(0)
    assert event is not None
    assert event.name == RESET


def test_an_id_from_the_future_is_a_reset(bus: Bus) -> None:
    event = bus.publish("tablets", "first", {})
    boot = event.id.partition("-")[0]
    with bus.subscribe("tablets", f"{boot}-99") as listener:
        found = listener.next(0)
    assert found is not None
    assert found.name == RESET


def test_a_listener_so_slow_that_events_were_dropped_hears_reset(bus: Bus, time: Time) -> None:
    with bus.subscribe("tablets") as listener:
        bus.publish("tablets", "first", {})
        time.seconds += KEEP_SECONDS + 1
        bus.publish("tablets", "second", {})
        event = listener.next(0)
        assert event is not None
        assert event.name == RESET


def test_a_waiting_listener_wakes_at_once(bus: Bus) -> None:
    heard: list[str] = []
    with bus.subscribe("tablets") as listener:

        def wait() -> None:
            event = listener.next(10)
            heard.append("" if event is None else event.name)

        waiting = threading.Thread(target=wait)
        waiting.start()
        bus.publish("tablets", "arrival", {})
        waiting.join(timeout=5)
    assert heard == ["arrival"]


def test_closing_the_bus_wakes_every_listener(bus: Bus) -> None:
    with bus.subscribe("tablets") as listener:
        waiting = threading.Thread(target=lambda: listener.next(30))
        waiting.start()
        bus.close()
        waiting.join(timeout=5)
        assert not waiting.is_alive()
    assert bus.closed


def test_listeners_are_counted(bus: Bus) -> None:
    assert bus.listeners("camera:door") == 0
    with bus.subscribe("camera:door") as listener:
        assert bus.listeners("camera:door") == 1
        listener.close()
        assert bus.listeners("camera:door") == 0
    assert bus.listeners("camera:door") == 0


def test_many_threads_lose_and_repeat_nothing(bus: Bus) -> None:
    with bus.subscribe("tablets") as listener:
        threads = [
            threading.Thread(
                target=lambda n=n: [
                    bus.publish("tablets", "e", {"n": n * 100 + i}) for i in range(100)
                ]
            )
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        heard = [event.data["n"] for _ in range(400) if (event := listener.next(1)) is not None]
        assert sorted(map(int, map(str, heard))) == list(range(400))
        assert listener.next(0) is None
