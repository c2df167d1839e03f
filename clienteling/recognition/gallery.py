"""The templates of those who asked to be recognised, by alias: searched exactly, in memory.

An exact search over 10,000 templates takes a tenth of a millisecond; an approximate index would
only lose people.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.errors import RecognitionError
from clienteling.recognition.frames import wipe
from clienteling.recognition.memory import locked_matrix
from clienteling.recognition.transform import turned

_LENGTH_TOLERANCE: Final = 1e-3
#: Score of nobody: below every cosine of unit vectors.
NOBODY: Final = -1.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """Who comes nearest, and how near the next one is.

    Attributes:
        alias: The nearest template's alias; None when the gallery is empty.
        score: Cosine similarity, -1 to 1.
        runner_up: The second nearest template's score; -1 when there is none.
        stricter: How many steps more the nearest template asks for (see `Gallery`).
    """

    alias: str | None
    score: float
    runner_up: float
    stricter: int = 0


_NO_ONE: Final = Ranked(None, NOBODY, NOBODY)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Gallery:
    """Templates of one model at one version.

    Attributes:
        model_id: The encoder that made the templates.
        version: Counts up with every change.
        aliases: One per row of the matrix, each once.
        matrix: (n, d) float32, rows of length one. The gallery owns it; `wipe` overwrites it.
        enrol_images: The largest number of images behind any template; None when not known, which
            the calibration answers with its strictest threshold.
        stricter: One per row: by how many steps a match must be further above the threshold, since
            staff said that somebody recognised as this customer was not; empty means none for all.
        older: Templates of encoders that the shop used before, of customers who have not enrolled
            again; a table for each model.
        turn: (d, d), the store's own rotation, in which the templates are kept (R23): a probe is
            turned before it is compared. None: they are as the encoder made them.
    """

    model_id: str
    version: int
    aliases: tuple[str, ...]
    matrix: NDArray[np.float32]
    enrol_images: int | None = None
    stricter: tuple[int, ...] = ()
    older: tuple["Gallery", ...] = ()
    turn: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if self.matrix.ndim != 2 or self.matrix.dtype != np.float32:  # noqa: PLR2004  # a table
            raise RecognitionError("A gallery is a table of float32, one template a row.")
        if len(self.aliases) != len(self.matrix) or len(set(self.aliases)) != len(self.aliases):
            raise RecognitionError("A gallery needs one alias for each template, and each once.")
        if self.stricter and len(self.stricter) != len(self.aliases):
            raise RecognitionError(
                "A gallery says for each template how strict it is, or for none."
            )
        # Squared, and without a copy of the matrix: a million templates are 512 MB.
        squares = np.einsum("ij,ij->i", self.matrix, self.matrix)
        # Written so that a NaN fails.
        if not bool(np.all(np.abs(squares - 1) <= 2 * _LENGTH_TOLERANCE)):
            raise RecognitionError("A template in the gallery is damaged: its length is not one.")

    def __len__(self) -> int:
        return len(self.aliases)

    def __repr__(self) -> str:
        return f"Gallery(model_id={self.model_id!r}, version={self.version}, size={len(self)})"

    @property
    def people(self) -> int:
        """Customers who may be recognised, whatever model their template is of."""
        return len(self) + sum(len(older) for older in self.older)

    def search(self, probe: NDArray[np.float32]) -> Ranked:
        """The nearest template to a probe (d,) and the runner-up's score.

        A probe shorter than one (a mean of several unit vectors) gives the mean of their scores.
        One that is no such thing (not a number, not finite, longer than one) is near nobody.
        """
        if not self.aliases or not _is_probe(probe):
            return _NO_ONE
        scores = self._scores(probe)
        best = int(scores.argmax())
        score = float(scores[best])
        stricter = self.stricter[best] if self.stricter else 0
        # Taken out of the race in place: a copy of all the others would cost as much as the search.
        scores[best] = NOBODY
        return Ranked(self.aliases[best], score, float(scores.max()), stricter)

    def _scores(self, probe: NDArray[np.float32]) -> NDArray[np.float32]:
        if self.turn is None:
            return self.matrix @ probe
        own = turned(self.turn, probe)
        scores = self.matrix @ own
        wipe(own)
        return scores

    def without(self, *aliases: str, version: int | None = None) -> "Gallery":
        """A copy without these aliases, in locked memory of its own.

        The caller wipes this one when it is no longer searched.
        """
        gone = set(aliases)
        keep = [row for row, alias in enumerate(self.aliases) if alias not in gone]
        kept = locked_matrix(len(keep), self.matrix.shape[1])
        # Other modes, and `matrix[keep]`, make a copy in between.
        np.take(self.matrix, np.array(keep, np.intp), axis=0, out=kept, mode="clip")
        return Gallery(
            self.model_id,
            self.version if version is None else version,
            tuple(self.aliases[row] for row in keep),
            kept,
            self.enrol_images,
            tuple(self.stricter[row] for row in keep) if self.stricter else (),
            tuple(older.without(*aliases, version=version) for older in self.older),
            self.turn,
        )

    def wipe(self) -> None:
        """Overwrite every template. What is searched afterwards finds nobody: all scores are 0."""
        self.matrix.fill(0)
        for older in self.older:
            older.wipe()


def _is_probe(probe: NDArray[np.float32]) -> bool:
    """Whether it is at most of length one. Written so that a NaN fails."""
    with np.errstate(over="ignore"):
        return bool(probe @ probe <= 1 + 2 * _LENGTH_TOLERANCE)
