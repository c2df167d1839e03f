"""What a process of ours does first: keep its memory to itself, and off its neighbours' cores.

And how a service ends in order.
"""

import ctypes
import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

#: prctl(2), linux/prctl.h
_PR_SET_DUMPABLE: Final = 4


def keep_memory_private() -> None:
    """Let nothing write this process's memory, and with it faces, templates and keys, to disk (R3).

    1. The limit on core files is zero.
    2. The process is not dumpable (Linux): the kernel asks no crash handler either, which the limit
       alone does not prevent where cores are piped to one; and only root may attach to it.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def search_on_one_thread() -> None:
    """Let a matrix product run where it is asked for; it must be said before numpy is imported.

    OpenBLAS shares one among all cores and waits, spinning, for the last: with a neighbour on one
    of them a search that takes 0.1 ms alone took 14. Who sets the variable knows better.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@contextmanager
def ended_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT end the service in order; only the main thread may ask for that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop()

    kinds = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(kind, handle) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)
