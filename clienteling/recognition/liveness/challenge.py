"""A challenge: turn the head left and right, in an order that nobody knows before the press.

The order follows from the window's nonce, so a film of an earlier answer, or of any order, fails in
all but one of eight cases. What is measured is where the nose stands between eyes and mouth: on a
print that is turned it stays where it was, so a print does not answer. Only turning is asked for:
blinking and smiling cannot be told from five landmarks and their patches (docs/decisions/0077).
"""

import hashlib
import hmac
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.decide import Decision, DecisionKind
from clienteling.recognition.liveness.place import FRONTAL, moved, place

#: How many turns; each is one of two.
STEPS: Final = 3
_PURPOSE: Final = b"clienteling-challenge-v1"
#: Where the nose stands beside the middle of eyes and mouth, in eye distances: a head that looks
#: ahead, and one that is turned.
_AHEAD: Final = 0.13
_TURNED: Final = 0.19
#: So many frames in a row count; one alone may be the detector's error.
_HELD: Final = 2
#: From one step to the next.
_STEP_SECONDS: Final = 5.0
_OTHERS: Final = np.array([0, 1, 3, 4])


class Step(StrEnum):
    """What the person is asked to do, seen from the person."""

    LEFT = "turn_left"
    RIGHT = "turn_right"


class State(StrEnum):
    """How far the answer is."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"


def steps_of(nonce: str) -> tuple[Step, ...]:
    """The order for this nonce; the same on the display's side and on the camera's."""
    digest = hmac.digest(_PURPOSE, nonce.encode(), hashlib.sha256)
    return tuple(Step.RIGHT if digest[number] % 2 else Step.LEFT for number in range(STEPS))


class Challenge:
    """One person's answer to one nonce. Keeps no landmarks, only how far the answer is.

    1. It begins with a face that looks ahead.
    2. Each turn must be the one that is asked for; the other one fails.
    3. Between two turns to one side the face looks ahead again.
    4. Each step has its time; too late fails.
    5. What passed or failed stays so.
    """

    def __init__(self, nonce: str) -> None:
        self._steps = list(steps_of(nonce))
        self._pose: Step | None = None
        self._has_begun = False
        self._last: Step | None = None
        self._in_a_row = 0
        self._since: float | None = None
        self.state = State.OPEN

    def add(self, landmarks: NDArray[np.float32], at: float) -> None:
        """Take one frame's (5, 2) landmarks, at a moment in seconds."""
        self._since = at if self._since is None else self._since
        if self.state is not State.OPEN:
            return
        if at - self._since > _STEP_SECONDS:
            self.state = State.FAILED
            return
        aside = _aside(landmarks)
        if abs(aside) <= _AHEAD:
            self._look(None, at)
        elif abs(aside) >= _TURNED:
            # The person's left is on the right of the picture.
            self._look(Step.LEFT if aside > 0 else Step.RIGHT, at)
        else:
            self._in_a_row = 0

    def _look(self, step: Step | None, at: float) -> None:
        self._in_a_row = self._in_a_row + 1 if step is self._last else 1
        self._last = step
        if self._in_a_row < _HELD:
            return
        self._has_begun = self._has_begun or step is None
        if step is self._pose:
            return
        self._pose = step
        if step is not None and self._has_begun:
            self._since = at
            if step is not self._steps.pop(0):
                self.state = State.FAILED
            elif not self._steps:
                self.state = State.PASSED


def answered(
    decision: Decision | None, challenge: Challenge | None, *, final: bool
) -> Decision | None:
    """What a decision becomes where a challenge is asked; None to wait for the answer.

    A match stands once the challenge is passed. A wrong answer is a spoof; none at all is nobody.
    """
    if decision is None or decision.kind is not DecisionKind.MATCH or challenge is None:
        return decision
    if challenge.state is State.PASSED:
        return decision
    if challenge.state is State.FAILED:
        return Decision(DecisionKind.SPOOF, None, decision.score, decision.frames)
    return Decision(DecisionKind.UNKNOWN, None, decision.score, decision.frames) if final else None


def _aside(landmarks: NDArray[np.float32]) -> float:
    """How far the nose stands to the right (picture) of the middle of eyes and mouth."""
    points = moved(place(landmarks), landmarks.astype(np.float64))
    usual = FRONTAL[2, 0] - FRONTAL[_OTHERS, 0].mean()
    return float(points[2, 0] - points[_OTHERS, 0].mean() - usual)
