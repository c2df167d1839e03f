"""What a camera reads of somebody who does steps of a challenge: made-up signs, frame by frame."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from clienteling.recognition.detect import Face
from clienteling.recognition.frames import Image
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


class ActingReader:
    """Reads of every picture what somebody who does these steps would show, and then rests.

    `steps` may be asked for with each picture, where a press decides them: other steps than before
    are begun anew.
    """

    def __init__(self, steps: Sequence[Step] | Callable[[], Sequence[Step]]) -> None:
        self._steps = steps
        self._made: Sequence[Step] | None = None
        self._frames: list[Signs] = []

    def read(self, image: Image, face: Face) -> Signs:
        del image, face
        steps = self._steps() if callable(self._steps) else self._steps
        if steps != self._made:
            self._made, self._frames = steps, acted(*steps)
        return self._frames.pop(0) if self._frames else REST
