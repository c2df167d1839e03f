"""What waits to be told to the hub: in memory, bounded, and too old after half a minute.

A sighting that the hub cannot have within 30 seconds is of no use to anybody, so it is dropped
rather than kept; nothing is ever written to disk.
"""

import threading
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

from clienteling.edge_protocol import (
    MAX_SKEW_SECONDS,
    PassShown,
    Sighting,
    SightingBatch,
    WindowClosed,
)

#: What a camera tells.
Item = Sighting | WindowClosed | PassShown

_BOUND = 100
_BATCH = 50


@dataclass(frozen=True, slots=True)
class _Waiting:
    at: float
    item: Item


class Outbox:
    """Safe for several threads. `batch` leaves items in place until `done` says they arrived."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[_Waiting] = deque(maxlen=_BOUND)

    def add(self, *items: Item, now: float) -> None:
        with self._changed:
            self._waiting.extend(_Waiting(now, item) for item in items)
            self._changed.notify_all()

    def batch(self, now: float) -> SightingBatch | None:
        """Return what is to be posted, oldest first; None when nothing waits."""
        with self._changed:
            while self._waiting and now - self._waiting[0].at > MAX_SKEW_SECONDS:
                self._waiting.popleft()
            items = [waiting.item for waiting in self._waiting][:_BATCH]
        if not items:
            return None
        return SightingBatch(
            sightings=tuple(item for item in items if isinstance(item, Sighting)),
            closed=tuple(item for item in items if isinstance(item, WindowClosed)),
            shown=tuple(item for item in items if isinstance(item, PassShown)),
        )

    def done(self, batch: SightingBatch) -> None:
        """Forget what was posted, or refused for good."""
        told = (*batch.sightings, *batch.closed, *batch.shown)
        self._remove(lambda item: item in told)

    def forget(self, aliases: Collection[str]) -> None:
        """Drop sightings of aliases that were revoked while they waited."""
        self._remove(lambda item: isinstance(item, Sighting) and item.alias in aliases)

    def wait(self, timeout: float) -> None:
        """Return when something waits, or after `timeout` seconds."""
        with self._changed:
            if not self._waiting:
                self._changed.wait(timeout)

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _remove(self, is_gone: Callable[[Item], bool]) -> None:
        with self._changed:
            kept = [waiting for waiting in self._waiting if not is_gone(waiting.item)]
            self._waiting = deque(kept, maxlen=_BOUND)
