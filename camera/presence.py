"""Visitors under `zone` and `ambient`: each followed on their own, each decided about once.

These two policies exist in replay only. A visitor is a track; who was decided about is not encoded
again while the track lasts. Somebody recognised who is lost for a moment and found again on a new
track is still the same visitor.
"""

from dataclasses import dataclass, field
from typing import Final

from camera.pipeline import VisitorDecision, add_evidence, near_faces, visitor_decision
from clienteling.edge_protocol import EdgePolicy
from clienteling.recognition.decide import Decision, Evidence, decide
from clienteling.recognition.detect import Face
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame, wipe
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.permit import CapturePermit, for_ambient, for_zone_dwell
from clienteling.recognition.quality import PROBE, assess
from clienteling.recognition.track import Track, Tracker

#: Who stands this long in the marked lane wants to be greeted.
DWELL_SECONDS: Final = 1.5
#: For how long a dwell permits encoding.
_DWELL_PERMIT_SECONDS: Final = 10.0
#: A visitor not seen for this long has left.
GONE_SECONDS: Final = 1.0
#: Recognised again within this time: the same visit.
_SAME_VISIT_SECONDS: Final = 5.0


@dataclass(slots=True)
class _Visitor:
    evidence: Evidence
    near_since: float
    last_at: float
    is_decided: bool = False
    alias: str | None = None
    permit: CapturePermit | None = None


@dataclass(slots=True)
class _Recent:
    """When each recognised alias was last in view."""

    seen: dict[str, float] = field(default_factory=dict)

    def is_same_visit(self, alias: str, at: float) -> bool:
        last = self.seen.get(alias)
        self.seen[alias] = at
        return last is not None and at - last <= _SAME_VISIT_SECONDS


class CrowdPipeline:
    """Several visitors at a time, under `zone` or `ambient`."""

    def __init__(self, engine: Engine, policy: EdgePolicy, gallery: Gallery) -> None:
        self._engine = engine
        self._policy = policy
        self._gallery = gallery
        self._tracker = Tracker()
        self._visitors: dict[int, _Visitor] = {}
        self._recent = _Recent()

    def step(self, frame: Frame) -> tuple[VisitorDecision, ...]:
        """Take one frame and overwrite it; return the decisions that it brought."""
        try:
            faces = self._engine.detector.detect(frame.image)
            near = near_faces(faces, frame.image, self._policy.zone, self._policy.min_face_height)
            tracks = self._tracker.update(faces, frame.at)
            decisions = self._leave(frame.at)
            for face, track in zip(faces, tracks, strict=True):
                if any(face is candidate for candidate in near):
                    decisions += self._see(frame, face, track)
            return decisions
        finally:
            wipe(frame.image)

    def finish(self, at: float) -> tuple[VisitorDecision, ...]:
        """Decide about everybody still in view; the clip is over."""
        decisions: tuple[VisitorDecision, ...] = ()
        for visitor in self._visitors.values():
            decisions += self._conclude(visitor, at)
        self._visitors.clear()
        return decisions

    def _leave(self, at: float) -> tuple[VisitorDecision, ...]:
        gone = [n for n, v in self._visitors.items() if at - v.last_at > GONE_SECONDS]
        decisions: tuple[VisitorDecision, ...] = ()
        for number in gone:
            visitor = self._visitors.pop(number)
            decisions += self._conclude(visitor, visitor.last_at)
        return decisions

    def _see(self, frame: Frame, face: Face, track: Track) -> tuple[VisitorDecision, ...]:
        visitor = self._visitors.get(track.number)
        if visitor is None:
            visitor = self._arrive(track.number, frame.at)
        visitor.last_at = frame.at
        if visitor.alias is not None:
            self._recent.seen[visitor.alias] = frame.at
        permit = visitor.permit or self._permit(visitor, track.number, frame.at)
        if visitor.is_decided or permit is None or not permit.valid_at(frame.at):
            return ()
        visitor.permit = permit
        if not assess(frame.image, (face,), PROBE).ok:
            return ()
        decisions: tuple[VisitorDecision, ...] = ()
        if not add_evidence(self._engine, permit, visitor.evidence, frame, face):
            # Somebody else stands where the last visitor stood: decide, and begin anew.
            decisions = self._conclude(visitor, frame.at)
            self._arrive(track.number, frame.at)
            return decisions
        decision = decide(visitor.evidence, self._gallery, self._engine.calibration, final=False)
        return decisions if decision is None else self._settle(visitor, decision, frame.at)

    def _arrive(self, number: int, at: float) -> _Visitor:
        visitor = _Visitor(Evidence(self._engine.encoder.dimension), at, at)
        self._visitors[number] = visitor
        return visitor

    def _permit(self, visitor: _Visitor, number: int, at: float) -> CapturePermit | None:
        if self._policy.policy == "ambient":
            return for_ambient("replay")
        if self._policy.policy == "zone" and at - visitor.near_since >= DWELL_SECONDS:
            return for_zone_dwell(f"track-{number}", at, at + _DWELL_PERMIT_SECONDS)
        return None

    def _conclude(self, visitor: _Visitor, at: float) -> tuple[VisitorDecision, ...]:
        if visitor.is_decided or not visitor.evidence.frames:
            return ()
        decision = decide(visitor.evidence, self._gallery, self._engine.calibration, final=True)
        return () if decision is None else self._settle(visitor, decision, at)

    def _settle(
        self, visitor: _Visitor, decision: Decision, at: float
    ) -> tuple[VisitorDecision, ...]:
        visitor.is_decided = True
        visitor.alias = decision.alias
        frames = visitor.evidence.frames
        visitor.evidence.wipe()
        if decision.alias is not None and self._recent.is_same_visit(decision.alias, at):
            return ()
        return (visitor_decision(at, decision, frames),)
