"""One decision from several models, while a shop's customers move from one encoder to the next.

A customer has a template of one model only; a template is compared with vectors of its own model
only. So the models cannot agree about a visitor: one may know them, and the others must not object.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clienteling.recognition.calibration import Calibration
from clienteling.recognition.decide import Decision, DecisionKind, decide
from clienteling.recognition.evidence import Evidence
from clienteling.recognition.gallery import Gallery


@dataclass(frozen=True, slots=True)
class Side:
    """One model's view of a visitor: its vectors, its templates, what was measured with it."""

    evidence: Evidence
    gallery: Gallery
    calibration: Calibration


def decide_together(sides: Sequence[Side], *, final: bool) -> Decision | None:
    """Decide about a visitor, or None to wait for more frames.

    1. Each side decides for itself (`decide`), with the threshold for as many customers as all
       sides have together: what strangers are taken for at one and at the other adds up.
    2. One recognises, and no other recognises anybody else or is in doubt: recognised. Else, with
       anybody recognised or in doubt, ambiguous.
    3. Nobody recognises: once all have decided, or at the end, what they say.

    Args:
        sides: The shop's encoder first; at least one.
        final: No more frames will come.

    Raises:
        CalibrationError: There are more customers than one of the calibrations reaches.
        RecognitionError: A gallery is of another model than its calibration.
    """
    people = sum(len(side.gallery) for side in sides)
    opinions = [
        decide(side.evidence, side.gallery, side.calibration, final=final, people=people)
        for side in sides
    ]
    made = [opinion for opinion in opinions if opinion is not None]
    matches = [opinion for opinion in made if opinion.kind is DecisionKind.MATCH]
    doubts = [opinion for opinion in made if opinion.kind is DecisionKind.AMBIGUOUS]
    if len(matches) == 1 and not doubts:
        return matches[0]
    if matches:
        return replace(matches[0], kind=DecisionKind.AMBIGUOUS, alias=None)
    if not made or (len(made) < len(opinions) and not final):
        return None
    return (doubts or made)[0]
