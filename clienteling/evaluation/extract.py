"""From photographs to vectors, in several processes; the vectors stay in memory.

The person a photograph is filed under is its most prominent face: large and near the middle (the
rule of David Sandberg's facenet, `align_dataset_mtcnn.py`: area minus twice the squared distance to
the middle). Both systems follow it, so neither pays for bystanders.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

import cv2
import numpy as np

from clienteling.errors import ClientelingError
from clienteling.evaluation.dataset import Photo
from clienteling.evaluation.reference import Reference
from clienteling.evaluation.scoring import Vectors
from clienteling.photographs import read_photograph
from clienteling.recognition.detect import PHOTO_SIDE, Detector, YuNetDetector
from clienteling.recognition.encode import Encoder
from clienteling.recognition.engine import build_encoder
from clienteling.recognition.errors import RecognitionError
from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.permit import CapturePermit, for_files
from clienteling.recognition.pictures import PictureError
from clienteling.recognition.quality import ENROL_PHOTO, PROBE, assess

_CHUNK: Final = 8
_BoxSides = tuple[float, float, float, float]


class FailureCode(StrEnum):
    """Why a photograph takes no part, besides what the quality gate names."""

    UNREADABLE = "unreadable"
    NO_VECTOR = "no_vector"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reading:
    """What became of one photograph.

    Attributes:
        faces: Faces found; None when the file is no picture.
        acquire: Why a camera's gate refuses it; empty when it takes part.
        enrol: Why the gate for photographs at enrolment refuses it; counted only.
        vector: Of our encoder (d,); None when it takes no part.
        reference_faces: Faces that the reference library found; None when it was not asked.
        reference_vector: Of the reference library (128,); None when it found no face.
    """

    faces: int | None
    acquire: tuple[str, ...]
    enrol: tuple[str, ...]
    vector: Vectors | None
    reference_faces: int | None = None
    reference_vector: Vectors | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads photographs: one in each process."""

    permit: CapturePermit
    detector: Detector
    encoder: Encoder
    reference: Reference | None

    def read(self, photo: Photo) -> Reading:
        """One photograph. The reference library sees it only if it passed our gate."""
        try:
            image = read_photograph(photo.path)
        except PictureError:
            return Reading(None, (FailureCode.UNREADABLE,), (FailureCode.UNREADABLE,), None)
        try:
            return self._read(image)
        finally:
            wipe(image)

    def _read(self, image: Image) -> Reading:
        height, width = image.shape[:2]
        faces = self.detector.detect(image, longest_side=PHOTO_SIDE)
        shown = sorted(faces, key=lambda face: -_prominence(face.box, width, height))[:1]
        acquire = assess(image, shown, PROBE).codes
        enrol = assess(image, faces, ENROL_PHOTO).codes
        if acquire:
            return Reading(len(faces), acquire, enrol, None)
        try:
            vector = self.encoder.encode(self.permit, image, shown, 0.0)[0]
        except RecognitionError:
            return Reading(len(faces), (FailureCode.NO_VECTOR,), enrol, None)
        return Reading(len(faces), (), enrol, vector, *self._by_reference(image))

    def _by_reference(self, image: Image) -> tuple[int | None, Vectors | None]:
        if self.reference is None:
            return None, None
        rgb = np.ascontiguousarray(image[:, :, ::-1])
        height, width = rgb.shape[:2]
        boxes = self.reference.locate(rgb)
        if not boxes:
            return 0, None
        shown = max(
            boxes, key=lambda b: _prominence((b[3], b[0], b[1] - b[3], b[2] - b[0]), width, height)
        )
        return len(boxes), self.reference.encode(rgb, [shown])[0].astype(np.float32)


def build_reader(encoder: str, *, reference: bool) -> Reader:
    """A reader with models of its own.

    Raises:
        StartError: See `build_encoder`, `Reference`.
    """
    cv2.setNumThreads(1)  # the processes are what runs in parallel
    permit = for_files("evaluate")
    return Reader(
        permit=permit,
        detector=YuNetDetector(),
        encoder=build_encoder(encoder),
        reference=Reference(permit) if reference else None,
    )


def read_all(
    photos: Sequence[Photo], reader: Reader, build: Callable[[], Reader], jobs: int
) -> Iterator[Reading]:
    """What became of each photograph, in their order.

    Args:
        photos: To read.
        reader: Of this process.
        build: Makes a reader; called once in each process, so it must be importable there.
        jobs: Processes; with 1 it is this one.

    Raises:
        ClientelingError: A process ended.
    """
    if jobs == 1:
        yield from map(reader.read, photos)
        return
    pool = ProcessPoolExecutor(
        jobs, multiprocessing.get_context("spawn"), initializer=partial(_begin, build)
    )
    try:
        yield from pool.map(_read, photos, chunksize=_CHUNK)
    except BrokenProcessPool as error:
        raise ClientelingError(
            "A process that reads photographs was ended from outside, most likely for want of "
            "memory. Use fewer: --jobs 1."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


_readers: list[Reader] = []


def _begin(build: Callable[[], Reader]) -> None:
    _readers.append(build())


def _read(photo: Photo) -> Reading:
    return _readers[0].read(photo)


def _prominence(box: _BoxSides, width: int, height: int) -> float:
    x, y, w, h = box
    return w * h - 2 * ((x + w / 2 - width / 2) ** 2 + (y + h / 2 - height / 2) ** 2)
