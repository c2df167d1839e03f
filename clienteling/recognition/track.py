"""Follow a face from frame to frame, so that a visitor is decided about once.

The smallest association by overlap that never mixes two people (docs/decisions/0024 says why it is
ours). Whenever it is not plain which face continues which track, the tracks end and new ones begin:
evidence is lost then, and never given to another person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from clienteling.recognition.detect import Face

Box = tuple[float, float, float, float]

#: Intersection over union from which a face may continue a track.
_OVERLAP: Final = 0.3
#: A track that was not seen for so long has ended.
_GAP_SECONDS: Final = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One visitor's face, as last seen.

    Attributes:
        number: Counts up; never used again by the same tracker.
        face: Where it was last seen.
        first_at: When it was first seen, on the source's clock.
        last_at: When it was last seen.
        frames: In how many frames it was seen.
    """

    number: int
    face: Face
    first_at: float
    last_at: float
    frames: int


class Tracker:
    """Tracks of one source. Belongs to one thread."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._tracks: tuple[Track, ...] = ()

    def update(self, faces: Sequence[Face], at: float) -> tuple[Track, ...]:
        """Take the faces of the next frame.

        Args:
            faces: Every face of the frame, also those that nobody will encode: a face that comes
                between two others must be known.
            at: The frame's moment, not before the last one's.

        Returns:
            One track for each face, in the faces' order.
        """
        live = [track for track in self._tracks if at - track.last_at <= _GAP_SECONDS]
        overlaps = [
            [row for row, track in enumerate(live) if _iou(face.box, track.face.box) >= _OVERLAP]
            for face in faces
        ]
        claimed = [row for rows in overlaps for row in rows]
        now = tuple(
            self._continue(live[rows[0]], face, at)
            if len(rows) == 1 and claimed.count(rows[0]) == 1
            else Track(next(self._numbers), face, at, at, 1)
            for face, rows in zip(faces, overlaps, strict=True)
        )
        unseen = [track for row, track in enumerate(live) if row not in claimed]
        self._tracks = (*now, *unseen)
        return now

    @staticmethod
    def _continue(track: Track, face: Face, at: float) -> Track:
        return Track(track.number, face, track.first_at, at, track.frames + 1)


def _iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes (x, y, width, height)."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (a[2] * a[3] + b[2] * b[3] - both)
