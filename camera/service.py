"""One camera: one source, one hub, one pipeline; everything of a person in memory only."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

from camera.capture import Capture
from camera.codes import Shown
from camera.condition import Condition
from camera.config import CameraConfig
from camera.device import DeviceFolder
from camera.gallery_sync import GallerySync
from camera.held import sealed_pass
from camera.hub import Hub
from camera.link import Link
from camera.newest import NewestFrame
from camera.outbox import Outbox
from camera.pairing import Pairing, join
from camera.reader import Reader
from camera.sources import Source, SourceKind, Video
from camera.state import EdgeState
from camera.telling import Teller
from camera.view import View
from camera.visitor import VisitorDecision
from clienteling.edge_protocol import (
    Counters,
    EdgePurpose,
    Health,
    OpenWindow,
    SourceState,
)
from clienteling.recognition.engine import Engine

_POLL_SECONDS: Final = 0.1
_FIRST_GALLERY_SECONDS: Final = 15.0
_FLUSH_SECONDS: Final = 5.0

#: Tells a runner what happened: a name and a few numbers, never anything of a person.
Emit = Callable[..., None]


def run_camera(
    config: CameraConfig,
    engine_factory: Callable[[], Engine],
    *,
    emit: Emit,
    stopping: threading.Event,
    now: Callable[[], datetime],
) -> int:
    """Pair if needed, and run one camera until its file ends or `stopping`; return 0 then.

    Raises:
        StartError: its file, the state folder, the engine or the pairing is not in order.
        RefusedError: the hub removed this camera, or asks for what this version cannot do.
    """
    source = config.opened_source()
    if source.kind is SourceKind.FILE:
        Video(source).close()  # a missing file does not come by itself: say so before pairing
    folder = DeviceFolder(config.state)
    engine = engine_factory()
    hub = Hub(config.hub, now, config.ca_file)
    try:
        pairing = join(config, folder, hub)
    except BaseException:
        hub.close()
        raise
    if pairing.is_new:
        emit("paired")
    service = CameraService(
        source,
        engine,
        pairing,
        purpose=config.purpose,
        loop=config.loop,
        emit=emit,
        stopping=stopping,
        now=now,
    )
    return service.run()


class CameraService:
    """The main loop; the thread that calls `run` is the pipeline's."""

    def __init__(
        self,
        source: Source,
        engine: Engine,
        pairing: Pairing,
        *,
        purpose: EdgePurpose,
        loop: bool,
        emit: Emit,
        stopping: threading.Event,
        now: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._emit = emit
        self._stopping = stopping
        self._now = now
        self._state = EdgeState(engine, purpose)
        self._outbox = Outbox()
        self._slot = NewestFrame()
        self._capture = Capture(
            engine,
            self._state,
            pairing.identity.camera,
            on_shown=self._pass_shown,
            unseal=lambda window: sealed_pass(window, pairing.identity.device_id, pairing.keys),
        )
        self._teller = Teller(self._state, pairing.identity.camera, now)
        self._counts: Counter[str] = Counter()
        self._ended = False
        self._condition = Condition(
            is_judged=source.kind is not SourceKind.FILE, on_change=self._source_changed
        )
        self._view = View(
            pairing.identity.camera,
            engine.detector,
            hub_now=self._state.hub_now,
            is_stopped=lambda: self._state.matching(time.monotonic()) == "stopped",
            on_ready=self._outbox.wake,
        )
        self._reader = Reader(
            source,
            self._slot,
            wanted=self._wants_frames,
            on_start=lambda: emit("started", clip=source.kind is SourceKind.FILE),
            condition=self._condition,
            looks=(self._view,),
            loop=loop,
        )
        self._link = Link(
            pairing.hub,
            self._state,
            GallerySync(pairing, self._state, engine.encoders),
            self._outbox,
            health=self._health,
            view=self._view,
            on_gallery=lambda version: emit("gallery", version=version),
            on_command=self._slot.poke,
            now=now,
        )

    def run(self) -> int:
        """Work until the end. Whatever happens, templates and frames are overwritten after it."""
        self._link.start()
        try:
            self._await_gallery()
            self._reader.start()
            while not self._done():
                self._turn()
            self._say_goodbye()
        finally:
            self._reader.finish()
            self._link.stop()
            self._slot.clear()
            self._state.clear()
        for error in (self._link.fatal, self._reader.error):
            if error is not None:
                raise error
        self._emit("ended")
        return 0

    def _await_gallery(self) -> None:
        """Let the first gallery come before the first frame; an absent hub delays, no more."""
        end = time.monotonic() + _FIRST_GALLERY_SECONDS
        while time.monotonic() < end and not self._over() and not self._link.synced.wait(0.05):
            continue

    def _over(self) -> bool:
        return self._stopping.is_set() or self._link.fatal is not None

    def _done(self) -> bool:
        return self._over() or self._slot.ended

    def _turn(self) -> None:
        self._obey()
        frame = self._slot.take(_POLL_SECONDS)
        at = time.monotonic()
        if self._state.sweep(at):
            self._link.tell_soon()
        capture = self._capture
        self._deliver(capture.tick(at) if frame is None else capture.step(frame))

    def _obey(self) -> None:
        while not self._link.commands.empty():
            command, at = self._link.commands.get(), time.monotonic()
            if isinstance(command, OpenWindow):
                self._deliver(self._capture.open(command, at))
            else:
                self._deliver(self._capture.close(at, command.window_id))

    def _deliver(self, decisions: tuple[VisitorDecision, ...]) -> None:
        for decision in decisions:
            self._counts[decision.decision] += 1
            for item in self._teller.messages(decision):
                self._outbox.add(item, now=time.monotonic())

    def _pass_shown(self, shown: Shown, at: float) -> None:
        for item in self._teller.shown(shown, at):
            self._outbox.add(item, now=time.monotonic())

    def _say_goodbye(self) -> None:
        self._deliver(self._capture.close(time.monotonic()))
        self._ended = True
        self._link.flush(_FLUSH_SECONDS)
        self._link.farewell()

    def _wants_frames(self) -> bool:
        return not self._condition.is_frozen and self._capture.wants_frames(time.monotonic())

    def _source_changed(self, state: SourceState) -> None:
        self._emit("source", state=state)
        self._link.tell_soon()

    def _health(self) -> Health:
        mono, policy = time.monotonic(), self._state.policy
        meters = [encoder.meter for encoder in self._engine.encoders]
        liveness = self._engine.liveness
        return Health(
            state="ended" if self._ended else self._state.matching(mono),
            gallery_version=self._state.version,
            policy=None if policy is None else policy.policy,
            encoder_calls=sum(meter.calls for meter in meters),
            encoder_calls_without_permit=sum(meter.without_permit for meter in meters),
            counters=Counters(**self._counts),
            frames=self._reader.frames,
            calibration=self._engine.calibration.source[:200],
            clock=self._now(),
            attack_check="none" if liveness is None else liveness.level,
            source=self._condition.report(),
        )
