"""When a delivery is tried again: the times that Standard Webhooks proposes, over three days."""

from collections.abc import Callable
from datetime import datetime, timedelta

#: After the first try, which is made at once, and after each that failed.
DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: A delay is up to so much longer, by chance: what failed together does not come back together.
JITTER = 0.2
#: A receiver that asks for more patience gets so much.
LONGEST_WAIT = timedelta(hours=24)


def next_try(
    attempts: int, now: datetime, wait: timedelta, chance: Callable[[], float]
) -> datetime | None:
    """Return when to try again after so many tries; None: that was the last.

    Args:
        attempts: Tries until now, at least one.
        now: When the last one ended.
        wait: What the receiver asked for (`Retry-After`); zero: nothing.
        chance: Gives numbers from 0 to 1.
    """
    if attempts > len(DELAYS):
        return None
    delay = DELAYS[attempts - 1] * (1 + JITTER * chance())
    return now + max(delay, min(wait, LONGEST_WAIT))
