"""A challenge: turn the head, close the eyes, smile, in an order that only the press decides.

The order follows from the window's nonce, so a film of an earlier answer fits few others
(docs/decisions/0077). On a print that is turned the nose stays where it was, and no print closes
its eyes or smiles.
"""

import hashlib
import hmac
from enum import StrEnum
from typing import Final

from clienteling.recognition.decide import Decision, DecisionKind
from clienteling.recognition.liveness.gesture import Gestures, Step
from clienteling.recognition.liveness.signs import Signs

#: How many steps.
STEPS: Final = 3
_PURPOSE: Final = b"clienteling-challenge-v2"
#: From one step to the next.
_STEP_SECONDS: Final = 5.0
_TURNS: Final = frozenset({Step.LEFT, Step.RIGHT})


class State(StrEnum):
    """How far the answer is."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"


def steps_of(nonce: str) -> tuple[Step, ...]:
    """The order for this nonce, never one step twice in a row; both sides compute it."""
    digest = hmac.digest(_PURPOSE, nonce.encode(), hashlib.sha256)
    steps: list[Step] = []
    for byte in digest[:STEPS]:
        others = [step for step in Step if step not in steps[-1:]]
        steps.append(others[byte % len(others)])
    return tuple(steps)


class Challenge:
    """One person's answer to one nonce. Keeps no landmarks, only how far the answer is.

    1. Each step that is asked for brings it on.
    2. A turn that is not asked for fails. Eyes that close and a smile do not: people do both
       unasked.
    3. Each step has its time; too late fails.
    4. What passed or failed stays so.
    """

    def __init__(self, nonce: str) -> None:
        self._steps = list(steps_of(nonce))
        self._gestures = Gestures()
        self._since: float | None = None
        self.state = State.OPEN

    def add(self, signs: Signs, at: float) -> None:
        """Take one frame's signs, at a moment in seconds."""
        self._since = at if self._since is None else self._since
        if self.state is not State.OPEN:
            return
        if at - self._since > _STEP_SECONDS:
            self.state = State.FAILED
            return
        step = self._gestures.add(signs)
        if step is self._steps[0]:
            self._since = at
            del self._steps[0]
            if not self._steps:
                self.state = State.PASSED
        elif step in _TURNS:
            self.state = State.FAILED


def answered(
    decision: Decision | None, challenge: Challenge | None, *, final: bool, everybody: bool = False
) -> Decision | None:
    """What a decision becomes where a challenge is asked; None to wait for the answer.

    A match stands once the challenge is passed. A wrong answer is a spoof; none at all is nobody.

    With `everybody` that holds for whatever was decided, and no answer is a spoof too: then what is
    said of a picture that is held up says nothing of whom it shows.
    """
    if decision is None or challenge is None:
        return decision
    if decision.kind is not DecisionKind.MATCH and not everybody:
        return decision
    if challenge.state is State.PASSED:
        return decision
    if challenge.state is State.FAILED or (everybody and final):
        return Decision(DecisionKind.SPOOF, None, decision.score, decision.frames)
    return Decision(DecisionKind.UNKNOWN, None, decision.score, decision.frames) if final else None
