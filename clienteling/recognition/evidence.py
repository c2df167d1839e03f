"""What was gathered of one visitor: the vectors of the best frames, in one locked buffer (R3)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.errors import RecognitionError
from clienteling.recognition.memory import locked_matrix

#: So many frames are kept; a better one takes the place of the worst.
BEST: Final = 5


class Evidence:
    """The best frames of one visitor. Belongs to one track; wiped when it was decided (R3).

    Attributes:
        frames: Vectors behind the probe, at most `BEST`.
        seen: Usable frames that were seen, also those that were not worth encoding.
    """

    __slots__ = ("_qualities", "_vectors", "frames", "seen")

    def __init__(self, dimension: int) -> None:
        self._vectors = locked_matrix(BEST, dimension)
        self._qualities = np.zeros(BEST, np.float64)
        self.frames = 0
        self.seen = 0

    def wants(self, quality: float) -> bool:
        """Whether a frame of this quality would be kept, and so is worth encoding."""
        return self.frames < BEST or quality > float(self._qualities.min())

    def pass_over(self) -> None:
        """Count a usable frame that is no better than what there is."""
        self.seen += 1

    def add(self, vector: NDArray[np.float32], quality: float) -> None:
        """Keep the vector (dimension,) of one frame, of length one; copied.

        Args:
            vector: What the encoder gave.
            quality: Of the frame; higher is better. When the buffer is full, the vector takes the
                place of the one with the lowest, if it is better; else it is only counted.
        """
        self.seen += 1
        if not self.wants(quality):
            return
        row = self.frames if self.frames < BEST else int(np.argmin(self._qualities))
        self._vectors[row] = vector
        self._qualities[row] = quality
        self.frames = min(self.frames + 1, BEST)

    def probe(self) -> NDArray[np.float32]:
        """The mean (dimension,), not of length one: its scores are the mean of the frames' scores.

        Raises:
            RecognitionError: Nothing was added.
        """
        if not self.frames:
            raise RecognitionError("There is no evidence yet.")
        return np.asarray(self._vectors[: self.frames].mean(axis=0), np.float32)

    def agrees(self, vector: NDArray[np.float32], same_person: float) -> bool:
        """Whether the vector is of the same person as those before, by their mean cosine."""
        if not self.frames:
            return True
        probe = self.probe()
        score = float(vector @ probe)
        probe.fill(0)
        return score >= same_person

    def wipe(self) -> None:
        """Overwrite it and begin again."""
        self._vectors.fill(0)
        self._qualities.fill(0)
        self.frames = self.seen = 0

    def __repr__(self) -> str:
        return f"Evidence(frames={self.frames}, seen={self.seen})"
