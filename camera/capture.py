"""When this camera looks: the shop's capture policy decides, and everything else looks at nothing.

`trigger`: while a window is open that a customer opened. `pass`: likewise; until then pictures are
read for codes, and for nothing else. `zone` and `ambient`: always, as long as matching is allowed;
what may be encoded then is for the pipeline. The hub admits a policy only where the region's
profile does (`consent.region.policy`).
"""

import logging
from collections.abc import Callable
from typing import Final

from camera.codes import CodeLookout, Shown
from camera.pipeline import WindowPipeline
from camera.presence import CrowdPipeline
from camera.state import EdgeState
from camera.visitor import VisitorDecision, nobody
from camera.window import Opening, Window, WindowGate
from clienteling.edge_protocol import OpenWindow
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame, wipe
from consent.keystore.holder import HolderSecret

_LOG = logging.getLogger(__name__)

#: Policies under which nobody opens a window.
UNASKED: Final = frozenset({"zone", "ambient"})
#: Policies under which a customer does.
ASKED: Final = frozenset({"trigger", "pass"})

Decisions = tuple[VisitorDecision, ...]


class Capture:
    """The one pipeline of a camera. Belongs to one thread, but for `wants_frames`."""

    def __init__(
        self,
        engine: Engine,
        state: EdgeState,
        camera: str,
        *,
        on_shown: Callable[[Shown, float], None],
        unseal: Callable[[OpenWindow], HolderSecret | None],
    ) -> None:
        """Look with `engine` as `state` allows.

        Args:
            engine: Detector, encoder, calibration.
            state: What may be matched at this moment.
            camera: This camera's name.
            on_shown: Told of a code that was held up, and when.
            unseal: Opens a pass that came with a window; None: it is not for this camera.
        """
        self._engine = engine
        self._state = state
        self._camera = camera
        self._on_shown = on_shown
        self._unseal = unseal
        self._gate = WindowGate(camera)
        self._codes = CodeLookout(state.holds_pass)
        self._pipeline: WindowPipeline | CrowdPipeline | None = None

    def wants_frames(self, at: float) -> bool:
        """Whether a picture taken now would be looked at; if not, none is made."""
        pipeline = self._pipeline
        if isinstance(pipeline, WindowPipeline) and pipeline.is_open:
            return True
        is_awake = isinstance(pipeline, CrowdPipeline) or (
            self._is_by_pass() and self._codes.is_due(at)
        )
        return is_awake and self._state.matching(at) == "matching"

    def step(self, frame: Frame) -> Decisions:
        """Take one frame, and overwrite it whatever becomes of it."""
        ended = self._follow_policy(frame.at)
        if self._pipeline is not None and not self._waits_for_a_pass():
            return self._settled(ended + self._pipeline.step(frame))
        try:
            if self._is_by_pass():
                self._read(frame)
        finally:
            wipe(frame.image)
        return ended

    def tick(self, at: float) -> Decisions:
        """Go on without a frame: end what is over, and follow the policy."""
        ended = self._follow_policy(at)
        return self._settled(ended if self._pipeline is None else ended + self._pipeline.tick(at))

    def open(self, command: OpenWindow, at: float) -> Decisions:
        """Open a window that the hub asks for, if it is in order; see `WindowGate`."""
        policy, hub_now = self._state.policy, self._state.hub_now(at)
        if policy is None or hub_now is None:
            return ()
        window = self._gate.admit(command, longest=policy.window_seconds, hub_now=hub_now, now=at)
        if window in {Opening.OTHER_CAMERA, Opening.REPLAYED}:
            _LOG.warning("A window was refused: %s.", window)
            return ()
        ended = self._follow_policy(at)
        reason = self._state.matching(at)
        usable = isinstance(window, Window) and reason == "matching" and policy.policy in ASKED
        if not usable or not isinstance(window, Window):
            _LOG.warning("A window was not used: %s, %s, %s.", window, reason, policy.policy)
            return (*ended, nobody(at, command.window_id))
        if not isinstance(self._pipeline, WindowPipeline):
            self._pipeline = WindowPipeline(self._engine, policy, self._state.gallery)
        ended += self._pipeline.close(at)  # before its template makes way for the next
        if policy.policy == "pass" and not self._open_pass(command, at):
            _LOG.warning("A window was not used: its pass is not here.")
            return (*ended, nobody(at, command.window_id))
        return ended + self._pipeline.open(window)

    def close(self, at: float, window_id: str | None = None) -> Decisions:
        """End this window; without an id, end everything: no more frames come."""
        if isinstance(self._pipeline, WindowPipeline):
            return self._settled(self._pipeline.close(at, window_id))
        if self._pipeline is not None and window_id is None:
            return self._pipeline.close(at)
        return ()

    def _read(self, frame: Frame) -> None:
        if self._state.matching(frame.at) != "matching":
            return
        shown = self._codes.look(frame)
        if shown is not None:
            self._on_shown(shown, frame.at)

    def _open_pass(self, command: OpenWindow, at: float) -> bool:
        """Open the one template that the window is for, with the pass that was shown."""
        alias = command.alias or ""
        holder = self._codes.claim(alias, at)
        if holder is None and command.sealed_pass is not None:
            holder = self._unseal(command)
        return holder is not None and holder.alias == alias and self._state.open_pass(holder, at)

    def _settled(self, decisions: Decisions) -> Decisions:
        """Overwrite what a pass opened as soon as its window is over."""
        if self._waits_for_a_pass():
            self._state.close_pass()
        return decisions

    def _waits_for_a_pass(self) -> bool:
        is_open = isinstance(self._pipeline, WindowPipeline) and self._pipeline.is_open
        return self._is_by_pass() and not is_open

    def _is_by_pass(self) -> bool:
        policy = self._state.policy
        return policy is not None and policy.policy == "pass"

    def _follow_policy(self, at: float) -> Decisions:
        """Let go of a pipeline of another policy, and begin one that waits for nobody's press."""
        ended: Decisions = ()
        policy = self._state.policy
        if self._pipeline is not None and (policy is None or not self._pipeline.runs(policy)):
            ended = self.close(at)
            self._pipeline = None
            self._codes.clear()
            self._state.close_pass()
        if self._pipeline is None and policy is not None and policy.policy in UNASKED:
            self._pipeline = CrowdPipeline(self._engine, policy, self._state.gallery, self._camera)
        return ended
