"""Visitors under `zone` and `ambient`: each followed on their own, each decided about once.

A visitor is a track; who was decided about is not encoded again while the track lasts. Somebody
recognised who is lost for a moment and found again on a new track is still the same visitor.
"""

from typing import Final

from camera.lookout import Lookout
from camera.visitor import (
    GONE_SECONDS,
    Lender,
    Look,
    Visitor,
    VisitorDecision,
    near_faces,
)
from clienteling.edge_protocol import EdgePolicy
from clienteling.recognition.decide import Decision
from clienteling.recognition.detect import Face
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame, wipe
from clienteling.recognition.permit import CapturePermit, for_ambient, for_zone_dwell
from clienteling.recognition.track import Track, Tracker

#: Who stands this long in the marked lane wants to be greeted.
DWELL_SECONDS: Final = 1.5
#: For how long a dwell permits encoding.
_DWELL_PERMIT_SECONDS: Final = 10.0
#: Recognised again within this time: the same visit. As long as an arrival lives at the hub.
SAME_VISIT_SECONDS: Final = 120.0


class _Presence:
    """Somebody in view, and whether they were decided about."""

    def __init__(self, engine: Engine, lender: Lender, at: float) -> None:
        self.visitor = Visitor(engine, lender)
        self.near_since = self.last_at = at
        self.is_decided = False
        self.alias: str | None = None
        self.permit: CapturePermit | None = None


class _Recent:
    """When each recognised alias was last in view; forgotten when the visit is over."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def see(self, alias: str, at: float) -> bool:
        """Note it; whether it was in view a moment ago already."""
        self._seen = {a: t for a, t in self._seen.items() if at - t <= SAME_VISIT_SECONDS}
        is_same_visit = alias in self._seen
        self._seen[alias] = at
        return is_same_visit


class CrowdPipeline:
    """Several visitors at a time, under `zone` or `ambient`. Belongs to one thread."""

    def __init__(self, engine: Engine, policy: EdgePolicy, lender: Lender, source: str) -> None:
        """Build it for one source of frames.

        Args:
            engine: Detector, encoder, calibration.
            policy: `zone` or `ambient`, with zone and smallest face.
            lender: Lends the gallery; while it lends none, nobody is looked at.
            source: Names the camera or clip in the permits; never a person.
        """
        self._engine = engine
        self._policy = policy
        self._lender = lender
        self._source = source
        self._lookout = Lookout(engine.detector)
        self._tracker = Tracker()
        self._present: dict[int, _Presence] = {}
        self._recent = _Recent()

    def runs(self, policy: EdgePolicy) -> bool:
        """Whether it was built for this very policy."""
        return self._policy == policy

    def step(self, frame: Frame) -> tuple[VisitorDecision, ...]:
        """Take one frame and overwrite it; return the decisions that it brought.

        While matching is not allowed nothing is detected, and what was gathered is overwritten.
        """
        try:
            with self._lender(frame.at) as gallery:
                is_allowed = gallery is not None
            if not is_allowed:
                self._forget()
                return ()
            return self._look(frame)
        finally:
            wipe(frame.image)

    def tick(self, at: float) -> tuple[VisitorDecision, ...]:
        """Decide about those who have left, also when no more frames come."""
        gone = [n for n, p in self._present.items() if at - p.last_at > GONE_SECONDS]
        decisions: tuple[VisitorDecision, ...] = ()
        for number in gone:
            presence = self._present.pop(number)
            decisions += self._conclude(presence, at)
        return decisions

    def close(self, at: float) -> tuple[VisitorDecision, ...]:
        """Decide about everybody still in view: no more frames come."""
        decisions: tuple[VisitorDecision, ...] = ()
        for presence in self._present.values():
            decisions += self._conclude(presence, at)
        self._present.clear()
        self._lookout.clear()
        return decisions

    def _look(self, frame: Frame) -> tuple[VisitorDecision, ...]:
        faces = self._lookout.faces(frame)
        near = near_faces(faces, frame.image, self._policy.zone, self._policy.min_face_height)
        tracks = self._tracker.update(faces, frame.at)
        decisions = self.tick(frame.at)
        for face, track in zip(faces, tracks, strict=True):
            if any(face is candidate for candidate in near):
                decisions += self._see(frame, face, track)
        return decisions

    def _see(self, frame: Frame, face: Face, track: Track) -> tuple[VisitorDecision, ...]:
        presence = self._present.get(track.number)
        if presence is None:
            presence = self._arrive(track.number, frame.at)
        presence.last_at = frame.at
        if presence.alias is not None:
            self._recent.see(presence.alias, frame.at)
        permit = presence.permit or self._permit(presence, track.number, frame.at)
        if presence.is_decided or permit is None or not permit.valid_at(frame.at):
            return ()
        presence.permit = permit
        look = presence.visitor.look(permit, frame, face)
        if look is Look.UNUSABLE:
            return ()
        if look is Look.SOMEBODY_ELSE:
            # Somebody else stands where the last visitor stood: decide, and begin anew.
            decisions = self._conclude(presence, frame.at)
            self._arrive(track.number, frame.at)
            return decisions
        decision = presence.visitor.decide(frame.at, final=False)
        return () if decision is None else self._settle(presence, decision)

    def _arrive(self, number: int, at: float) -> _Presence:
        presence = self._present[number] = _Presence(self._engine, self._lender, at)
        return presence

    def _permit(self, presence: _Presence, number: int, at: float) -> CapturePermit | None:
        if self._policy.policy == "ambient":
            return for_ambient(self._source)
        if self._policy.policy == "zone" and at - presence.near_since >= DWELL_SECONDS:
            return for_zone_dwell(f"track-{number}", at, at + _DWELL_PERMIT_SECONDS)
        return None

    def _conclude(self, presence: _Presence, at: float) -> tuple[VisitorDecision, ...]:
        if presence.is_decided:
            return ()
        decision = presence.visitor.decide(at, final=True)
        if decision is None:
            presence.visitor.forget()
            return ()
        return self._settle(presence, decision)

    def _settle(self, presence: _Presence, decision: Decision) -> tuple[VisitorDecision, ...]:
        at = presence.last_at
        presence.is_decided = True
        presence.alias = decision.alias
        concluded = presence.visitor.concluded(at, decision, None)
        presence.visitor.forget()
        if decision.alias is not None and self._recent.see(decision.alias, at):
            return ()
        return (concluded,)

    def _forget(self) -> None:
        for presence in self._present.values():
            presence.visitor.forget()
        self._present.clear()
        self._lookout.clear()
