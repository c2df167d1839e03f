"""One verdict per visitor, from all frames of the visit: live, spoof or undecided (R31).

`spoof` needs one clear reason. Without one the verdict is `undecided`, and `live` only when the
head was seen to be solid: a shop must not read `undecided` as `live`. An operator's model adds a
reason to refuse and takes none away, so the passive checks mean the same with it and without. The
limits were measured: docs/decisions/0075.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from clienteling.recognition.decide import Decision, DecisionKind
from clienteling.recognition.detect import Face
from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.liveness import borders
from clienteling.recognition.liveness.background import Background
from clienteling.recognition.liveness.borders import Borders
from clienteling.recognition.liveness.depth import Depth
from clienteling.recognition.liveness.minifasnet import MiniFasNet
from clienteling.recognition.liveness.place import Surface, place
from clienteling.recognition.liveness.screen import Pattern
from clienteling.recognition.liveness.surroundings import Surroundings

#: What the health page calls the check that runs.
Level = Literal["none", "passive", "passive+model"]

#: For so long a visitor is watched before somebody is recognised: what moves along shows in time.
ENOUGH_SECONDS: Final = 1.5
#: Frames sooner after the last are passed over: little has moved, and fast cameras cost more.
_APART: Final = 0.07
#: The visitor's frames that a model is asked about (it takes some milliseconds each).
MODEL_FRAMES: Final = frozenset({0, 2, 4})


class VerdictKind(StrEnum):
    """What the checks make of a visitor."""

    LIVE = "live"
    SPOOF = "spoof"
    UNDECIDED = "undecided"


class Reason(StrEnum):
    """Why a visitor is taken for a print or a screen."""

    #: What is around the face moves with it as one piece: paper, a screen, its border.
    HELD = "held"
    #: The face carries the pattern of a screen.
    PATTERN = "pattern"
    #: The operator's model says so.
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a measure is a reason.

    Attributes:
        held: How much better the surroundings fit when they move with the face, plus `side` for
            each side of a frame that moves with it.
        side: What one side of a frame weighs.
        pattern: Highest peak in the face's spectrum, nepers over its surroundings.
        model: Mean probability of a real face, below which the model's word is a reason.
        solid: Movement of the landmarks that no flat picture explains, eye distances.
    """

    held: float = 0.5
    side: float = 0.13
    pattern: float = 2.1
    model: float = 0.5
    solid: float = 0.08


@dataclass(frozen=True, slots=True)
class Checks:
    """Which checks a visitor goes through.

    Attributes:
        models: The operator's own; none: the passive checks alone.
        limits: From where on a measure counts.
        passive: Whether the passive checks count; only an evaluation of a model alone says no.
    """

    models: tuple[MiniFasNet, ...] = ()
    limits: Limits = Limits()
    passive: bool = True

    @property
    def level(self) -> Level:
        """Its name on the health page."""
        return "passive+model" if self.models else "passive"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the checks.

    Attributes:
        kind: Live, spoof or undecided.
        reasons: For a spoof, each check that found one.
        suspicion: The highest measure as a share of its limit; a spoof from 1 on.
        frames: Frames that were measured.
    """

    kind: VerdictKind
    reasons: tuple[Reason, ...]
    suspicion: float
    frames: int


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured of a visitor; None where there is nothing to go by yet.

    Attributes:
        moves_along: See `Surroundings.moves_along`.
        carried: See `Borders.carried`.
        peak: See `Pattern.peak`.
        bent: See `Depth.bent`.
        real: Mean probability of a real face, by the models.
    """

    moves_along: float | None
    carried: int | None
    peak: float | None
    bent: float
    real: float | None


class LivenessEvidence:
    """Adds up one visitor's measures; belongs to one track, like `decide.Evidence`."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks
        self._background = Background()
        self._surroundings = Surroundings()
        self._borders = Borders()
        self._pattern = Pattern()
        self._depth = Depth()
        self._real: list[float] = []
        self._first_at: float | None = None
        self._last_at = 0.0
        self.frames = 0

    def add(self, image: Image, face: Face, at: float) -> None:
        """Measure one frame (HxWx3, BGR). Numbers are kept, and no picture.

        Args:
            image: The frame.
            face: The visitor's face in it.
            at: The frame's moment, seconds on the source's clock.
        """
        if self._first_at is None:
            self._first_at = at
        elif at - self._last_at < _APART:
            return
        self._last_at = at
        if self._checks.passive:
            self._measure(image, face)
        if self.frames in MODEL_FRAMES and self._checks.models:
            real = [model.real(image, face) for model in self._checks.models]
            self._real.append(sum(real) / len(real))
        self.frames += 1

    def _measure(self, image: Image, face: Face) -> None:
        matrix = place(face.landmarks)
        if self._background.has_changed(image, matrix):
            self._surroundings.begin_again()
            self._borders.wipe()
        surface = Surface(image, matrix)
        view = surface.sampled(matrix, borders.CELLS)
        self._borders.add(view, matrix)
        self._surroundings.add(surface, matrix)
        wipe(view)
        surface.wipe()
        self._pattern.add(image, face)
        self._depth.add(face.landmarks)

    @property
    def watched(self) -> float:
        """Seconds from the first frame to the last."""
        return 0.0 if self._first_at is None else self._last_at - self._first_at

    def measures(self) -> Measures:
        """The measures as they stand."""
        return Measures(
            moves_along=self._surroundings.moves_along,
            carried=self._borders.carried,
            peak=self._pattern.peak,
            bent=self._depth.bent,
            real=sum(self._real) / len(self._real) if self._real else None,
        )

    def verdict(self) -> Verdict:
        """What the frames so far say."""
        limits, found = self._checks.limits, self.measures()
        held = (found.moves_along or 0.0) + limits.side * (found.carried or 0)
        suspicions = {
            Reason.HELD: held / limits.held,
            Reason.PATTERN: (found.peak or 0.0) / limits.pattern,
            Reason.MODEL: 0.0 if found.real is None else (1 - found.real) / (1 - limits.model),
        }
        reasons = tuple(reason for reason, share in suspicions.items() if share >= 1)
        kind = VerdictKind.UNDECIDED
        if reasons:
            kind = VerdictKind.SPOOF
        elif found.bent >= limits.solid:
            kind = VerdictKind.LIVE
        return Verdict(kind, reasons, max(0.0, *suspicions.values()), self.frames)

    def wipe(self) -> None:
        """Overwrite it and begin again (R3)."""
        for part in (
            self._background,
            self._surroundings,
            self._borders,
            self._pattern,
            self._depth,
        ):
            part.wipe()
        self._real.clear()
        self._first_at = None
        self.frames = 0


def settle(
    decision: Decision | None,
    evidence: LivenessEvidence | None,
    *,
    final: bool,
    everybody: bool = False,
) -> Decision | None:
    """What a decision becomes in the light of the attack check; None to wait for more frames.

    1. Only a match can do harm: whatever else was decided stands, unless `everybody` is checked.
    2. Without a check (switched off) the match stands.
    3. A spoof names nobody.
    4. A match waits until the visitor was seen to be live, was watched for `ENOUGH_SECONDS`, or has
       left.
    """
    if decision is None or evidence is None:
        return decision
    if decision.kind is not DecisionKind.MATCH and not everybody:
        return decision
    kind = evidence.verdict().kind
    if kind is VerdictKind.SPOOF:
        return Decision(DecisionKind.SPOOF, None, decision.score, decision.frames)
    is_enough = final or kind is VerdictKind.LIVE or evidence.watched >= ENOUGH_SECONDS
    return decision if is_enough else None
