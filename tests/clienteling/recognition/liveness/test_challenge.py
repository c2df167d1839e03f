"""A challenge: heads that turn in the order of a nonce pass, and nothing else does."""

from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.recognition.decide import Decision, DecisionKind
from clienteling.recognition.liveness.challenge import (
    STEPS,
    Challenge,
    State,
    Step,
    answered,
    steps_of,
)
from tests.support.attacks import head

MATCH = Decision(DecisionKind.MATCH, "a", 0.8, 3)
#: How far a head turns, degrees; to its own left the nose goes right in the picture.
_YAW = {Step.LEFT: 30.0, Step.RIGHT: -30.0}
NONCES = [str(number) for number in range(64)]


def _answer(
    challenge: Challenge, steps: Iterable[Step], *, pause: float = 0.1, depth: float = 0.55
) -> None:
    """Look ahead, turn, look ahead, and so on; ten frames a second unless slower."""
    at = 0.0
    for yaw in [0.0, *(yaw for step in steps for yaw in (_YAW[step], 0.0))]:
        for _ in range(3):
            challenge.add(head(yaw, depth=depth).landmarks, at)
            at += pause


@given(nonce=st.text(max_size=60))
def test_the_order_follows_from_the_nonce_alone(nonce: str) -> None:
    assert steps_of(nonce) == steps_of(nonce)
    assert len(steps_of(nonce)) == STEPS


def test_every_order_comes_up() -> None:
    counted = Counter(steps_of(str(number)) for number in range(4000))

    assert len(counted) == 2**STEPS
    assert min(counted.values()) > 4000 / 2**STEPS * 0.8


@pytest.mark.parametrize("nonce", NONCES[:8])
def test_who_turns_as_asked_passes(nonce: str) -> None:
    challenge = Challenge(nonce)
    _answer(challenge, steps_of(nonce))

    assert challenge.state is State.PASSED


def test_an_answer_to_another_nonce_fails() -> None:
    """A film of somebody who passed: of all other orders, none passes."""
    recorded = steps_of(NONCES[0])
    for nonce in NONCES:
        challenge = Challenge(nonce)
        _answer(challenge, recorded)
        assert (challenge.state is State.PASSED) == (steps_of(nonce) == recorded)


def test_a_flat_face_cannot_turn() -> None:
    challenge = Challenge("n")
    _answer(challenge, steps_of("n"), depth=0.0)

    assert challenge.state is State.OPEN


def test_too_slow_is_failed() -> None:
    challenge = Challenge("n")
    _answer(challenge, steps_of("n"), pause=1.5)

    assert challenge.state is State.FAILED


def test_who_never_looks_ahead_has_not_begun() -> None:
    """A still picture of a turned head is no turn."""
    [first, *_] = steps_of("n")
    challenge = Challenge("n")
    for number in range(20):
        challenge.add(head(_YAW[first]).landmarks, number / 10)

    assert challenge.state is State.OPEN


def test_one_frame_alone_is_no_turn() -> None:
    challenge = Challenge("n")
    for number in range(20):
        challenge.add(head(30.0 if number == 9 else 0.0).landmarks, number / 10)

    assert challenge.state is State.OPEN


def test_what_failed_stays_failed() -> None:
    wrong = Step.LEFT if steps_of("n")[0] is Step.RIGHT else Step.RIGHT
    challenge = Challenge("n")
    _answer(challenge, (wrong, *steps_of("n")))

    assert challenge.state is State.FAILED


def test_a_match_stands_only_once_the_challenge_is_passed() -> None:
    open_, passed, failed = Challenge("n"), Challenge("n"), Challenge("n")
    _answer(passed, steps_of("n"))
    _answer(failed, steps_of("n"), pause=1.5)

    assert answered(MATCH, None, final=False) is MATCH
    assert answered(MATCH, passed, final=False) is MATCH
    assert answered(MATCH, open_, final=False) is None
    for challenge, kind in ((open_, DecisionKind.UNKNOWN), (failed, DecisionKind.SPOOF)):
        decision = answered(MATCH, challenge, final=True)
        assert decision is not None
        assert (decision.kind, decision.alias) == (kind, None)
    unknown = Decision(DecisionKind.UNKNOWN, None, 0.1, 3)
    assert answered(unknown, open_, final=False) is unknown
