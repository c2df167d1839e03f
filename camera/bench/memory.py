"""Whether replaying for hours needs more memory than replaying for minutes."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from camera.bench.gallery import ambient, enrol, find_crowd
from camera.replay import replay_frames
from camera.sources import read_clip
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame

_STATM: Final = Path("/proc/self/statm")
#: Video after which everything that is made once has been made.
WARM_MINUTES: Final = 2.0


@dataclass(frozen=True, slots=True)
class MemoryBench:
    """Resident memory of this process while a clip is replayed again and again.

    Attributes:
        minutes: Video time that was replayed.
        frames: Frames that were taken.
        decided: Visitors that were decided about.
        warm_mb: After warming up.
        end_mb: At the end.
        most_mb: The most in between, as seen after each turn of the clip.
        growth: From the first to the last, as a share of the first.
    """

    minutes: float
    frames: int
    decided: int
    warm_mb: float
    end_mb: float
    most_mb: float
    growth: float


def bench_memory(
    video: Path,
    engine: Engine,
    minutes: float,
    progress: Callable[[float, float], None],
    warm_minutes: float = WARM_MINUTES,
) -> MemoryBench:
    """Replay a clip as one long video, until so much of it has gone by after warming up.

    The file is opened for each turn of the clip, and one pipeline sees all of them.

    Args:
        video: The clip.
        engine: Detector, encoder, calibration.
        minutes: Video time, after warming up.
        progress: Told the minutes so far and the resident megabytes, after each turn.
        warm_minutes: Video time of warming up.

    Raises:
        StartError: The file is no video, or shows no face.
    """
    gallery = enrol(engine, find_crowd(engine, read_clip(video)))
    length, each = _length(video)
    turns, warm_turns = (max(1, round(m * 60 / length)) for m in (minutes, warm_minutes))
    seen: list[float] = []

    def frames() -> Iterator[Frame]:
        for turn in range(warm_turns + turns):
            for frame in read_clip(video):
                yield replace(frame, at=frame.at + turn * length)
            seen.append(_resident_mb())
            progress((turn + 1) * length / 60, seen[-1])

    made = list(replay_frames(frames(), ambient(engine), (), engine, gallery))
    warm, end = seen[warm_turns - 1], seen[-1]
    return MemoryBench(
        minutes=turns * length / 60,
        frames=each * turns,
        decided=sum(decision.t >= warm_turns * length for decision in made),
        warm_mb=warm,
        end_mb=end,
        most_mb=max(seen[warm_turns:]),
        growth=end / warm - 1,
    )


def _length(video: Path) -> tuple[float, int]:
    """Seconds and frames of a clip."""
    stamps = [frame.at for frame in read_clip(video)]
    step = stamps[-1] / (len(stamps) - 1) if len(stamps) > 1 else 0.1
    return stamps[-1] + step, len(stamps)


def _resident_mb() -> float:
    pages = int(_STATM.read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
