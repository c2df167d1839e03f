"""From a frame to a decision about who asked, by a press or a pass; live and replayed alike.

Outside a window nothing is looked at. Inside, per frame:
1. Matching is allowed at this moment (gallery, lease, clock, log); else the window ends.
2. Faces are looked for; those in the near zone are large enough and stand in the zone.
3. More than one in the near zone: abort, before anything of this frame is encoded (R2).
4. The face is followed; another track than before begins with no evidence.
5. Good enough pictures are encoded, with the window's permit, and added to the evidence.
6. Enough evidence decides, once, and the decision closes the window; so does leaving.
Frames, vectors and evidence are overwritten as soon as they are used (R3).
"""

from camera.lookout import Lookout
from camera.visitor import (
    GONE_SECONDS,
    Lender,
    Look,
    Visitor,
    VisitorDecision,
    near_faces,
    nobody,
)
from camera.window import Window
from clienteling.edge_protocol import EdgePolicy
from clienteling.recognition.decide import ABORTED, Decision
from clienteling.recognition.detect import Face
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame, wipe
from clienteling.recognition.liveness.signs import shared_reader
from clienteling.recognition.permit import CapturePermit, for_window
from clienteling.recognition.track import Track, Tracker


class WindowPipeline:
    """A camera's pipeline under `trigger` and `pass`. Belongs to one thread, but for `is_open`."""

    def __init__(self, engine: Engine, policy: EdgePolicy, lender: Lender) -> None:
        self._lookout = Lookout(engine.detector)
        self._policy = policy
        self._lender = lender
        self._window: Window | None = None
        self._permit: CapturePermit | None = None
        self._tracker = Tracker()
        self._track: Track | None = None
        self._visitor = Visitor(
            engine,
            lender,
            shared_reader() if policy.challenge else None,
            everybody=policy.purpose == "till",
        )

    def runs(self, policy: EdgePolicy) -> bool:
        """Whether it was built for this very policy."""
        return self._policy == policy

    @property
    def is_open(self) -> bool:
        return self._window is not None

    def open(self, window: Window) -> tuple[VisitorDecision, ...]:
        """Open a window; one that stands open is decided first."""
        ended = self.close(window.opened_at)
        self._permit = for_window(
            window.window_id, self._policy.policy, window.opened_at, window.expires_at
        )
        self._window = window
        self._tracker = Tracker()
        self._visitor.ask(window.window_id)
        return ended

    def step(self, frame: Frame) -> tuple[VisitorDecision, ...]:
        """Take one frame and overwrite it; return the decisions that it brought."""
        try:
            if self._window is None or frame.at < self._window.opened_at:
                return ()
            if not self._window.covers(frame.at):
                return self.close(frame.at)
            return self._look(frame)
        finally:
            wipe(frame.image)

    def tick(self, at: float) -> tuple[VisitorDecision, ...]:
        """End a window whose time is over, also when no more frames come."""
        if self._window is None or at < self._window.expires_at:
            return ()
        return self.close(at)

    def close(self, at: float, window_id: str | None = None) -> tuple[VisitorDecision, ...]:
        """End the window (this one, if one is named) with what there is."""
        if self._window is None or window_id not in {None, self._window.window_id}:
            return ()
        return self._end(at, self._visitor.decide(at, final=True))

    def _look(self, frame: Frame) -> tuple[VisitorDecision, ...]:
        with self._lender(frame.at) as gallery:
            if gallery is None:
                return self._end(frame.at, None)
        faces = self._lookout.faces(frame)
        near = near_faces(faces, frame.image, self._policy.zone, self._policy.min_face_height)
        if len(near) > 1:
            return self._end(frame.at, ABORTED)
        tracks = self._tracker.update(faces, frame.at)
        if near:
            return self._take(frame, near[0], tracks[faces.index(near[0])])
        return self.close(frame.at) if self._has_left(frame.at) else ()

    def _has_left(self, at: float) -> bool:
        return (
            self._visitor.frames > 0
            and self._track is not None
            and at - self._track.last_at > GONE_SECONDS
        )

    def _take(self, frame: Frame, face: Face, track: Track) -> tuple[VisitorDecision, ...]:
        if self._track is None or track.number != self._track.number:
            self._visitor.forget()
        self._track = track
        if self._permit is None:
            return ()
        look = self._visitor.look(self._permit, frame, face)
        if look is Look.SOMEBODY_ELSE:
            return self._end(frame.at, ABORTED)
        if look is Look.UNUSABLE:
            return ()
        decision = self._visitor.decide(frame.at, final=False)
        return self._end(frame.at, decision) if decision is not None else ()

    def _end(self, at: float, decision: Decision | None) -> tuple[VisitorDecision, ...]:
        window, self._window, self._permit, self._track = self._window, None, None, None
        concluded: tuple[VisitorDecision, ...] = ()
        if window is not None and decision is None:
            concluded = (nobody(at, window.window_id),)
        elif window is not None and decision is not None:
            concluded = (self._visitor.concluded(at, decision, window.window_id),)
        self._visitor.forget()
        self._lookout.clear()
        return concluded
