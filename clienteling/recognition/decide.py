"""One decision per visitor, from the mean of the best frames.

Nobody is recognised by a single good frame early on, nobody when a second customer comes close
(R30), and nobody when the gallery is larger than what was measured.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from clienteling.recognition.calibration import Calibration
from clienteling.recognition.errors import RecognitionError
from clienteling.recognition.evidence import Evidence
from clienteling.recognition.gallery import NOBODY, Gallery, Ranked

#: Encoded frames after which a clear match is decided at once.
EARLY_FRAMES: Final = 3
#: Usable frames seen after which any match is decided, and who is clearly nobody.
ENOUGH_FRAMES: Final = 8
#: The most steps that a template may be stricter by; so many raise its threshold by the margin.
STRICTEST: Final = 3


class DecisionKind(StrEnum):
    """What became of a visitor."""

    MATCH = "match"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    #: A print, a screen or a mask, as far as the liveness checks can tell (R31).
    SPOOF = "spoof"
    #: Several faces stood in the near zone; the pipeline decides it, before anything is encoded.
    ABORT = "abort"


@dataclass(frozen=True, slots=True)
class Decision:
    """The one decision about a visitor.

    Attributes:
        kind: What became of the visitor.
        alias: Who it is, for a match; else None, whoever came nearest.
        score: The nearest template's score; -1 when nothing was compared.
        frames: Frames behind the score.
    """

    kind: DecisionKind
    alias: str | None
    score: float
    frames: int


#: Several faces: nothing was compared.
ABORTED: Final = Decision(DecisionKind.ABORT, None, NOBODY, 0)


def decide(
    evidence: Evidence,
    gallery: Gallery,
    calibration: Calibration,
    *,
    final: bool,
    people: int | None = None,
) -> Decision | None:
    """Decide about a visitor, or None to wait for more frames.

    1. A gallery of another model, or larger than was measured, is an error.
    2. Clearly above the threshold after `EARLY_FRAMES`, or above it after `ENOUGH_FRAMES` or at the
       end: recognised, if no other template is within the margin; else ambiguous, but not early.
       A template that somebody was wrongly taken for asks for more (`Gallery.stricter`), up to the
       margin: whoever comes nearest to it and does not reach that is nobody, never the runner-up.
    3. Clearly below after `ENOUGH_FRAMES`, or below at the end: unknown.

    Args:
        evidence: What was seen of the visitor so far.
        gallery: Who may be recognised.
        calibration: Measured with the gallery's model.
        final: No more frames will come; then there is a decision whenever there is evidence.
        people: Customers who may be recognised, where another model knows some of them (see
            `together`); None: those of this gallery.

    Raises:
        CalibrationError: The gallery is larger than the calibration reaches.
        RecognitionError: The gallery is of another model.
    """
    if gallery.model_id != calibration.model_id:
        raise RecognitionError(
            f"The gallery is of the model {gallery.model_id}, the calibration of "
            f"{calibration.model_id}. Enrol again, or choose the encoder of the gallery."
        )
    if not evidence.frames:
        return None
    size = len(gallery) if people is None else people
    threshold = calibration.threshold(size, gallery.enrol_images, evidence.frames)
    probe = evidence.probe()
    ranked = gallery.search(probe)
    probe.fill(0)  # a vector of the visitor, like the evidence (R3)
    threshold += calibration.margin * ranked.stricter / STRICTEST
    kind = _kind(ranked, threshold, calibration, evidence, final=final)
    if kind is None:
        return None
    alias = ranked.alias if kind is DecisionKind.MATCH else None
    return Decision(kind, alias, ranked.score, evidence.frames)


def _kind(
    ranked: Ranked, threshold: float, limits: Calibration, evidence: Evidence, *, final: bool
) -> DecisionKind | None:
    enough = final or evidence.seen >= ENOUGH_FRAMES
    early = evidence.frames >= EARLY_FRAMES and ranked.score >= threshold + limits.clearly
    if early or (enough and ranked.score >= threshold):
        if ranked.score - ranked.runner_up >= limits.margin:
            return DecisionKind.MATCH
        return DecisionKind.AMBIGUOUS if enough else None
    if final or (enough and ranked.score <= threshold - limits.clearly):
        return DecisionKind.UNKNOWN
    return None
