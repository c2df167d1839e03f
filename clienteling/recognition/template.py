"""Make one template from several photographs of one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.detect import PHOTO_SIDE
from clienteling.recognition.encode import NoVectorError
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.permit import CapturePermit
from clienteling.recognition.quality import QualityCode, QualityGate, assess


class AgreementCode(StrEnum):
    """What is wrong with a photograph next to the others."""

    OTHER_PERSON = "other_person"


class EncodingCode(StrEnum):
    """What the encoder says of a photograph that passed the gate."""

    NO_VECTOR = "no_vector"


RefusalCode = QualityCode | AgreementCode | EncodingCode


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TemplateResult:
    """A template, or why there is none.

    Attributes:
        vector: (d,) float32 of length one; None when no photograph was accepted.
        accepted: Photographs behind it.
        refused: The others: place among those given, from 0, and the most important thing wrong.
    """

    vector: NDArray[np.float32] | None
    accepted: int
    refused: tuple[tuple[int, RefusalCode], ...]

    def __repr__(self) -> str:
        return f"TemplateResult(accepted={self.accepted}, refused={self.refused})"


def make_template(
    engine: Engine,
    permit: CapturePermit,
    images: Iterable[Image],
    at: float,
    gate: QualityGate,
) -> TemplateResult:
    """Encode photographs of one person and average them.

    1. Each photograph passes the gate, or is refused with the gate's first code; so is one that the
       encoder makes nothing of.
    2. The one that agrees with most others leads (the earliest, if several do); who does not agree
       with it is refused as another person. Of two that disagree, the later is refused.
    3. The template is the mean of the rest, scaled to length one.

    Each photograph is overwritten before the next is taken (R24).

    Args:
        engine: Detector, encoder, and the calibration that says when two photographs agree.
        permit: An enrolment's.
        images: H x W x 3, BGR.
        at: The moment, on the permit's clock.
        gate: Limits for the photographs.

    Raises:
        PermitError: The permit is not valid at `at`; nothing was encoded.
    """
    vectors: list[NDArray[np.float32]] = []
    encoded = np.zeros((0, engine.encoder.dimension), np.float32)
    try:
        kept, refused = _encode(engine, permit, images, at, gate, vectors)
        if not kept:
            return TemplateResult(None, 0, refused)
        encoded = np.concatenate(vectors)
        agrees = agreement(encoded, engine.calibration.same_person)
        others = tuple(
            (index, AgreementCode.OTHER_PERSON)
            for index, agreed in zip(kept, agrees, strict=True)
            if not agreed
        )
        vector = np.mean(encoded, axis=0, where=agrees[:, None])
        vector /= np.linalg.norm(vector)
        return TemplateResult(vector, int(agrees.sum()), tuple(sorted(refused + others)))
    finally:
        wipe(encoded, *vectors)


def _encode(
    engine: Engine,
    permit: CapturePermit,
    images: Iterable[Image],
    at: float,
    gate: QualityGate,
    vectors: list[NDArray[np.float32]],
) -> tuple[list[int], tuple[tuple[int, RefusalCode], ...]]:
    """Append (1, d) to `vectors`; return which images they are of, and which were refused."""
    refused: list[tuple[int, RefusalCode]] = []
    kept: list[int] = []
    for index, image in enumerate(images):
        try:
            vector = _encoded(engine, permit, image, at, gate)
        finally:
            wipe(image)
        if isinstance(vector, np.ndarray):
            vectors.append(vector)
            kept.append(index)
        else:
            refused.append((index, vector))
    return kept, tuple(refused)


def _encoded(
    engine: Engine, permit: CapturePermit, image: Image, at: float, gate: QualityGate
) -> NDArray[np.float32] | RefusalCode:
    """The photograph's vector (1, d), or what is wrong with it."""
    faces = engine.detector.detect(image, longest_side=PHOTO_SIDE)
    quality = assess(image, faces, gate)
    if quality.codes or quality.face is None:
        return quality.codes[0]
    try:
        return engine.encoder.encode(permit, image, [quality.face], at)
    except NoVectorError:
        return EncodingCode.NO_VECTOR


def agreement(vectors: NDArray[np.float32], same_person: float) -> NDArray[np.bool_]:
    """Which rows (n, d) show the person that most of them show. At least one is True."""
    alike = vectors @ vectors.T >= same_person
    np.fill_diagonal(alike, val=True)
    leader = int(alike.sum(axis=1).argmax())
    return np.asarray(alike[leader], np.bool_)
