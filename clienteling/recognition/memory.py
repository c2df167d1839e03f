"""Memory for templates that stays memory: locked, out of core dumps, gone when it is let go of."""

import ctypes
import functools
import logging
import mmap
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LOG = logging.getLogger(__name__)
_FLOAT_BYTES: Final = 4
#: From here on numpy's own arrays ask for huge pages too; a search over many templates gains by it.
_HUGE_BYTES: Final = 1 << 22


def locked_matrix(rows: int, dimension: int) -> NDArray[np.float32]:
    """Zeros (rows, dimension) float32 that are not swapped out and stand in no core dump.

    The pages are a mapping of their own: they go back to the kernel with the last array that looks
    at them, and the kernel clears them before anybody else has them. Overwrite them before that,
    when what they hold must be gone at a known moment.

    A limit on locked memory that is too small is a warning, once, and not a failure.
    """
    size = rows * dimension * _FLOAT_BYTES
    if not size:
        return np.zeros((rows, dimension), np.float32)
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    pages.madvise(mmap.MADV_DONTDUMP)
    if size >= _HUGE_BYTES:
        _ask_for_huge_pages(pages)
    matrix = np.frombuffer(pages, np.float32).reshape(rows, dimension)
    if _libc().mlock(ctypes.c_void_p(matrix.ctypes.data), ctypes.c_size_t(size)):
        _warn_that_memory_is_not_locked()
    return matrix


def _ask_for_huge_pages(pages: mmap.mmap) -> None:
    try:
        pages.madvise(mmap.MADV_HUGEPAGE)
    except OSError:
        return  # a kernel without them


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@functools.cache
def _warn_that_memory_is_not_locked() -> None:
    _LOG.warning(
        "The templates could not be locked into memory, so the system may swap them to disk. Raise "
        "the limit (systemd: LimitMEMLOCK=; a shell: ulimit -l) or switch swap off."
    )
