"""From a frame to a decision about the customer who pressed (`trigger`); live and replayed alike.

Outside a window nothing is looked at. Inside, per frame:
1. Matching is allowed at this moment (gallery, lease, clock, log); else the window ends.
2. Faces are detected; those in the near zone are large enough and stand in the zone.
3. More than one in the near zone: abort, before anything of this frame is encoded (R2).
4. The face is followed; another track than before begins with no evidence.
5. Good enough pictures are encoded, with the window's permit, and added to the evidence.
6. Enough evidence decides, once, and the decision closes the window.
Frames, vectors and evidence are overwritten as soon as they are used (R3).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from camera.window import Window
from clienteling.edge_protocol import DecisionName, EdgePolicy, Zone
from clienteling.recognition.decide import ABORTED, Decision, Evidence, decide
from clienteling.recognition.detect import Face
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame, Image, wipe
from clienteling.recognition.gallery import NOBODY, Gallery
from clienteling.recognition.permit import CapturePermit, for_window
from clienteling.recognition.quality import PROBE, assess
from clienteling.recognition.track import Tracker

#: Lends the gallery for one decision at a moment, or None when matching is not allowed then.
Lender = Callable[[float], AbstractContextManager[Gallery | None]]


@dataclass(frozen=True, slots=True)
class VisitorDecision:
    """The one decision about a visitor.

    Attributes:
        t: When, on the frames' clock.
        decision: What became of the visitor; `none`: nobody usable was seen in a window.
        alias: Who it is, for a match.
        score: The nearest template's score; -1 when nothing was compared.
        frames: Frames that were encoded for it.
        window_id: The window that it closed, if it was one.
    """

    t: float
    decision: DecisionName
    alias: str | None
    score: float
    frames: int
    window_id: str | None = None


class TriggerPipeline:
    """One camera's pipeline under `trigger`. Belongs to one thread, but for `is_open`."""

    def __init__(self, engine: Engine, policy: EdgePolicy, lender: Lender) -> None:
        self._engine = engine
        self._policy = policy
        self._lender = lender
        self._window: Window | None = None
        self._permit: CapturePermit | None = None
        self._tracker = Tracker()
        self._track: int | None = None
        self._evidence = Evidence(engine.encoder.dimension)

    def runs(self, policy: EdgePolicy) -> bool:
        """Whether it was built for this very policy."""
        return self._policy == policy

    @property
    def is_open(self) -> bool:
        return self._window is not None

    def open(self, window: Window) -> tuple[VisitorDecision, ...]:
        """Open a window; one that stands open is decided first."""
        ended = self.close(window.opened_at)
        self._permit = for_window(window.window_id, "trigger", window.opened_at, window.expires_at)
        self._window = window
        self._tracker = Tracker()
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
        decision = None
        if self._evidence.frames:
            decision = self._decide(at, final=True)
        return self._end(at, decision)

    def _look(self, frame: Frame) -> tuple[VisitorDecision, ...]:
        with self._lender(frame.at) as gallery:
            if gallery is None:
                return self._end(frame.at, None)
        faces = self._engine.detector.detect(frame.image)
        near = near_faces(faces, frame.image, self._policy.zone, self._policy.min_face_height)
        if len(near) > 1:
            return self._end(frame.at, ABORTED)
        tracks = self._tracker.update(faces, frame.at)
        if not near:
            return ()
        return self._take(frame, near[0], tracks[faces.index(near[0])].number)

    def _take(self, frame: Frame, face: Face, track: int) -> tuple[VisitorDecision, ...]:
        if track != self._track:
            self._evidence.wipe()
            self._track = track
        if not assess(frame.image, (face,), PROBE).ok or self._permit is None:
            return ()
        if not add_evidence(self._engine, self._permit, self._evidence, frame, face):
            return self._end(frame.at, ABORTED)
        decision = self._decide(frame.at, final=False)
        return self._end(frame.at, decision) if decision is not None else ()

    def _decide(self, at: float, *, final: bool) -> Decision | None:
        with self._lender(at) as gallery:
            if gallery is None:
                return None
            return decide(self._evidence, gallery, self._engine.calibration, final=final)

    def _end(self, at: float, decision: Decision | None) -> tuple[VisitorDecision, ...]:
        window, self._window, self._permit, self._track = self._window, None, None, None
        frames = self._evidence.frames
        self._evidence.wipe()
        if window is None:
            return ()
        return (visitor_decision(at, decision, frames, window.window_id),)


def near_faces(
    faces: tuple[Face, ...], image: Image, zone: Zone, min_height: float
) -> tuple[Face, ...]:
    """Return the faces that are large enough, with their centre in the zone."""
    height, width = image.shape[:2]

    def is_near(face: Face) -> bool:
        x, y, w, h = face.box
        across, down = (x + w / 2) / width, (y + h / 2) / height
        inside = zone.x <= across <= zone.x + zone.w and zone.y <= down <= zone.y + zone.h
        return bool(inside and h >= min_height * height)

    return tuple(face for face in faces if is_near(face))


def add_evidence(
    engine: Engine, permit: CapturePermit, evidence: Evidence, frame: Frame, face: Face
) -> bool:
    """Encode one face into the evidence; False if it is another person than before.

    Below the calibration's `same_person`, somebody else has stepped into the same place. The vector
    is overwritten here, whatever comes of it.
    """
    vectors = engine.encoder.encode(permit, frame.image, (face,), frame.at)
    try:
        if not _agrees(evidence, vectors[0], engine.calibration.same_person):
            return False
        evidence.add(vectors[0])
        return True
    finally:
        vectors.fill(0)


def _agrees(evidence: Evidence, vector: NDArray[np.float32], same_person: float) -> bool:
    if not evidence.frames:
        return True
    probe = evidence.probe()
    score = float(vector @ probe)
    probe.fill(0)
    return score >= same_person


def visitor_decision(
    at: float, decision: Decision | None, frames: int, window_id: str | None = None
) -> VisitorDecision:
    """Return the decision as it leaves the pipeline; None says that nobody usable was seen."""
    if decision is None:
        return VisitorDecision(at, "none", None, NOBODY, 0, window_id)
    return VisitorDecision(
        at, decision.kind.value, decision.alias, decision.score, frames, window_id
    )
