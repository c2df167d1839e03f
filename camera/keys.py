"""What a button asks for: by a Linux input device, a code reader, or lines of standard input.

A code reader types a pass as a keyboard would. Its text is held in one buffer, which is overwritten
before the next is read; what is typed and is no pass is a press, and goes nowhere.
"""

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from clienteling.errors import StartError, UsageError
from consent.keystore.holder import PREFIX

#: The event of the Linux input layer that tells of a key, and its value for "pressed" (not let go,
#: not repeated): linux/input-event-codes.h.
EV_KEY: Final = 1
_DOWN: Final = 1
#: A key that waited longer than this was pressed for another moment.
FRESH_SECONDS: Final = 2.0


#: Keys by the same codes, as a reader set to a US keyboard types a pass: the letters and digits of
#: base32, "1", and ":" (the only one on its key; case counts not).
_TYPED: Final = {
    **dict(zip(range(2, 12), b"1234567890", strict=True)),
    **dict(zip(range(16, 26), b"QWERTYUIOP", strict=True)),
    **dict(zip(range(30, 40), b"ASDFGHJKL:", strict=True)),
    **dict(zip(range(44, 51), b"ZXCVBNM", strict=True)),
}
_ENTERS: Final = frozenset({28, 96})  # KEY_ENTER, KEY_KPENTER
_SHIFTS: Final = frozenset({42, 54})  # KEY_LEFTSHIFT, KEY_RIGHTSHIFT
_OTHER: Final = ord("?")
_PASS: Final = re.compile(re.escape(PREFIX.encode()) + rb"[A-Z2-7]{52}")
#: Longer than a pass: what does not fit is none.
_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class ShownPass:
    """A pass that was read, as ASCII; overwritten once the next item is asked for."""

    text: bytearray = field(repr=False)


#: What is asked of the hub: a window for the holder of a pass, or (None) for whoever presses.
Asked = ShownPass | None


class InputEvent(Protocol):
    """One event as python-evdev gives it."""

    type: int
    code: int
    value: int

    def timestamp(self) -> float: ...


def lines(stream: TextIO) -> Iterator[Asked]:
    """Yield once for each line: the pass that it is, or a press, whatever else is in it."""
    for line in stream:
        text = bytearray(line.strip().upper(), "utf-8")
        try:
            yield _as_asked(text)
        finally:
            wipe(text)


def scans(events: Iterable[InputEvent], now: Callable[[], float]) -> Iterator[Asked]:
    """Yield what a code reader typed, at each Enter: a pass, or a press for anything else.

    Args:
        events: As they come.
        now: Seconds on the clock of the events (for Linux: the time of day).
    """
    buffer, filled, last = bytearray(_LONGEST), 0, 0.0
    for event in events:
        if event.type != EV_KEY or event.value != _DOWN or event.code in _SHIFTS:
            continue
        at = event.timestamp()
        if at - last > FRESH_SECONDS:
            filled = 0  # the beginning of another code, of which the end never came
        last = at
        if event.code not in _ENTERS:
            if filled < _LONGEST:
                buffer[filled] = _TYPED.get(event.code, _OTHER)
            filled += 1
            continue
        text = buffer[:filled]
        try:
            if now() - at <= FRESH_SECONDS:
                yield _as_asked(text)
        finally:
            wipe(text)
            wipe(buffer)
            filled = 0


def wipe(text: bytearray) -> None:
    """Overwrite what was read."""
    text[:] = bytes(len(text))


def _as_asked(text: bytearray) -> Asked:
    return ShownPass(text) if _PASS.fullmatch(text) else None


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
    ecodes = _evdev().ecodes
    unknown = [name for name in names if name not in ecodes.ecodes]
    if unknown:
        raise UsageError(f"Linux knows no key {', '.join(unknown)}. Names are like KEY_ENTER.")
    codes = {ecodes.ecodes[name] for name in names}
    with _grabbed(path) as events:
        yield from fresh_presses(events, codes, time.time)


def device_scans(path: Path) -> Iterator[Asked]:
    """Yield what a code reader types, which types nowhere else meanwhile.

    Raises:
        StartError: as `device_presses`.
    """
    with _grabbed(path) as events:
        yield from scans(events, time.time)


@contextmanager
def _grabbed(path: Path) -> Iterator[Iterable[InputEvent]]:
    evdev = _evdev()
    try:
        with closing(evdev.InputDevice(str(path))) as device, device.grab_context():
            yield device.read_loop()
    except OSError as error:
        raise StartError(
            f"The button at {path} cannot be read: {error.strerror}. Check that it is plugged in "
            "and that this user may read it (group input)."
        ) from error


def _evdev() -> Any:
    try:
        import evdev  # noqa: PLC0415  # an extra that few need
    except ImportError as error:
        raise StartError(
            "Reading an input device needs the extra `button`: "
            "install clienteling[button], or give the presses on standard input."
        ) from error
    return evdev
