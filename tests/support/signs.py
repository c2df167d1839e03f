"""What a camera reads of somebody who does steps of a challenge: made-up signs, frame by frame."""

from dataclasses import replace
from typing import Final

from clienteling.recognition.liveness.gesture import Step
from clienteling.recognition.liveness.signs import Signs

#: Somebody at rest: as measured of people who look ahead (docs/decisions/0110).
REST: Final = Signs(aside=0.01, below=0.0, eyes=0.34, mouth=0.05)
#: The same person in the middle of each step.
DOING: Final = {
    Step.LEFT: replace(REST, aside=0.3, eyes=None, mouth=None),
    Step.RIGHT: replace(REST, aside=-0.3, eyes=None, mouth=None),
    Step.BLINK: replace(REST, eyes=0.15),
    Step.SMILE: replace(REST, mouth=0.11),
}


def acted(*steps: Step, held: int = 4) -> list[Signs]:
    """Look ahead, do a step, look ahead, and so on; each for so many frames."""
    frames = [REST] * 6
    for step in steps:
        frames += [DOING[step]] * held + [REST] * held
    return frames
