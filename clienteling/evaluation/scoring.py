"""How alike a photograph and an enrolled person are: our way, and the reference library's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Scores = NDArray[np.float32]
#: Vectors of the enrolled photographs (r, d), the first row of each person (g,), vectors of the
#: photographs to compare (n, d); gives the scores (n, g), higher for more alike.
Score = Callable[[Vectors, NDArray[np.int64], Vectors], Scores]


def cosine_to_mean(enrolled: Vectors, starts: NDArray[np.int64], images: Vectors) -> Scores:
    """Cosine to the template: the mean of the enrolled unit vectors, scaled to length one."""
    templates = np.add.reduceat(enrolled, starts, axis=0)
    templates /= np.linalg.norm(templates, axis=1, keepdims=True)
    return np.asarray(images @ templates.T, np.float32)


def minus_nearest_distance(enrolled: Vectors, starts: NDArray[np.int64], images: Vectors) -> Scores:
    """Minus the Euclidean distance to the nearest enrolled photograph of each person."""
    squared = (images**2).sum(axis=1)[:, None] + (enrolled**2).sum(axis=1) - 2 * images @ enrolled.T
    nearest = np.minimum.reduceat(squared, starts, axis=1)
    return np.asarray(-np.sqrt(np.maximum(nearest, 0)), np.float32)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class System:
    """One way to recognise, and what it saw of everybody.

    Attributes:
        name: The encoder's model, or the library.
        score: How a photograph and an enrolled person are compared.
        vectors: Of all photographs that take part (n, d).
        people: Names of those who have at least one.
        photographs: For each of them, the rows of their vectors.
    """

    name: str
    score: Score
    vectors: Vectors
    people: tuple[str, ...]
    photographs: tuple[NDArray[np.int64], ...]


def score_matrix(
    system: System,
    enrolled: Sequence[NDArray[np.int64]],
    searches: NDArray[np.int64],
) -> Scores:
    """Scores (s, g) of searches (s, n) with n photographs each: the mean of their scores.

    Args:
        system: How one photograph is compared, and the vectors of all.
        enrolled: For each person of the gallery, the photographs enrolled; at least one.
        searches: The photographs behind each search.
    """
    starts = np.cumsum([0, *(len(rows) for rows in enrolled[:-1])])
    behind = system.vectors[np.concatenate(enrolled)]
    columns = [system.score(behind, starts, system.vectors[column]) for column in searches.T]
    return np.asarray(sum(columns) / np.float32(len(columns)), np.float32)
