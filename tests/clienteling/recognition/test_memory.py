import subprocess
import sys
from pathlib import Path

import numpy as np

from clienteling.recognition.memory import locked_matrix

WITHOUT_THE_RIGHT = """
import logging, os, resource
from clienteling.recognition.memory import locked_matrix
logging.basicConfig(format="%(message)s")
resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))
if os.getuid() == 0:
    os.setuid(65534)
for _ in range(2):
    locked_matrix(3, 8)[:] = 1
"""


def _flags_at(address: int) -> set[str]:
    """The kernel's flags of the mapping that holds an address of this process."""
    inside = False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        first = line.split(maxsplit=1)[0]
        if "-" in first and not first.endswith(":"):
            start, end = (int(part, 16) for part in first.split("-"))
            inside = start <= address < end
        elif inside and line.startswith("VmFlags:"):
            return set(line.split()[1:])
    raise AssertionError("The address is in no mapping.")


def test_it_is_an_array_of_zeros_that_can_be_written() -> None:
    matrix = locked_matrix(5, 128)
    assert matrix.shape == (5, 128)
    assert matrix.dtype == np.float32
    assert matrix.flags.c_contiguous
    assert not matrix.any()
    matrix[4] = 1
    assert matrix.sum() == 128


def test_a_table_without_rows_keeps_its_width() -> None:
    assert locked_matrix(0, 128).shape == (0, 128)


def test_it_is_in_no_core_dump() -> None:
    """`dd`: not dumped."""
    assert "dd" in _flags_at(locked_matrix(1, 128).ctypes.data)
    assert "dd" in _flags_at(locked_matrix(10_000, 128).ctypes.data)
    assert "dd" not in _flags_at(np.ones(128, np.float32).ctypes.data)


def test_it_is_locked_where_that_is_allowed() -> None:
    """`lo`: locked. One page is within every usual limit."""
    assert "lo" in _flags_at(locked_matrix(1, 128).ctypes.data)
    assert "lo" not in _flags_at(np.ones(128, np.float32).ctypes.data)


def test_a_limit_that_is_too_small_is_said_once_and_does_no_harm() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_RIGHT],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr.count("LimitMEMLOCK=") == 1
