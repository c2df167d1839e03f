"""One visitor in front of one camera: what is gathered of them, up to the one decision."""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from clienteling.edge_protocol import DecisionName, Zone
from clienteling.recognition.decide import EARLY_FRAMES, Decision
from clienteling.recognition.detect import Face
from clienteling.recognition.encode import NoVectorError
from clienteling.recognition.engine import Engine
from clienteling.recognition.evidence import Evidence
from clienteling.recognition.frames import Frame, Image, wipe
from clienteling.recognition.gallery import NOBODY, Gallery
from clienteling.recognition.liveness.challenge import Challenge, answered
from clienteling.recognition.liveness.evidence import LivenessEvidence, settle
from clienteling.recognition.liveness.signs import SignReader
from clienteling.recognition.permit import CapturePermit
from clienteling.recognition.quality import PROBE, assess
from clienteling.recognition.together import Side, decide_together

#: Lends the gallery for one decision at a moment, or None when matching is not allowed then.
Lender = Callable[[float], AbstractContextManager[Gallery | None]]

#: A visitor not seen for this long has left.
GONE_SECONDS: Final = 1.0
#: After the first few, frames sooner than this after the last one encoded say the same again.
_ANOTHER_MOMENT_SECONDS: Final = 0.15
#: However good the frames before, after this long a face is encoded again, to see whose it is: the
#: attack check may wait while somebody else steps into a match.
_STILL_THE_SAME_SECONDS: Final = 0.5


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
        since: When the visitor was first seen where they could be encoded, on the same clock.
    """

    t: float
    decision: DecisionName
    alias: str | None
    score: float
    frames: int
    window_id: str | None = None
    since: float | None = None


def nobody(at: float, window_id: str) -> VisitorDecision:
    """Return what is said of a window in which nobody usable was seen."""
    return VisitorDecision(at, "none", None, NOBODY, 0, window_id)


class Look(Enum):
    """What one frame's face brought."""

    UNUSABLE = auto()
    USABLE = auto()
    #: Somebody else has stepped into the same place: nothing was added.
    SOMEBODY_ELSE = auto()


class Visitor:
    """Evidence about one visitor. Belongs to one thread; `forget` overwrites it (R3)."""

    def __init__(
        self,
        engine: Engine,
        lender: Lender,
        signs: SignReader | None = None,
        *,
        everybody: bool = False,
    ) -> None:
        """Begin without evidence.

        Args:
            engine: Detector, encoder, calibration.
            lender: Lends the gallery.
            signs: Reads the answers where challenges are asked.
            everybody: Strangers are checked as customers are, before anything is said (0306).
        """
        self._engine = engine
        self._lender = lender
        self._signs = signs
        self._everybody = everybody
        self._evidence = Evidence(engine.encoder.dimension)
        self._older = [(one, Evidence(one.encoder.dimension)) for one in engine.older]
        self._since: float | None = None
        self._encoded_at = -math.inf
        self._is_waiting = False
        self._liveness = None if engine.liveness is None else LivenessEvidence(engine.liveness)
        self._nonce: str | None = None
        self._challenge: Challenge | None = None

    def ask(self, nonce: str) -> None:
        """Forget who was there, and ask whoever comes for this nonce's challenge, if any is asked.

        Somebody else who steps in begins the challenge anew.
        """
        self._nonce = None if self._signs is None else nonce
        self.forget()

    @property
    def frames(self) -> int:
        """Frames behind a decision, if one were made now."""
        return self._evidence.frames

    def look(self, permit: CapturePermit, frame: Frame, face: Face) -> Look:
        """Take what one frame shows of the visitor's face.

        1. A picture that is not good enough is left alone (R29).
        2. Any other is looked at for signs of a print or a screen (R31).
        3. One that is not worth encoding is counted: see `_is_worth_encoding`.
        4. Any other is encoded, with the permit. A vector that does not agree with those before
           (the calibration's `same_person`) belongs to somebody else. Of one that the encoder makes
           nothing of, nothing is kept.
        5. An encoder that the shop used before runs too, while a customer has a template of its.
        The vectors are overwritten here, whatever comes of them.
        """
        self._since = frame.at if self._since is None else self._since
        if self._challenge is not None and self._signs is not None:
            self._challenge.add(self._signs.read(frame.image, face), frame.at)
        quality = assess(frame.image, (face,), PROBE)
        if not quality.ok:
            return Look.UNUSABLE
        if self._liveness is not None:
            self._liveness.add(frame.image, face, frame.at)
        if not self._is_worth_encoding(quality.score, frame.at):
            self._evidence.pass_over()
            for _, evidence in self._older:
                evidence.pass_over()
            return Look.USABLE
        return self._encode(permit, frame, face, quality.score)

    def _is_worth_encoding(self, quality: float, at: float) -> bool:
        """Whether it is better than what there is, and needed; or the last one is too old."""
        age = at - self._encoded_at
        if age >= _STILL_THE_SAME_SECONDS:
            return True
        if self._is_waiting or not self._evidence.wants(quality):
            return False
        return self._evidence.frames < EARLY_FRAMES or age >= _ANOTHER_MOMENT_SECONDS

    def _encode(self, permit: CapturePermit, frame: Frame, face: Face, quality: float) -> Look:
        try:
            vectors = self._engine.encoder.encode(permit, frame.image, (face,), frame.at)
        except NoVectorError:
            return Look.UNUSABLE
        try:
            if not self._evidence.agrees(vectors[0], self._engine.calibration.same_person):
                return Look.SOMEBODY_ELSE
            self._encoded_at = frame.at
            self._evidence.add(vectors[0], quality)
        finally:
            vectors.fill(0)
        self._look_with_older(permit, frame, face, quality)
        return Look.USABLE

    def _look_with_older(
        self, permit: CapturePermit, frame: Frame, face: Face, quality: float
    ) -> None:
        with self._lender(frame.at) as gallery:
            models = set() if gallery is None else {one.model_id for one in gallery.older}
        for engine, evidence in self._older:
            if engine.encoder.model_id in models:
                with suppress(NoVectorError):
                    vectors = engine.encoder.encode(permit, frame.image, (face,), frame.at)
                    evidence.add(vectors[0], quality)
                    wipe(vectors)

    def decide(self, at: float, *, final: bool) -> Decision | None:
        """Decide, or None: more frames are needed, or nothing was seen, or matching is not allowed.

        Whom the attack check takes for a print or a screen is not recognised (`settle`), nor who
        does not answer the challenge, where one is asked.

        Args:
            at: The moment, on the frames' clock.
            final: No more frames will come.
        """
        with self._lender(at) as gallery:
            if gallery is None:
                return None
            sides = [Side(self._evidence, gallery, self._engine.calibration)]
            sides += [
                Side(evidence, held, engine.calibration)
                for engine, evidence in self._older
                for held in gallery.older
                if held.model_id == engine.encoder.model_id
            ]
            decision = decide_together(sides, final=final)
        everybody = self._everybody
        settled = settle(decision, self._liveness, final=final, everybody=everybody)
        settled = answered(settled, self._challenge, final=final, everybody=everybody)
        self._is_waiting = decision is not None and settled is None
        return settled

    def concluded(self, at: float, decision: Decision, window_id: str | None) -> VisitorDecision:
        """Return the decision as it leaves the pipeline. Before `forget`."""
        return VisitorDecision(
            t=at,
            decision=decision.kind.value,
            alias=decision.alias,
            score=decision.score,
            frames=self._evidence.frames,
            window_id=window_id,
            since=self._since,
        )

    def forget(self) -> None:
        """Overwrite all evidence and begin again."""
        self._evidence.wipe()
        for _, evidence in self._older:
            evidence.wipe()
        self._since = None
        self._encoded_at = -math.inf
        self._is_waiting = False
        self._challenge = None if self._nonce is None else Challenge(self._nonce)
        if self._liveness is not None:
            self._liveness.wipe()


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
