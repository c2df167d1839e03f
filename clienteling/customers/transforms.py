"""The store's own rotation where templates are kept and compared (R23).

A template is turned when it is stored, and a probe when it is compared (`Gallery.turn`); nothing
else sees turned vectors. What only a pass opens is not turned: the store cannot open it to renew
it, and nobody can compare it without the pass.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from clienteling.recognition.frames import wipe
from clienteling.recognition.transform import orthogonal, turned
from consent.keystore import transforms
from consent.office import Office

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Turn:
    """How one transform key turns the templates of one model.

    Attributes:
        name: The key's.
        seed: The 32 bytes from which a camera makes the same matrix.
        matrix: (d, d) float32, orthogonal.
    """

    name: str
    model_id: str
    seed: bytes = field(repr=False)
    matrix: NDArray[np.float32] = field(repr=False)

    def __call__(self, vector: Vector) -> Vector:
        """Return a template (d,) as it is stored; the caller overwrites both."""
        return turned(self.matrix, vector)


def current_turn(keys: Session, office: Office, model_id: str, dimension: int) -> Turn:
    """Return how the store turns a model's templates now.

    Raises:
        KeyUnavailableError: the transform key is missing or does not open.
    """
    return _turn(keys, office, transforms.names(keys)[0], model_id, dimension)


def turn_anew(
    keys: Session, office: Office, turn: Turn, stored_under: str | None, vector: Vector
) -> None:
    """Turn an opened template in place to what `turn` would have made of it.

    `stored_under` names the key that turned it; None: it comes from before there was one.

    Raises:
        KeyUnavailableError: that key is gone.
    """
    if stored_under == turn.name:
        return
    if stored_under is None:
        plain = vector.copy()
    else:
        earlier = _turn(keys, office, stored_under, turn.model_id, len(vector))
        plain = turned(earlier.matrix.T, vector)
    anew = turn(plain)
    np.divide(anew, np.linalg.norm(anew), out=vector)  # so that no number of renewals adds up
    wipe(plain, anew)


def _turn(keys: Session, office: Office, name: str, model_id: str, dimension: int) -> Turn:
    seed = office.ring.transforms.seed(keys, name, model_id)
    return Turn(name, model_id, seed, orthogonal(seed, dimension))
