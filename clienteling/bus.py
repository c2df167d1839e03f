"""Publish and subscribe inside one hub process, with resume.

Events carry ids and nothing personal: whoever hears one fetches what it may see, and that read is
logged. The last two minutes are kept, so that a tablet that lost its connection hears what it
missed, once. An event id is "<boot>-<number>": after a restart of the hub, or a gap longer than
what is kept, the subscriber hears `reset` first and must fetch everything anew.
"""

import secrets
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

#: Seconds that an event can still be resumed from.
KEEP_SECONDS = 120.0

#: Name of the event that says "what you know is stale: start over".
RESET = "reset"


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `data` is JSON of ids, counts and times."""

    id: str
    name: str
    data: Mapping[str, object]


@dataclass(slots=True)
class _Kept:
    number: int
    at: float
    event: Event


@dataclass(slots=True)
class _Topic:
    kept: deque[_Kept] = field(default_factory=deque)
    #: Highest number that was dropped; who has not heard it cannot resume.
    dropped: int = 0
    listeners: int = 0


class Bus:
    """Topics with a short memory. Every method may be called from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start empty under a new boot epoch; `clock` gives monotonic seconds."""
        self._clock = clock
        self._boot = secrets.token_hex(4)
        self._number = 0
        self._topics: dict[str, _Topic] = defaultdict(_Topic)
        self._news = threading.Condition()
        self._closed = False

    def publish(self, topic: str, name: str, data: Mapping[str, object]) -> Event:
        """Tell everyone who listens to the topic, and those who resume in time."""
        with self._news:
            self._number += 1
            event = Event(f"{self._boot}-{self._number}", name, dict(data))
            kept = self._topics[topic]
            kept.kept.append(_Kept(self._number, self._clock(), event))
            self._forget(kept)
            self._news.notify_all()
        return event

    def subscribe(self, topic: str, last_event_id: str | None = None) -> "Subscription":
        """Listen from now on, or from the event after `last_event_id`.

        An id of another boot, or one too old, gives a subscription that starts with `reset`.
        """
        with self._news:
            kept = self._topics[topic]
            self._forget(kept)
            kept.listeners += 1
            if last_event_id is None:
                return Subscription(self, topic, cursor=self._number, stale=False)
            number = self._number_of(last_event_id)
            if number is None or number < kept.dropped:
                return Subscription(self, topic, cursor=self._number, stale=True)
            return Subscription(self, topic, cursor=number, stale=False)

    def listeners(self, topic: str) -> int:
        """How many subscriptions to the topic are open: 0 means nobody would hear."""
        with self._news:
            return self._topics[topic].listeners if topic in self._topics else 0

    def close(self) -> None:
        """End every subscription: the hub is stopping."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    @property
    def boot(self) -> str:
        """Names this run of the hub: another value means that its memory is another one."""
        return self._boot

    @property
    def closed(self) -> bool:
        """Whether the hub is stopping; streams end then."""
        return self._closed

    def _number_of(self, event_id: str) -> int | None:
        boot, _, number = event_id.partition("-")
        if boot != self._boot or not number.isascii() or not number.isdigit():
            return None
        return int(number) if int(number) <= self._number else None

    def _forget(self, topic: _Topic) -> None:
        limit = self._clock() - KEEP_SECONDS
        while topic.kept and topic.kept[0].at < limit:
            topic.dropped = topic.kept.popleft().number

    def _reset_event(self) -> Event:
        return Event(f"{self._boot}-{self._number}", RESET, {})


class Subscription:
    """One listener's place in a topic. Close it (or use `with`) when the listener has gone."""

    def __init__(self, bus: Bus, topic: str, *, cursor: int, stale: bool) -> None:
        """Made by `Bus.subscribe`."""
        self._bus = bus
        self._topic = topic
        self._cursor = cursor
        self._stale = stale
        self._open = True

    def next(self, timeout: float) -> Event | None:
        """Wait for the next event; None when none came in `timeout` seconds or the bus closed."""
        bus = self._bus
        with bus._news:  # noqa: SLF001 - one data structure in two classes
            event = self._take()
            if event is None and not bus.closed:
                bus._news.wait_for(self._has_news, timeout)  # noqa: SLF001
                event = self._take()
            return event

    def close(self) -> None:
        """Stop listening."""
        with self._bus._news:  # noqa: SLF001
            if self._open:
                self._open = False
                self._bus._topics[self._topic].listeners -= 1  # noqa: SLF001

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _has_news(self) -> bool:
        topic = self._bus._topics[self._topic]  # noqa: SLF001
        newest = topic.kept[-1].number if topic.kept else 0
        return self._bus.closed or newest > self._cursor

    def _take(self) -> Event | None:
        bus = self._bus
        topic = bus._topics[self._topic]  # noqa: SLF001
        # A listener so slow that its next event was dropped has a gap like any other.
        if self._stale or self._cursor < topic.dropped:
            self._stale = False
            self._cursor = bus._number  # noqa: SLF001
            return bus._reset_event()  # noqa: SLF001
        for kept in topic.kept:
            if kept.number > self._cursor:
                self._cursor = kept.number
                return kept.event
        return None
