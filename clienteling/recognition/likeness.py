"""How much a new template looks like one that is there already: asked once, at enrolment.

Two people whose templates come near each other will be confused at the camera; one person with two
templates is recognised as neither (R30). Both are told; nothing about recognising changes.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.calibration import Calibration
from clienteling.recognition.gallery import Gallery


class Likeness(StrEnum):
    """What the nearest other template says."""

    NONE = "none"
    #: One of the two, alone before a camera, may be taken for the other.
    LOOK_ALIKE = "look_alike"
    #: As near as two enrolments of one person come; identical twins may too.
    SAME_PERSON = "same_person"


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How like the nearest other template is, and whose alias that is; None if it is not like."""

    likeness: Likeness
    alias: str | None


def resemblance(
    vector: NDArray[np.float32], gallery: Gallery, calibration: Calibration
) -> Resemblance:
    """Compare a new template (d,) of length one with those of everybody else.

    From the threshold on (for one frame in a gallery of this size) it is a look-alike: that is the
    score from which the camera says a name. A margin above it, it may be the same person: there
    nearly every second enrolment is, and nobody else but close kin (docs/decisions/0102). In a
    gallery larger than was measured the largest that was measured speaks.
    """
    ranked = gallery.search(vector)
    size = min(len(gallery) + 1, calibration.largest_gallery)
    threshold = calibration.threshold(size, gallery.enrol_images, 1)
    if ranked.alias is None or ranked.score < threshold:
        return Resemblance(Likeness.NONE, None)
    if ranked.score < threshold + calibration.margin:
        return Resemblance(Likeness.LOOK_ALIKE, ranked.alias)
    return Resemblance(Likeness.SAME_PERSON, ranked.alias)
