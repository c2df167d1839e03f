"""Made-up people for measurements: vectors around one point each, and photographs as files."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.evaluation.scoring import System, cosine_to_mean
from clienteling.recognition.frames import Image
from tests.support.faces import NAMES, photo

_DIMENSION = 32


def made_up_people(counts: Sequence[int], noise: float, seed: int = 1) -> System:
    """People with so many photographs each; with little noise all of one person's are alike."""
    rng = np.random.default_rng(seed)
    centres = _unit(rng.normal(size=(len(counts), _DIMENSION)))
    owners = np.repeat(np.arange(len(counts)), counts)
    vectors = _unit(centres[owners] + noise * rng.normal(size=(len(owners), _DIMENSION)))
    photographs = tuple(np.flatnonzero(owners == person) for person in range(len(counts)))
    names = tuple(f"p{person}" for person in range(len(counts)))
    return System("made-up", cosine_to_mean, vectors.astype(np.float32), names, photographs)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float64)


def small(name: str) -> Image:
    """One of the demo's photographs, as small as both detectors like it; for speed."""
    scaled = cv2.resize(photo(name), None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    return np.asarray(scaled, np.uint8)


def photo_folder(folder: Path) -> Path:
    """The demo's photographs as `evaluate` takes them: one man with three, three others with one.

    One file more is no picture.
    """
    for name in NAMES:
        person, number = name[0].upper(), int(name[1:])
        (folder / person).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / person / f"{person}_{number:04d}.jpg"), small(name))
    (folder / "D" / "D_0002.jpg").write_bytes(b"\xff\xd8\xff cut off")
    return folder
