"""Event streams (server-sent events) over the bus: resumable, with a heartbeat, ended when due."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing

from flask import Response, g, request
from flask_security import current_user
from werkzeug.exceptions import ServiceUnavailable

from clienteling.access.devices import PairedDevice, still_paired
from clienteling.access.models import User
from clienteling.bus import RESET, Event, Subscription
from web.context import Hub, current_hub

#: Seconds between heartbeats: comments that keep proxies and edges from giving up.
HEARTBEAT = 4.0
_TICK = 1.0


def stream(
    hub: Hub,
    topic: str,
    last_event_id: str | None,
    *,
    first: tuple[str, str] | None = None,
    reset: Mapping[str, object] | None = None,
    admitted: Callable[[], bool] | None = None,
) -> Response:
    """Answer with the events of a topic, from `last_event_id` on.

    Args:
        hub: Whose bus it is.
        topic: What to listen to.
        last_event_id: Where the listener stopped hearing; None: from now on.
        first: An event (name, JSON) to send before all others.
        reset: Data of the `reset` event, if the listener expects some.
        admitted: Asked at every heartbeat; the stream ends when it says no. Default: the person and
            the device that opened the stream are still allowed in.

    Raises:
        ServiceUnavailable: too many streams are open.
    """
    if not hub.streams.acquire(blocking=False):
        raise ServiceUnavailable
    try:
        subscription = hub.bus.subscribe(topic, last_event_id or None)
    except BaseException:
        hub.streams.release()
        raise
    gone: Callable[[], bool] = request.environ.get("waitress.client_disconnected", lambda: False)
    body = _Body(hub, subscription, first, dict(reset or {}), admitted or _same_visitor(), gone)
    response = Response(body, mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # a proxy must pass events on at once
    return response


class _Body:
    """The stream's bytes. The server calls `close` however it ends, also if it never began."""

    def __init__(
        self,
        hub: Hub,
        subscription: Subscription,
        first: tuple[str, str] | None,
        reset: dict[str, object],
        admitted: Callable[[], bool],
        gone: Callable[[], bool],
    ) -> None:
        self._hub = hub
        self._subscription = subscription
        self._first = first
        self._reset = reset
        self._admitted = admitted
        self._gone = gone
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        with closing(self):
            yield b"retry: 1000\n\n"
            if self._first is not None:
                yield _frame(None, *self._first)
            yield from self._events()

    def close(self) -> None:
        """Give the place back."""
        if not self._closed:
            self._closed = True
            self._subscription.close()
            self._hub.streams.release()

    def _events(self) -> Iterator[bytes]:
        checked = time.monotonic()
        while not self._hub.bus.closed and not self._gone():
            event = self._subscription.next(_TICK)
            if time.monotonic() - checked >= HEARTBEAT:
                if not self._admitted():
                    return
                checked = time.monotonic()
                yield b": alive\n\n"
            if event is not None:
                yield self._encode(event)

    def _encode(self, event: Event) -> bytes:
        data = self._reset if event.name == RESET else event.data
        return _frame(event.id, event.name, json.dumps(data, separators=(",", ":")))


def _frame(event_id: str | None, name: str, data: str) -> bytes:
    number = "" if event_id is None else f"id: {event_id}\n"
    return f"{number}event: {name}\ndata: {data}\n\n".encode()


def _same_visitor() -> Callable[[], bool]:
    """Return a check that whoever opened the stream is still let in (signed in, paired)."""
    hub = current_hub()
    device: PairedDevice | None = g.get("device")
    user_id: int | None = current_user.id if current_user.is_authenticated else None

    def still() -> bool:
        with hub.databases.identity.read() as identity:
            if device is not None and not still_paired(identity, device.id):
                return False
            if user_id is None:
                return True
            user = identity.get(User, user_id)
            return user is not None and user.active

    return still
