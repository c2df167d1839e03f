"""Tries spread over three days, and no two webhooks come back at the same moment."""

from datetime import UTC, datetime, timedelta

import pytest

from clienteling.webhooks.forgetting import KEPT
from clienteling.webhooks.schedule import DELAYS, JITTER, LONGEST_WAIT, next_try

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NONE = timedelta()


def delay(attempts: int, wait: timedelta = NONE, chance: float = 0.0) -> timedelta | None:
    at = next_try(attempts, NOW, wait, lambda: chance)
    return None if at is None else at - NOW


def test_the_times_are_those_of_the_specification() -> None:
    delays = [delay(attempts) for attempts in range(1, 10)]
    assert delays == list(DELAYS)
    assert sum(DELAYS, NONE) == timedelta(hours=75, minutes=35, seconds=5)
    assert delay(10) is None


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_chance_only_adds(chance: float) -> None:
    assert delay(2, chance=chance) == timedelta(minutes=5) * (1 + JITTER * chance)


def test_a_receiver_may_ask_for_more_patience_but_not_for_ever() -> None:
    assert delay(1, wait=timedelta(minutes=7)) == timedelta(minutes=7)
    assert delay(2, wait=timedelta(seconds=1)) == timedelta(minutes=5)
    assert delay(1, wait=timedelta(days=90)) == LONGEST_WAIT


def test_the_last_try_comes_before_a_delivery_is_forgotten() -> None:
    assert sum(DELAYS, NONE) * (1 + JITTER) < KEPT
