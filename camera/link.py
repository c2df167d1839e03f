"""The threads that keep a camera and its hub in step: listen, pull, tell.

Listening never waits for the other two, so that "forget this one" and "stop" take effect at once.
The hub being away is an ordinary state: what is held stays until its lease ends.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from camera.gallery_sync import GallerySync
from camera.hub import Hub, HubRefusedError, HubUnreachableError
from camera.outbox import Outbox
from camera.pairing import require_available
from camera.state import EdgeState, Moment
from camera.view import View
from clienteling.edge_protocol import (
    HEALTH_SECONDS,
    CloseWindow,
    EdgeEvent,
    EdgePolicy,
    GalleryChanged,
    Health,
    Hello,
    OpenWindow,
    PolicyChanged,
    Reset,
    Resume,
    Revoke,
    ShowView,
    Stop,
    WireError,
)
from clienteling.errors import ClientelingError, RefusedError

_LOG = logging.getLogger(__name__)
_RETRY_SECONDS: Final = 0.5
_REFUSED_RETRY_SECONDS: Final = 5.0
_JOIN_SECONDS: Final = 12.0  # longer than any one request may last
_RENEW_AT: Final = 2 / 3  # of the lease is left when it is renewed


class Link:
    """Three threads around one `EdgeState`. `commands` holds windows for the pipeline's thread."""

    def __init__(
        self,
        hub: Hub,
        state: EdgeState,
        sync: GallerySync,
        outbox: Outbox,
        *,
        health: Callable[[], Health],
        view: View,
        on_gallery: Callable[[int], None],
        on_command: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self._hub = hub
        self._state = state
        self._sync = sync
        self._outbox = outbox
        self._health = health
        self._view = view
        self._on_gallery = on_gallery
        self._on_command = on_command
        self._now = now
        self._stopping = threading.Event()
        self._pull = threading.Event()
        self._anew = threading.Event()
        self._news = threading.Event()
        self._said = ""
        self.commands: queue.SimpleQueue[OpenWindow | CloseWindow] = queue.SimpleQueue()
        self.synced = threading.Event()
        self.fatal: ClientelingError | None = None
        self._threads = [
            threading.Thread(target=target, name=f"camera-{name}", daemon=True)
            for name, target in (
                ("listen", self._listen),
                ("pull", self._pulls),
                ("tell", self._tell),
            )
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the threads; returns when they are gone."""
        self._stopping.set()
        self._pull.set()
        self._outbox.wake()
        self._hub.interrupt()
        for thread in self._threads:
            thread.join(timeout=_JOIN_SECONDS)
        self._hub.close()

    def flush(self, seconds: float) -> None:
        """Try for some seconds to tell what still waits, and how we are."""
        end = time.monotonic() + seconds
        while self._outbox.batch(time.monotonic()) and time.monotonic() < end and not self.fatal:
            time.sleep(0.02)

    def moment(self) -> Moment:
        return Moment(time.monotonic(), self._now())

    def _listen(self) -> None:
        while not self._stopping.is_set():
            self._guarded(self._hear)
            self._stopping.wait(_RETRY_SECONDS)

    def _hear(self) -> None:
        for event in self._hub.events():
            self._handle(event)
            if self._stopping.is_set():
                return

    def _handle(self, event: EdgeEvent) -> None:
        match event:
            case Hello():
                self._greet(event)
            case Revoke():
                self._state.revoke(event.aliases)
                self._outbox.forget(event.aliases)
                self._want_pull()
            case Stop():
                self._state.set_stopped(True)
                self.tell_soon()
                self._want_pull()
            case Resume():
                self._state.set_stopped(False)
                self._want_pull()
            case GalleryChanged():
                if event.version != self._state.version:
                    self._want_pull()
            case PolicyChanged():
                self._take_policy(event.policy)
                self._want_pull()
            case Reset():
                self._want_pull()
            case OpenWindow() | CloseWindow() | ShowView():
                self._obey(event)

    def _obey(self, event: OpenWindow | CloseWindow | ShowView) -> None:
        if not isinstance(event, ShowView):
            self.commands.put(event)
            self._on_command()
        elif not self._view.show(event):
            _LOG.warning("The hub asked for a view that is not in order; none is shown.")

    def _greet(self, hello: Hello) -> None:
        self._state.heard(hello.hub_time, self.moment())
        self._take_policy(hello.policy)
        if hello.stopped:
            self._state.set_stopped(True)
        self._want_pull()

    def _take_policy(self, policy: EdgePolicy) -> None:
        require_available(policy, self._state.purpose)
        if self._state.set_policy(policy):
            self._anew.set()

    def _want_pull(self) -> None:
        self._pull.set()

    def tell_soon(self) -> None:
        """Something changed that the hub should read in our health before its time."""
        self._news.set()
        self._outbox.wake()

    def _pulls(self) -> None:
        while not self._stopping.is_set():
            self._pull.wait(self._until_renewal())
            if self._stopping.is_set():
                return
            if self._state.policy is None:  # nothing was heard from the hub yet
                self._pull.clear()
                continue
            if not self._guarded(self._pull_once):
                self._stopping.wait(_RETRY_SECONDS)

    def _pull_once(self) -> None:
        # Cleared first: what is asked for while this pull runs, brings another one.
        self._pull.clear()
        anew = self._anew.is_set()
        self._anew.clear()
        before = self._state.version
        try:
            version = self._sync.pull(self.moment(), anew=anew)
        except ClientelingError:
            self._pull.set()
            if anew:
                self._anew.set()
            raise
        if version is not None and version != before:
            self._on_gallery(version)
        self.synced.set()
        self.tell_soon()

    def _until_renewal(self) -> float:
        policy = self._state.policy
        if policy is None:
            return HEALTH_SECONDS
        left = self._state.lease_left(time.monotonic())
        return max(_RETRY_SECONDS, left - policy.lease_seconds * _RENEW_AT)

    def _tell(self) -> None:
        due = 0.0
        while not self._stopping.is_set():
            if not self._news.is_set():
                self._outbox.wait(max(0.0, due - time.monotonic()))
            if self._stopping.is_set():
                return
            if not self._guarded(self._post):
                self._stopping.wait(_RETRY_SECONDS)
            self._guarded(self._show)
            if self._news.is_set() or time.monotonic() >= due:
                self._news.clear()
                wait = HEALTH_SECONDS if self._guarded(self.report) else _RETRY_SECONDS
                due = time.monotonic() + wait

    def _post(self) -> None:
        batch = self._outbox.batch(time.monotonic())
        if batch is None:
            return
        try:
            reply = self._hub.sightings(batch)
        except (HubRefusedError, WireError):
            self._outbox.done(batch)  # the hub will not take it later either
            raise
        self._outbox.done(batch)
        self._state.heard(reply.hub_time, self.moment())
        self._news.set()  # a decision changed the counters: the hub's health page shows them

    def _show(self) -> None:
        """Send the mosaic that waits; one that cannot be sent now is not sent later."""
        mosaic = self._view.take()
        if mosaic is not None:
            self._hub.mosaic(mosaic)

    def report(self) -> None:
        """Tell how we are; hear the hub's time, and whether we missed anything."""
        reply = self._hub.health(self._health())
        self._state.heard(reply.hub_time, self.moment())
        if reply.stopped:
            self._state.set_stopped(True)
        if reply.gallery_version != self._state.version:
            self._want_pull()

    def farewell(self) -> None:
        """Report once more, if the hub can be reached."""
        self._guarded(self.report)

    def _guarded(self, act: Callable[[], None]) -> bool:
        """Run one exchange with the hub; say once what is wrong, and whether it went well."""
        try:
            act()
        except HubRefusedError as error:
            self._refused(error)
        except (HubUnreachableError, WireError) as error:
            self._say(str(error))
        except ClientelingError as error:
            self._end(error)
        else:
            self._said = ""
            return True
        return False

    def _refused(self, error: HubRefusedError) -> None:
        if error.code == "revoked":
            self._end(RefusedError(f"{error} Pair this camera again to use it."))
            return
        if error.code == "clock_skew" and error.hub_time is not None:
            self._state.heard(error.hub_time, self.moment())
        self._say(str(error))
        self._stopping.wait(_REFUSED_RETRY_SECONDS)

    def _end(self, error: ClientelingError) -> None:
        self._state.clear()
        self.fatal = error
        self._stopping.set()
        self._on_command()

    def _say(self, message: str) -> None:
        if message != self._said and not self._stopping.is_set():
            _LOG.warning("%s", message)
        self._said = message
