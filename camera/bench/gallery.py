"""Frames and a gallery for a bench: some of the clip's own faces among many others."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from camera.sources import read_clip
from camera.visitor import Lender
from clienteling.edge_protocol import EdgePolicy
from clienteling.errors import StartError
from clienteling.recognition.detect import Face
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.permit import for_files

#: Templates of people who are not in the clip. Random: a search takes as long whoever they are.
OTHERS: Final = 1000
#: So many frames are searched for the one with the most faces.
_LOOKED_AT: Final = 300
#: Frames are held decoded; a longer clip is cut.
_MOST_BYTES: Final = 256 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """The frame of the clip that shows the most faces, and who of them is enrolled.

    Attributes:
        frame: That frame.
        faces: All of its faces, largest first.
        enrolled: All but the smallest, who stays a stranger; somebody alone is enrolled.
    """

    frame: Frame
    faces: tuple[Face, ...]

    @property
    def enrolled(self) -> tuple[Face, ...]:
        return self.faces[: max(1, len(self.faces) - 1)]


def read_frames(video: Path) -> tuple[Frame, ...]:
    """The clip's first frames, decoded, as many as fit into a quarter of a gigabyte.

    Raises:
        StartError: The file is missing, empty or no video.
    """
    frames: list[Frame] = []
    held = 0
    for frame in read_clip(video):
        held += frame.image.nbytes
        if frames and held > _MOST_BYTES:
            break
        frames.append(frame)
    if not frames:
        raise StartError(f"{video} holds no picture. Give a video with at least one.")
    return tuple(frames)


def find_crowd(engine: Engine, frames: Iterable[Frame]) -> Crowd:
    """The frame with the most faces, among the first few hundred.

    Raises:
        StartError: There is no face in any frame.
    """
    some = islice(frames, _LOOKED_AT)
    found = (Crowd(frame, engine.detector.detect(frame.image)) for frame in some)
    crowd = max(found, key=lambda candidate: len(candidate.faces), default=None)
    if crowd is None or not crowd.faces:
        raise StartError("There is no face in this video. Give one in which people are seen.")
    return crowd


def enrol(engine: Engine, crowd: Crowd) -> Gallery:
    """A gallery of those enrolled and of `OTHERS`."""
    faces = crowd.enrolled
    known = engine.encoder.encode(for_files("bench"), crowd.frame.image, faces, crowd.frame.at)
    matrix = np.concatenate([known, strangers(engine.encoder.dimension)])
    aliases = tuple(f"row-{row}" for row in range(len(matrix)))
    return Gallery(engine.encoder.model_id, 1, aliases, matrix, 1)


def strangers(dimension: int) -> NDArray[np.float32]:
    """Random vectors (OTHERS, dimension) of length one; the same at every call."""
    rows = np.random.default_rng(1).normal(size=(OTHERS, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def ambient(engine: Engine) -> EdgePolicy:
    """The policy that has the most to do: everybody in view, whoever they are."""
    model_id = engine.encoder.model_id
    return EdgePolicy(
        region="bench", policy="ambient", model_id=model_id, live=False, min_face_height=0.0
    )


def lend(gallery: Gallery) -> Lender:
    """Lend this gallery at every moment."""

    def lender(_: float) -> AbstractContextManager[Gallery | None]:
        return nullcontext(gallery)

    return lender
