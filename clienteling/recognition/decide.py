"""One decision per visitor, from the mean of several frames.

Nobody is recognised by a single good frame early on, nobody when a second customer comes close
(R30), and nobody when the gallery is larger than what was measured.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.calibration import Calibration
from clienteling.recognition.errors import RecognitionError
from clienteling.recognition.gallery import NOBODY, Gallery, Ranked

#: Frames after which a clear match is decided at once.
EARLY_FRAMES: Final = 3
#: Frames after which any match is decided, and who is clearly nobody.
ENOUGH_FRAMES: Final = 8


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


class Evidence:
    """Adds up one visitor's vectors. Belongs to one track; wiped when it was decided (R3)."""

    __slots__ = ("_total", "frames")

    def __init__(self, dimension: int) -> None:
        self._total = np.zeros(dimension, np.float32)
        self.frames = 0

    def add(self, vector: NDArray[np.float32]) -> None:
        """Add the vector (dimension,) of one frame, of length one."""
        self._total += vector
        self.frames += 1

    def probe(self) -> NDArray[np.float32]:
        """The mean (dimension,), not of length one: its scores are the mean of the frames' scores.

        Raises:
            RecognitionError: Nothing was added.
        """
        if not self.frames:
            raise RecognitionError("There is no evidence yet.")
        return self._total / np.float32(self.frames)

    def wipe(self) -> None:
        """Overwrite it and begin again."""
        self._total.fill(0)
        self.frames = 0


def decide(
    evidence: Evidence, gallery: Gallery, calibration: Calibration, *, final: bool
) -> Decision | None:
    """Decide about a visitor, or None to wait for more frames.

    1. A gallery of another model, or larger than was measured, is an error.
    2. Clearly above the threshold after `EARLY_FRAMES`, or above it after `ENOUGH_FRAMES` or at the
       end: recognised, if no other template is within the margin; else ambiguous, but not early.
    3. Clearly below after `ENOUGH_FRAMES`, or below at the end: unknown.

    Args:
        evidence: What was seen of the visitor so far.
        gallery: Who may be recognised.
        calibration: Measured with the gallery's model.
        final: No more frames will come; then there is a decision whenever there is evidence.

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
    threshold = calibration.threshold(len(gallery), gallery.enrol_images, evidence.frames)
    probe = evidence.probe()
    ranked = gallery.search(probe)
    probe.fill(0)  # a vector of the visitor, like the evidence (R3)
    kind = _kind(ranked, threshold, calibration, evidence.frames, final=final)
    if kind is None:
        return None
    alias = ranked.alias if kind is DecisionKind.MATCH else None
    return Decision(kind, alias, ranked.score, evidence.frames)


def _kind(
    ranked: Ranked, threshold: float, limits: Calibration, frames: int, *, final: bool
) -> DecisionKind | None:
    enough = final or frames >= ENOUGH_FRAMES
    early = frames >= EARLY_FRAMES and ranked.score >= threshold + limits.clearly
    if early or (enough and ranked.score >= threshold):
        if ranked.score - ranked.runner_up >= limits.margin:
            return DecisionKind.MATCH
        return DecisionKind.AMBIGUOUS if enough else None
    if final or (enough and ranked.score <= threshold - limits.clearly):
        return DecisionKind.UNKNOWN
    return None
