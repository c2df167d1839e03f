"""A challenge: faces that do what the nonce asks, in its order, pass, and nothing else does."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.recognition.decide import Decision, DecisionKind
from clienteling.recognition.liveness.challenge import STEPS, Challenge, State, answered, steps_of
from clienteling.recognition.liveness.gesture import Step
from tests.support.signs import acted

MATCH = Decision(DecisionKind.MATCH, "a", 0.8, 3)
NONCES = [str(number) for number in range(64)]
TURNS = (Step.LEFT, Step.RIGHT)


def _answer(challenge: Challenge, steps: Iterable[Step], *, pause: float = 0.1) -> None:
    """Do these, one after the other; ten frames a second unless slower."""
    for number, signs in enumerate(acted(*steps)):
        challenge.add(signs, number * pause)


def _asks(*wanted: Step) -> str:
    """A nonce that asks for this order."""
    return next(nonce for nonce in map(str, range(2000)) if steps_of(nonce) == wanted)


@given(nonce=st.text(max_size=60))
def test_the_order_follows_from_the_nonce_alone_and_never_asks_twice_in_a_row(nonce: str) -> None:
    steps = steps_of(nonce)

    assert steps == steps_of(nonce)
    assert len(steps) == STEPS
    assert all(one is not other for one, other in pairwise(steps))


def test_every_order_comes_up() -> None:
    counted = Counter(steps_of(str(number)) for number in range(7200))

    assert len(counted) == 4 * 3 * 3
    assert min(counted.values()) > 7200 / 36 * 0.7


@pytest.mark.parametrize("nonce", NONCES)
def test_who_does_as_asked_passes(nonce: str) -> None:
    challenge = Challenge(nonce)
    _answer(challenge, steps_of(nonce))

    assert challenge.state is State.PASSED


def test_a_film_of_one_answer_fits_no_other_order() -> None:
    recorded = steps_of(NONCES[0])
    for nonce in NONCES:
        challenge = Challenge(nonce)
        _answer(challenge, recorded)
        assert (challenge.state is State.PASSED) == (steps_of(nonce) == recorded)


def test_a_turn_that_nobody_asked_for_fails() -> None:
    challenge = Challenge(_asks(Step.BLINK, Step.LEFT, Step.SMILE))
    _answer(challenge, (Step.RIGHT, Step.BLINK, Step.LEFT, Step.SMILE))

    assert challenge.state is State.FAILED


def test_who_blinks_and_smiles_unasked_passes_all_the_same() -> None:
    challenge = Challenge(_asks(Step.LEFT, Step.RIGHT, Step.LEFT))
    _answer(challenge, (Step.SMILE, Step.LEFT, Step.BLINK, Step.RIGHT, Step.SMILE, Step.LEFT))

    assert challenge.state is State.PASSED


def test_too_slow_is_failed() -> None:
    challenge = Challenge("n")
    _answer(challenge, steps_of("n"), pause=1.5)

    assert challenge.state is State.FAILED


def test_what_failed_stays_failed() -> None:
    nonce = _asks(Step.LEFT, Step.BLINK, Step.SMILE)
    challenge = Challenge(nonce)
    _answer(challenge, (Step.RIGHT, *steps_of(nonce)))

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
