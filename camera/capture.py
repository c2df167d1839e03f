"""When this camera looks: the shop's capture policy decides, and everything else looks at nothing.

`trigger`: while a window is open that a customer opened. `zone` and `ambient`: always, as long as
matching is allowed; what may be encoded then is for the pipeline. `pass` waits for a later version.
The hub admits a policy only where the region's profile does (`consent.policy`).
"""

import logging
from typing import Final

from camera.pipeline import TriggerPipeline
from camera.presence import CrowdPipeline
from camera.state import EdgeState
from camera.visitor import VisitorDecision, nobody
from camera.window import Opening, Window, WindowGate
from clienteling.edge_protocol import OpenWindow
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame, wipe

_LOG = logging.getLogger(__name__)

#: Policies under which nobody opens a window.
UNASKED: Final = frozenset({"zone", "ambient"})

Decisions = tuple[VisitorDecision, ...]


class Capture:
    """The one pipeline of a camera. Belongs to one thread, but for `wants_frames`."""

    def __init__(self, engine: Engine, state: EdgeState, camera: str) -> None:
        self._engine = engine
        self._state = state
        self._camera = camera
        self._gate = WindowGate(camera)
        self._pipeline: TriggerPipeline | CrowdPipeline | None = None

    def wants_frames(self, at: float) -> bool:
        """Whether a picture taken now would be looked at; if not, none is made."""
        pipeline = self._pipeline
        if isinstance(pipeline, CrowdPipeline):
            return self._state.matching(at) == "matching"
        return pipeline is not None and pipeline.is_open

    def step(self, frame: Frame) -> Decisions:
        """Take one frame, and overwrite it whatever becomes of it."""
        ended = self._follow_policy(frame.at)
        if self._pipeline is None:
            wipe(frame.image)
            return ended
        return ended + self._pipeline.step(frame)

    def tick(self, at: float) -> Decisions:
        """Go on without a frame: end what is over, and follow the policy."""
        ended = self._follow_policy(at)
        return ended if self._pipeline is None else ended + self._pipeline.tick(at)

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
        if not isinstance(window, Window) or reason != "matching" or policy.policy != "trigger":
            _LOG.warning("A window was not used: %s, %s, %s.", window, reason, policy.policy)
            return (*ended, nobody(at, command.window_id))
        if not isinstance(self._pipeline, TriggerPipeline):
            self._pipeline = TriggerPipeline(self._engine, policy, self._state.gallery)
        return ended + self._pipeline.open(window)

    def close(self, at: float, window_id: str | None = None) -> Decisions:
        """End this window; without an id, end everything: no more frames come."""
        if isinstance(self._pipeline, TriggerPipeline):
            return self._pipeline.close(at, window_id)
        if self._pipeline is not None and window_id is None:
            return self._pipeline.close(at)
        return ()

    def _follow_policy(self, at: float) -> Decisions:
        """Let go of a pipeline of another policy, and begin one that waits for nobody's press."""
        ended: Decisions = ()
        policy = self._state.policy
        if self._pipeline is not None and (policy is None or not self._pipeline.runs(policy)):
            ended = self.close(at)
            self._pipeline = None
        if self._pipeline is None and policy is not None and policy.policy in UNASKED:
            self._pipeline = CrowdPipeline(self._engine, policy, self._state.gallery, self._camera)
        return ended
