"""What a process of ours does first: keep its memory away from disks and from other processes."""

import ctypes
import resource
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
