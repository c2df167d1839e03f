"""How much memory this process has needed, part by part (Linux)."""

from pathlib import Path
from typing import Final

_STATUS: Final = Path("/proc/self/status")
_CLEAR: Final = Path("/proc/self/clear_refs")
#: Written there, it lets the kernel count the most anew (proc(5)).
_PEAK: Final = "5"


def forget_peak() -> None:
    """Begin anew to count the most that is needed; nothing where the kernel does not let us."""
    try:
        _CLEAR.write_text(_PEAK, encoding="ascii")
    except OSError:
        return


def resident_mb() -> float:
    """Return what the process needs now, in megabytes; 0 where the system does not say."""
    return _field("VmRSS")


def peak_mb() -> float:
    """Return the most it needed since `forget_peak`; 0 where the system does not say."""
    return _field("VmHWM")


def _field(name: str) -> float:
    try:
        lines = _STATUS.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(told[name].split()[0]) * 1024 / 1e6 if name in told else 0.0
