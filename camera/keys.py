"""Where the presses of a button come from: a Linux input device, or the lines of standard input."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, Protocol, TextIO

from clienteling.errors import StartError, UsageError

#: The event of the Linux input layer that tells of a key, and its value for "pressed" (not let go,
#: not repeated): linux/input-event-codes.h.
EV_KEY: Final = 1
_DOWN: Final = 1
#: A key that waited longer than this was pressed for another moment.
FRESH_SECONDS: Final = 2.0


class InputEvent(Protocol):
    """One event as python-evdev gives it."""

    type: int
    code: int
    value: int

    def timestamp(self) -> float: ...


def lines(stream: TextIO) -> Iterator[None]:
    """Yield once for each line, whatever is in it."""
    for _ in stream:
        yield None


def fresh_presses(
    events: Iterable[InputEvent], codes: Collection[int], now: Callable[[], float]
) -> Iterator[None]:
    """Yield once for each key that goes down now.

    Args:
        events: As they come.
        codes: The keys that press; none given: every key does.
        now: Seconds on the clock of the events (for Linux: the time of day).
    """
    for event in events:
        is_press = event.type == EV_KEY and event.value == _DOWN
        if not is_press or (codes and event.code not in codes):
            continue
        if now() - event.timestamp() <= FRESH_SECONDS:
            yield None


def device_presses(path: Path, names: Collection[str]) -> Iterator[None]:
    """Yield once for each press of a key of an input device, which types nowhere else meanwhile.

    Args:
        path: Best below /dev/input/by-id: the same after a restart.
        names: Keys as Linux calls them (KEY_ENTER, BTN_0); none given: every key presses.

    Raises:
        StartError: the extra `button` is not installed, or the device is away, not readable, or
            was unplugged.
        UsageError: there is no key of such a name.
    """
    try:
        from evdev import InputDevice, ecodes  # noqa: PLC0415  # an extra that few need
    except ImportError as error:
        raise StartError(
            "Reading an input device needs the extra `button`: "
            "install clienteling[button], or give the presses on standard input."
        ) from error
    unknown = [name for name in names if name not in ecodes.ecodes]
    if unknown:
        raise UsageError(f"Linux knows no key {', '.join(unknown)}. Names are like KEY_ENTER.")
    codes = {ecodes.ecodes[name] for name in names}
    try:
        with closing(InputDevice(str(path))) as device, device.grab_context():
            yield from fresh_presses(device.read_loop(), codes, time.time)
    except OSError as error:
        raise StartError(
            f"The button at {path} cannot be read: {error.strerror}. Check that it is plugged in "
            "and that this user may read it (group input)."
        ) from error
