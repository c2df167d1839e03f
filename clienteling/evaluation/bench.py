"""How fast a gallery is searched and opened, each beside its bare arithmetic in the same run.

The vectors are random: neither time depends on whose they are.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from numpy.typing import NDArray

from clienteling.edge_protocol import (
    EdgePolicy,
    GalleryEntry,
    GalleryReply,
    gallery_aad,
    gallery_info,
)
from clienteling.recognition.gallery import Gallery
from consent.sealing import DeviceKeys, hpke_wrap, new_device_keys, seal

#: Values in a template of SFace, and of dlib.
DIMENSION: Final = 128
_MODEL: Final = "bench"
_DEVICE: Final = "bench"
_VERSION: Final = 1
_NONCE_BYTES: Final = 12
#: A small gallery is searched this often at most, a large one for about `_SECONDS`.
_MOST_TURNS: Final = 2_000
_SECONDS: Final = 2.0

#: What opens a gallery at the edge: `camera.gallery_sync.open_gallery`.
OpenGallery = Callable[[GalleryReply, str, DeviceKeys, int], Gallery]


@dataclass(frozen=True, slots=True)
class SearchTime:
    """One query against a gallery, exactly.

    Attributes:
        templates: Templates in the gallery, of 128 values.
        search_ms: Median time of `Gallery.search`.
        product_ms: Median time of `matrix @ probe` alone, in turn with it.
        ratio: The first over the second.
    """

    templates: int
    search_ms: float
    product_ms: float
    ratio: float


@dataclass(frozen=True, slots=True)
class OpenTime:
    """A sealed gallery opened at the edge.

    Attributes:
        templates: Templates in it, of 128 values.
        open_ms: Median time from the parsed reply to the searchable gallery.
        bare_ms: Median time of AES-GCM alone with a copy of each template, in turn with it.
        ratio: The first over the second.
        reply_bytes: Length of the reply as JSON.
    """

    templates: int
    open_ms: float
    bare_ms: float
    ratio: float
    reply_bytes: int


def bench_search(sizes: Sequence[int]) -> Iterator[SearchTime]:
    """Measure a search for each number of templates."""
    random = np.random.default_rng(0)
    for size in sizes:
        matrix = _templates(random, size)
        probe = _templates(random, 1)[0]
        gallery = Gallery(_MODEL, _VERSION, tuple(map(str, range(size))), matrix)
        times = _in_turn(partial(gallery.search, probe), partial(np.matmul, matrix, probe))
        gallery.wipe()
        yield SearchTime(size, *times)


def bench_gallery(templates: int, open_gallery: OpenGallery, *, turns: int = 5) -> OpenTime:
    """Measure how long the edge takes to open a gallery of so many templates."""
    keys, content_key = new_device_keys(), secrets.token_bytes(32)
    reply = _sealed(_templates(np.random.default_rng(0), templates), keys, content_key)
    bindings = [_binding(entry.alias) for entry in reply.entries]
    times = _in_turn(
        lambda: open_gallery(reply, _DEVICE, keys, DIMENSION),
        lambda: _bare(reply, bindings, content_key),
        turns=turns,
    )
    return OpenTime(templates, *times, len(reply.model_dump_json()))


def _bare(
    reply: GalleryReply, bindings: Sequence[bytes], content_key: bytes
) -> NDArray[np.float32]:
    """Do the arithmetic and the copy, and nothing else: no binding is made, no value checked."""
    matrix = np.empty((len(reply.entries), DIMENSION), np.float32)
    cipher, buffer = AESGCM(content_key), bytearray(4 * DIMENSION)
    vector = np.frombuffer(buffer, "<f4")
    for row, (entry, binding) in enumerate(zip(reply.entries, bindings, strict=True)):
        sealed = entry.sealed
        cipher.decrypt_into(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], binding, buffer)
        matrix[row] = vector
    return matrix


def _in_turn(
    ours: Callable[[], object], bare: Callable[[], object], *, turns: int | None = None
) -> tuple[float, float, float]:
    """Time both in turn, so that a busy machine slows both; medians in ms, and their ratio."""
    once = _seconds(ours) + _seconds(bare)  # warm-up
    turns = turns or min(_MOST_TURNS, max(5, int(_SECONDS / once)))
    pairs = [(_seconds(ours), _seconds(bare)) for _ in range(turns)]
    ours_ms, bare_ms = (1000 * median(column) for column in zip(*pairs, strict=True))
    return round(ours_ms, 4), round(bare_ms, 4), round(ours_ms / bare_ms, 3)


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _templates(random: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Random unit vectors (count, 128), scaled in place: a million of them are 512 MB."""
    matrix = random.standard_normal((count, DIMENSION), dtype=np.float32)
    matrix /= np.sqrt(np.einsum("ij,ij->i", matrix, matrix))[:, None]
    return matrix


def _binding(alias: str) -> bytes:
    return gallery_aad(_DEVICE, _VERSION, alias, _MODEL, 3, 0)


def _sealed(matrix: NDArray[np.float32], keys: DeviceKeys, content_key: bytes) -> GalleryReply:
    """Return the gallery as a hub sends it."""
    now = datetime.now(UTC)
    aliases = [f"{row:036d}" for row in range(len(matrix))]  # as long as a real one
    entries = tuple(
        GalleryEntry(
            alias=alias, sealed=seal(content_key, vector.tobytes(), _binding(alias)), images=3
        )
        for alias, vector in zip(aliases, matrix, strict=True)
    )
    return GalleryReply(
        version=_VERSION,
        model_id=_MODEL,
        issued_at=now,
        lease_until=now + timedelta(minutes=15),
        content_key=hpke_wrap(keys.open_public, content_key, gallery_info(_DEVICE, _VERSION)),
        entries=entries,
        stopped=False,
        policy=EdgePolicy(region="eu", policy="trigger", model_id=_MODEL, live=False),
        checkpoint="",
    )
