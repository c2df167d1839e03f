"""A store's own rotation of the space of templates: unlinkable across stores, renewable (R23).

An orthogonal matrix keeps every length and every angle, so that within a store nothing changes:
the cosine of two turned vectors is that of the two. Between two stores with different matrices a
person's templates are as far apart as strangers' (ISO/IEC 24745: unlinkability, renewability). It
is not one-way: whoever has the key turns a template back.
"""

import functools
import hashlib

import numpy as np
from numpy.typing import NDArray

_UNIFORM_BITS = 53


@functools.lru_cache(maxsize=8)
def orthogonal(seed: bytes, dimension: int) -> NDArray[np.float32]:
    """Return the orthogonal matrix (dimension, dimension) of a secret seed, Haar-distributed.

    Read-only: it is remembered, since opening a gallery asks for it again and again.

    The QR decomposition of a matrix of independent normal values, with the signs of R's diagonal
    taken out (Mezzadri, "How to generate random matrices from the classical compact groups",
    Notices of the AMS 54, 2007). The values come from SHAKE-256 over the seed, by Box and Muller.
    """
    values = _normal(seed, dimension * dimension).reshape(dimension, dimension)
    q, r = np.linalg.qr(values)
    matrix = np.ascontiguousarray(q * np.sign(np.diagonal(r)), np.float32)
    matrix.flags.writeable = False
    return matrix


def turned(matrix: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the vector (d,) turned by the matrix (d, d); the caller overwrites both.

    Not by BLAS, which may keep a copy of what it computes in a buffer of its own.
    """
    product: NDArray[np.float32] = np.einsum("ij,j->i", matrix, vector)
    return product


def _normal(seed: bytes, count: int) -> NDArray[np.float64]:
    pairs = (count + 1) // 2
    words = np.frombuffer(hashlib.shake_256(seed).digest(16 * pairs), "<u8")
    uniform = (words >> np.uint64(64 - _UNIFORM_BITS)).astype(np.float64) + 0.5
    radius, angle = (uniform * 2.0**-_UNIFORM_BITS).reshape(2, pairs)
    length = np.sqrt(-2 * np.log(radius))
    turned = 2 * np.pi * angle
    return np.concatenate((length * np.cos(turned), length * np.sin(turned)))[:count]
