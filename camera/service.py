"""One camera: one source, one hub, one pipeline; everything of a person in memory only."""

import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from camera.condition import Condition
from camera.gallery_sync import GallerySync
from camera.link import Link
from camera.newest import NewestFrame
from camera.outbox import Outbox
from camera.pairing import Pairing
from camera.pipeline import TriggerPipeline
from camera.reader import Reader
from camera.sources import Source, SourceKind
from camera.state import EdgeState
from camera.visitor import VisitorDecision
from camera.window import Opening, Window, WindowGate
from clienteling.edge_protocol import (
    Counters,
    Health,
    OpenWindow,
    Sighting,
    SourceState,
    WindowClosed,
)
from clienteling.recognition.engine import Engine

_LOG = logging.getLogger(__name__)
_POLL_SECONDS: Final = 0.1
_FIRST_GALLERY_SECONDS: Final = 15.0
_FLUSH_SECONDS: Final = 5.0

#: Tells a runner what happened: a name and a few numbers, never anything of a person.
Emit = Callable[..., None]


class CameraService:
    """The main loop; the thread that calls `run` is the pipeline's."""

    def __init__(
        self,
        source: Source,
        engine: Engine,
        pairing: Pairing,
        *,
        loop: bool,
        emit: Emit,
        stopping: threading.Event,
        now: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._emit = emit
        self._stopping = stopping
        self._now = now
        self._camera = pairing.identity.camera
        self._state = EdgeState(engine)
        self._outbox = Outbox()
        self._slot = NewestFrame()
        self._gate = WindowGate(pairing.identity.camera)
        self._pipeline: TriggerPipeline | None = None
        self._counts: Counter[str] = Counter()
        self._sequence = 0
        self._ended = False
        self._condition = Condition(on_change=self._source_changed)
        self._reader = Reader(
            source,
            self._slot,
            wanted=lambda: self._pipeline is not None and self._pipeline.is_open,
            on_start=lambda: emit("started", clip=source.kind is SourceKind.FILE),
            condition=self._condition,
            loop=loop,
        )
        self._link = Link(
            pairing.hub,
            self._state,
            GallerySync(pairing, self._state, engine.encoder.dimension),
            self._outbox,
            health=self._health,
            on_gallery=lambda version: emit("gallery", version=version),
            on_command=self._slot.poke,
            now=now,
        )

    def stop(self) -> None:
        """End soon; may be called from a signal handler."""
        self._stopping.set()

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
        if self._pipeline is None:
            self._slot.clear()
        elif frame is not None:
            self._deliver(self._pipeline.step(frame))
        else:
            self._deliver(self._pipeline.tick(at))

    def _obey(self) -> None:
        while not self._link.commands.empty():
            command = self._link.commands.get()
            if isinstance(command, OpenWindow):
                self._open(command)
            elif self._pipeline is not None:
                self._deliver(self._pipeline.close(time.monotonic(), command.window_id))

    def _open(self, command: OpenWindow) -> None:
        mono = time.monotonic()
        policy, hub_now = self._state.policy, self._state.hub_now(mono)
        if policy is None or hub_now is None:
            return
        window = self._gate.admit(command, longest=policy.window_seconds, hub_now=hub_now, now=mono)
        if window in {Opening.OTHER_CAMERA, Opening.REPLAYED}:
            _LOG.warning("A window was refused: %s.", window)
            return
        reason = self._state.matching(mono)
        if not isinstance(window, Window) or reason != "matching":
            _LOG.warning("A window was not used: %s.", window if reason == "matching" else reason)
            closed = VisitorDecision(mono, "none", None, -1.0, 0, command.window_id)
            self._deliver((closed,))
            return
        if self._pipeline is None or not self._pipeline.runs(policy):
            if self._pipeline is not None:
                self._deliver(self._pipeline.close(mono))
            self._pipeline = TriggerPipeline(self._engine, policy, self._state.gallery)
        self._deliver(self._pipeline.open(window))

    def _deliver(self, decisions: tuple[VisitorDecision, ...]) -> None:
        for decision in decisions:
            self._counts[decision.decision] += 1
            for item in self._messages(decision):
                self._outbox.add(item, now=time.monotonic())

    def _messages(self, decision: VisitorDecision) -> Iterator[Sighting | WindowClosed]:
        captured, version = self._state.hub_now(decision.t), self._state.version
        window_id = decision.window_id
        if window_id is None:
            return
        if decision.alias is not None and captured is not None and version is not None:
            self._sequence = max(self._sequence + 1, int(self._now().timestamp() * 1000))
            yield Sighting(
                window_id=window_id,
                alias=decision.alias,
                gallery_version=version,
                camera=self._camera,
                score=min(1.0, max(-1.0, decision.score)),
                frames=decision.frames,
                captured_at=captured,
                sequence=self._sequence,
                nonce=secrets.token_bytes(16),
            )
        yield WindowClosed(window_id=window_id, decision=decision.decision, frames=decision.frames)

    def _say_goodbye(self) -> None:
        if self._pipeline is not None:
            self._deliver(self._pipeline.close(time.monotonic()))
        self._ended = True
        self._link.flush(_FLUSH_SECONDS)
        self._link.farewell()

    def _source_changed(self, state: SourceState) -> None:
        self._emit("source", state=state)
        self._link.tell_soon()

    def _health(self) -> Health:
        mono, policy = time.monotonic(), self._state.policy
        meter = self._engine.encoder.meter
        return Health(
            state="ended" if self._ended else self._state.matching(mono),
            gallery_version=self._state.version,
            policy=None if policy is None else policy.policy,
            encoder_calls=meter.calls,
            encoder_calls_without_permit=meter.without_permit,
            counters=Counters(**self._counts),
            frames=self._reader.frames,
            calibration=self._engine.calibration.source[:200],
            clock=self._now(),
            source=self._condition.report(),
        )
