"""Processes that hold what is sensitive, let go of it stage by stage, and are read from outside.

The child says each stage, with the addresses of the buffers of ours that matter then, and waits.
The parent reads all memory of the child, as a debugger or whoever has its core file would.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from numpy.typing import NDArray


def stage(name: str, ours: Sequence[NDArray[Any]] = (), **more: object) -> None:
    """In the child: say the stage, and wait until the parent has looked."""
    spans = [(array.ctypes.data, array.nbytes) for array in ours]
    sys.stdout.write(json.dumps({"stage": name, "ours": spans, **more}) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


@dataclass(frozen=True, slots=True)
class Found:
    """How often something lies in the buffers that the child named, and anywhere else."""

    ours: int
    elsewhere: int


NOWHERE = Found(0, 0)


class Watched:
    """A child whose memory is read between its stages."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.communicate()

    def reach(self, name: str) -> None:
        """Let the child go on to its next stage, which is this one."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        if self.said:
            self._child.stdin.write("\n")
            self._child.stdin.flush()
        self.said = json.loads(self._child.stdout.readline())
        assert self.said["stage"] == name

    def find(self, needles: dict[str, bytes]) -> dict[str, Found]:
        """Look for some bytes in everything that the child may write to."""
        places: dict[str, list[int]] = {name: [] for name in needles}
        process = Path("/proc") / str(self._child.pid)
        with (process / "mem").open("rb", buffering=0) as memory:
            for line in (process / "maps").read_text(encoding="utf-8").splitlines():
                span, rights = line.split(maxsplit=2)[:2]
                if not rights.startswith("rw"):
                    continue
                start, end = (int(part, 16) for part in span.split("-"))
                memory.seek(start)
                content = memory.read(end - start)
                for name, sought in needles.items():
                    at = content.find(sought)
                    while at >= 0:
                        places[name].append(start + at)
                        at = content.find(sought, at + 1)
        return {name: self._found(at) for name, at in places.items()}

    def _found(self, places: list[int]) -> Found:
        ours = sum(
            any(start <= at < start + length for start, length in self.said["ours"])
            for at in places
        )
        return Found(ours, len(places) - ours)
