"""What a person does before the camera: turns the head, closes and opens the eyes, smiles.

Told from `signs`, against the same person's own at the beginning. The limits were measured:
docs/decisions/0110.
"""

from enum import StrEnum
from statistics import median
from typing import Final

from clienteling.recognition.liveness.signs import AHEAD, Signs

#: Frames of a face that looks ahead, from which its own eyes and mouth are taken.
_REST: Final = 5
#: How far the nose stands aside when the head is turned, eye distances.
_TURNED: Final = 0.19
#: How far it may have moved down or up for eyes and mouth to count: a nod hides the eyes.
_LEVEL: Final = 0.1
#: So many frames in a row count; one alone may be an error.
_HELD: Final = 2
#: The eyes' opening as a share of the person's own: shut, and open again.
_SHUT: Final = 0.7
_OPEN: Final = 0.85
#: How much more than the person's own the mouth measures in a smile, and for how many frames.
_SMILE: Final = 0.025
_SMILE_HELD: Final = 3


class Step(StrEnum):
    """What the person is asked to do, seen from the person."""

    LEFT = "turn_left"
    RIGHT = "turn_right"
    BLINK = "blink"
    SMILE = "smile"


class _Run:
    """A value that stands once it came so often in a row."""

    def __init__(self, value: object) -> None:
        self._value = self._last = value
        self._in_a_row = 0

    def becomes(self, value: object, held: int) -> bool:
        """Take the next value; return whether it now stands where another stood."""
        self._in_a_row = self._in_a_row + 1 if value == self._last else 1
        self._last = value
        if self._in_a_row < held or value == self._value:
            return False
        self._value = value
        return True

    def interrupt(self) -> None:
        """Count anew: a frame that is neither."""
        self._in_a_row = 0


class Gestures:
    """Tells steps from signs, one frame after the other. Keeps numbers only, no points.

    1. It begins with a face that looks ahead: its eyes and mouth are the person's own.
    2. A turn is told when it begins; between two to one side the face looks ahead.
    3. A blink is told when the eyes, having been shut, are open again.
    4. A smile is told once, until the mouth is at rest again. A mouth that comes to less than its
       rest was smiling at the beginning: then that is its rest.
    """

    def __init__(self) -> None:
        self._beginning: list[Signs] = []
        self._below = self._eyes = self._mouth = 0.0
        self._side = _Run(None)
        self._shut = _Run(False)
        self._smile = _Run(0)

    def add(self, signs: Signs) -> Step | None:
        """Take one frame's signs; return the step that it completes."""
        if len(self._beginning) < _REST:
            if signs.eyes is not None and signs.mouth is not None:
                self._beginning.append(signs)
                self._take_rest()
            return None
        turned = self._turned(signs.aside)
        if turned is not None:
            return turned
        is_level = abs(signs.below - self._below) <= _LEVEL
        if signs.eyes is None or signs.mouth is None or not is_level:
            return None
        return self._blinked(signs.eyes / self._eyes) or self._smiled(signs.mouth)

    def _take_rest(self) -> None:
        self._below = median(signs.below for signs in self._beginning)
        self._eyes = max(median(signs.eyes or 0.0 for signs in self._beginning), 0.01)
        self._mouth = median(signs.mouth or 0.0 for signs in self._beginning)

    def _turned(self, aside: float) -> Step | None:
        if AHEAD < abs(aside) < _TURNED:
            self._side.interrupt()
            return None
        # The person's left is on the right of the picture.
        side = None if abs(aside) <= AHEAD else Step.LEFT if aside > 0 else Step.RIGHT
        return side if self._side.becomes(side, _HELD) else None

    def _blinked(self, openness: float) -> Step | None:
        if _SHUT <= openness < _OPEN:
            self._shut.interrupt()
            return None
        is_shut = openness < _SHUT
        return Step.BLINK if self._shut.becomes(is_shut, _HELD) and not is_shut else None

    def _smiled(self, mouth: float) -> Step | None:
        more = mouth - self._mouth
        sign = 1 if more >= _SMILE else -1 if more <= -_SMILE else 0
        if not self._smile.becomes(sign, _SMILE_HELD) or sign == 0:
            return None
        if sign > 0:
            return Step.SMILE
        self._mouth, self._smile = mouth, _Run(0)
        return None
